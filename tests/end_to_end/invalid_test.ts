import assert from "node:assert/strict";
import { readResult } from "../../lib/result/file.ts";
import { evaluate } from "../../lib/verdict/evaluate.ts";
import { inFolder, june, runFolder, secondsWritten, start } from "./cli.ts";

const STEADY = new URL("steady.yaml", import.meta.url).pathname;
/** How long june-load stands still: a third of its arrivals fall due meanwhile. */
const STOPPED_MS = 1500;

Deno.test("a run whose generator stood still is INVALID with exit 5, though every rule holds", async () => {
  await inFolder(async (dir) => {
    const run = start(["run", STEADY, "--sim", "--output-dir", dir]);
    await secondsWritten(dir, "steady", 1);
    run.child.kill("SIGSTOP");
    await new Promise((resolve) => setTimeout(resolve, STOPPED_MS));
    run.child.kill("SIGCONT");
    const { code, stdout } = await run.finished;
    assert.equal(code, 5, stdout);
    const folder = await runFolder(dir, "steady");
    const { status, sentence, rules } = evaluate(await readResult(folder));
    assert.equal(status, "INVALID");
    assert.ok(rules.every(({ passed }) => passed));
    assert.match(
      sentence,
      /^The load generator was the limit: june-load began its tasks too late .+ do not stop or suspend june-load/,
    );
    assert.match(stdout, /INVALID/);
    const [stop] = (await readResult(folder)).events.filter(({ kind }) => kind === "process_stalled");
    assert.ok(stop?.stalls !== undefined && stop.stalls.longest_ms >= 0.9 * STOPPED_MS, JSON.stringify(stop));
    const again = await june("report", folder);
    assert.equal(again.code, 5, again.stdout);
  });
});
