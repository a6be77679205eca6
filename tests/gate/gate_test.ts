/** What the README and `init` offer as a gate decides every rule, and passes on a service without a fault. */
import assert from "node:assert/strict";
import { inFolder, june, start } from "../end_to_end/cli.ts";
import { readmeGate } from "./readme_gate.ts";

Deno.test("the README's merge gate passes against the simulator, each of its rules certain", async () => {
  const { command } = await readmeGate();
  assert.ok(command.includes("--strict"), "the README's gate is strict");
  const words = [...command.replaceAll("\\\n", " ").matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) =>
    quoted ?? bare!
  );
  await inFolder(async (dir) => {
    const { code, stdout, stderr } = await start([...words.slice(1), "--sim", "--output-dir", dir], { cwd: dir })
      .finished;
    assert.equal(code, 0, stdout + stderr);
    for (const form of ["junit.xml", "report.md"]) assert.ok((await Deno.stat(`${dir}/${form}`)).size > 0, form);
    assert.doesNotMatch(stdout, /certain at this length|too little data/);
  });
});

Deno.test("the file that init writes passes against the simulator, each of its rules certain", async () => {
  await inFolder(async (dir) => {
    const sim = start(["sim", "--llm-port", "0", "--stt-port", "0", "--tts-port", "0", "--http-port", "0"]);
    try {
      await sim.until("Ctrl-C ends it");
      const targets = [...sim.seen().matchAll(/(llm|stt|tts) (127\.0\.0\.1:\d+)/g)];
      const flags = targets.flatMap(([, service, address]) => ["--target", `${service}=${address}`]);
      assert.equal((await june("init", `${dir}/my.yaml`, ...flags)).code, 0);
      const { code, stdout, stderr } = await june("run", `${dir}/my.yaml`, "--quiet", "--strict", "--output-dir", dir);
      assert.equal(code, 0, stdout + stderr);
      assert.doesNotMatch(stdout, /certain at this length|too little data/);
    } finally {
      sim.child.kill("SIGINT");
      await sim.finished;
    }
  });
});
