import assert from "node:assert/strict";
import { ExitCode } from "../../lib/cli/exit_codes.ts";
import { readResult } from "../../lib/result/file.ts";
import { evaluate } from "../../lib/verdict/evaluate.ts";
import { inFolder, runFolder, start } from "../end_to_end/cli.ts";

/** Keeps 3 MB more each second, or gives it up again, and says on which port it listens. */
const SERVICE = `
const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
console.log(listener.addr.port);
const kept = [];
setInterval(() => {
  if (Deno.args[0] === "steady") kept.length = 0;
  kept.push(new Uint8Array(600_000).fill(1));
}, 200);
`;

async function withService(kind: "leaking" | "steady", test: (port: number) => Promise<void>): Promise<void> {
  const args = ["eval", "--ext=js", SERVICE, kind];
  const child = new Deno.Command(Deno.execPath(), { args, stdout: "piped", stderr: "null" }).spawn();
  const reader = child.stdout.getReader();
  try {
    const { value } = await reader.read();
    await test(Number(new TextDecoder().decode(value).trim()));
  } finally {
    child.kill();
    await child.status;
    await reader.cancel();
  }
}

for (const kind of ["leaking", "steady"] as const) {
  Deno.test(`a service found by its port is ${kind} in the eyes of drift(memory, ...)`, async () => {
    await withService(kind, (port) =>
      inFolder(async (dir) => {
        const scenario = `metrics: { processes: { stt: { port: ${port} } } }
scenarios:
  leak: { users: 1, duration: 40s, think_time: 1s, tasks: { llm.chat: 1 }, thresholds: ["drift(memory, stt) < 200%/h"] }
`;
        await Deno.writeTextFile(`${dir}/leak.yaml`, scenario);
        const { code } = await start(["run", `${dir}/leak.yaml`, "--sim", "--output-dir", dir]).finished;
        const run = await readResult(await runFolder(dir, "leak"));
        const { rules: [found] } = evaluate(run);
        const samples = [...run.host].flatMap(({ processes = [] }) => processes);
        assert.ok(samples.every(({ pid, memory_bytes }) => pid !== null && memory_bytes! > 1e6));
        assert.equal(code, kind === "leaking" ? ExitCode.THRESHOLD : ExitCode.OK, JSON.stringify(found));
        assert.equal(found!.passed, kind === "steady");
      }));
  });
}
