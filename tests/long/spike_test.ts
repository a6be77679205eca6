import assert from "node:assert/strict";
import { readResult } from "../../lib/result/file.ts";
import { inFolder, june, runFolder, start } from "../end_to_end/cli.ts";

Deno.test("500 users for 60 s: all calls accounted for, no error, memory flat after the ramp", async () => {
  await inFolder(async (dir) => {
    // The simulator has a process of its own, so that the memory measured is the load generator's.
    const sim = start(["sim", "--llm-port", "0", "--stt-port", "0", "--tts-port", "0", "--http-port", "0"]);
    await sim.until("Ctrl-C ends it");
    const targets = [...sim.seen().matchAll(/(llm|stt|tts) (127\.0\.0\.1:\d+)/g)];
    const flags = targets.flatMap(([, service, address]) => ["--target", `${service}=${address}`]);
    const load = ["--users", "500", "--spawn-rate", "50", "--duration", "60s"];
    const { code, stdout, stderr } = await june("run", "target", ...load, ...flags, "--output-dir", dir);
    sim.child.kill("SIGINT");
    await sim.finished;
    assert.ok(code === 0 || code === 99, stdout + stderr);
    const run = await readResult(await runFolder(dir, "target"));
    assert.equal(run.unaccounted, 0);
    assert.equal(run.peak_users, 500);
    const { issued, outcomes } = run.total();
    assert.deepEqual(outcomes, { ...outcomes, ok: issued, failed: 0, timed_out: 0, cancelled: 0, dropped: 0 });
    const memory = (from_s: number, to_s: number) => {
      const inside = [...run.host].filter(({ t_ms }) => t_ms >= from_s * 1000 && t_ms < to_s * 1000);
      const values = inside.map(({ own_memory_bytes }) => own_memory_bytes ?? 0);
      return values.reduce((sum, value) => sum + value, 0) / values.length / 2 ** 20;
    };
    const [early, late] = [memory(20, 30), memory(50, 60)];
    assert.ok(late < early * 1.25 + 20, `${early.toFixed(0)} MiB at 20-30 s, ${late.toFixed(0)} MiB at 50-60 s`);
  });
});
