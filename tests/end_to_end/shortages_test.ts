import assert from "node:assert/strict";
import { readResult } from "../../lib/result/file.ts";
import { startInWorker } from "../../lib/sim/worker/start_in_worker.ts";
import { inFolder, runFolder } from "./cli.ts";

const MAIN = new URL("../../main.ts", import.meta.url).pathname;
const DESCRIPTORS = Deno.build.os === "windows";

/** Runs june-load with at most so many open files. */
async function limited(files: number, ...args: string[]) {
  const line = ["run", "-A", "--no-check", "--quiet", MAIN, ...args];
  const { code, stdout, stderr } = await new Deno.Command("bash", {
    args: ["-c", `ulimit -n ${files}; exec "$0" "$@"`, Deno.execPath(), ...line],
    env: { NO_COLOR: "1" },
    stdin: "null",
  }).output();
  const text = new TextDecoder();
  return { code, stdout: text.decode(stdout), stderr: text.decode(stderr) };
}

/** A server that takes 100 ms for each answer, and a scenario of forty users that want one each. */
async function withSlowServer(body: (scenario: string, dir: string) => Promise<void>): Promise<void> {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async () => {
    await new Promise((resolve) => setTimeout(resolve, 100));
    return Response.json({ ok: true });
  });
  await inFolder(async (dir) => {
    const scenario = `${dir}/short.yaml`;
    await Deno.writeTextFile(
      scenario,
      `services: { calls: { gw: { protocol: rest, host: "http://127.0.0.1:${server.addr.port}", exchanges: [{ path: /x }] } } }
scenarios: { short: { users: 40, spawn_rate: 40, duration: 3s, think_time: 0s, tasks: { "call@gw": 1 }, thresholds: ["throughput > 300/s"] } }
`,
    );
    await body(scenario, dir);
  });
  await server.shutdown();
}

Deno.test({
  name:
    "a run short of descriptors is INVALID with exit 5, says so before, at once and at the end, and blames no service",
  ignore: DESCRIPTORS,
  fn: () =>
    withSlowServer(async (scenario, dir) => {
      const { code, stdout, stderr } = await limited(
        56,
        "run",
        scenario,
        "--workers",
        "1",
        "--output-dir",
        `${dir}/out`,
      );
      assert.equal(code, 5, stdout + stderr);
      assert.match(
        stderr,
        /^warning: this plan needs up to \d+ files and connections, .+ may open 56 \(EMFILE\): run `ulimit/,
      );
      assert.match(stdout, /june-load may open no more files and connections \(EMFILE\): [\d,]+ calls? waited/i);
      assert.match(stdout, /INVALID/);
      const run = await readResult(await runFolder(`${dir}/out`, "short"));
      const events = run.events.filter(({ kind }) => kind === "local_shortage");
      assert.equal(events.length, 1, "told once, then counted");
      const [shortage, ...more] = run.generator.shortages ?? [];
      assert.deepEqual([shortage?.errno, more], ["EMFILE", []]);
      assert.ok((shortage?.spoilt ?? 0) > 0);
      assert.equal(run.unaccounted, 0);
    }),
});

Deno.test({
  name: "too few descriptors to start are one sentence, without a stack trace",
  ignore: DESCRIPTORS,
  fn: () =>
    withSlowServer(async (scenario, dir) => {
      const { code, stdout, stderr } = await limited(
        38,
        "run",
        scenario,
        "--workers",
        "1",
        "--output-dir",
        `${dir}/out`,
      );
      assert.equal(code, 2, stdout + stderr);
      assert.match(stderr, /^june-load may open 38 files and connections, and needs \d+ for \d+ workers? alone .+\n$/);
      assert.doesNotMatch(stderr, /\n +at /);
    }),
});

Deno.test({
  name: "connections that cannot all be opened at the start are one sentence about this machine",
  ignore: DESCRIPTORS,
  fn: () =>
    inFolder(async (dir) => {
      const simulator = await startInWorker({ ports: { llm: 0, stt: 0, tts: 0 } }, () => {});
      const scenario = `${dir}/many.yaml`;
      await Deno.writeTextFile(
        scenario,
        `services: { grpc: { llm: { host: "${simulator.addresses.llm}", connections: 60 } } }
scenarios: { many: { users: 4, duration: 2s, tasks: { llm.chat: 1 } } }
`,
      );
      const { code, stderr } = await limited(60, "run", scenario, "--workers", "1", "--output-dir", `${dir}/out`);
      await simulator.close();
      assert.equal(code, 2, stderr);
      const [warning, sentence, ...more] = stderr.trim().split("\n");
      assert.match(warning ?? "", /^warning: this plan needs up to \d+ files and connections/);
      assert.match(
        sentence ?? "",
        /^Cannot open a connection to ".+": june-load may open no more files and connections \(EMFILE\): run `ulimit/,
      );
      assert.deepEqual(more, []);
    }),
});
