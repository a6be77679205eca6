import assert from "node:assert/strict";
import { parseCalibration } from "../../lib/calibrate/store.ts";
import { readResult } from "../../lib/result/file.ts";
import type { Added, Spread } from "../../lib/result/calibration.ts";
import { inFolder, runFolder, SMOKE, start } from "../end_to_end/cli.ts";

/** Processes whose environment holds a word, by id. */
async function processesWith(word: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name } of Deno.readDir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const text = await Deno.readTextFile(`/proc/${name}/environ`).catch(() => "");
    if (text.includes(word)) found.push(name);
  }
  return found;
}

Deno.test("calibrate measures on this host, prints its table, saves it, and leaves no process behind", async () => {
  await inFolder(async (dir) => {
    const file = `${dir}/deep/calibration.json`;
    const env = { JUNE_LOAD_TEST: dir };
    const { code, stdout, stderr } = await start(["calibrate", "--short", "--output", file], { env }).finished;
    assert.equal(code, 0, stderr);
    for (const row of ["a call begins", "a chunk of speech", "added to the time", "first message", "gap between"]) {
      assert.match(stdout, new RegExp(row));
    }
    const read = await parseCalibration(await Deno.readTextFile(file));
    if (!("calibration" in read)) assert.fail(read.fault);
    assert.equal((await Deno.stat(file)).mode! & 0o777, 0o600);
    const { idle, busy } = read.calibration;
    assert.equal(busy, null);
    // Three seconds of 97 calls, 11 streams of 25 messages and 9 speeches of 25 chunks; all of them came.
    const counts = ([idle.start, idle.answer, idle.first_message, idle.gap, idle.pacing] as (Spread | Added)[])
      .map(({ count }) => count);
    assert.deepEqual(counts, [291, 291, 33, 33 * 24, 27 * 25]);
    // Nothing arrives before it was due, and june-load's clock and the echo's agree well enough for that to be seen.
    assert.ok(idle.start.p50_us > 0 && idle.answer.p50_us > 0, JSON.stringify(idle));
    assert.deepEqual(await processesWith(dir), []);
  });
});

Deno.test("run --calibrate carries a short calibration of its own in result and report", async () => {
  await inFolder(async (dir) => {
    const flags = ["--sim", "--calibrate", "--output-dir", dir, "--duration", "2s"];
    const { stderr } = await start(["run", SMOKE, ...flags], { env: { XDG_STATE_HOME: `${dir}/none` } }).finished;
    const folder = await runFolder(dir, "smoke");
    const run = await readResult(folder);
    assert.equal(run.header.calibration?.idle.start.count, 291, stderr);
    assert.match(await Deno.readTextFile(`${folder}/analysis/summary.txt`), /what june-load adds on this host/);
    await assert.rejects(Deno.stat(`${dir}/none`), Deno.errors.NotFound, "a short one is not kept for later runs");
  });
});
