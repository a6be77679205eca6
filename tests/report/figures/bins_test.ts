import assert from "node:assert/strict";
import { binLength, binsOf, percentileBinLength, timesByBin } from "../../../lib/report/figures/bins.ts";
import type { BinTimes } from "../../../lib/report/figures/bins.ts";
import { longRun, manyOperations, usualRun } from "../cases.ts";

const countOf = ({ answered }: BinTimes) => answered.reduce((sum, { count }) => sum + count, 0);

Deno.test("binsOf() keeps every call, in bins of any length", () => {
  const run = usualRun();
  const { count } = run.total({}, true).histogram("latency");
  for (const length of [1000, 2000, 5000, 60_000]) {
    const bins = binsOf(run, length);
    const counts = timesByBin(bins, undefined).map(countOf);
    assert.equal(counts.reduce((sum, n) => sum + n, 0), count);
    assert.ok(bins.every(({ start_ms, length_ms }) => start_ms % length === 0 && length_ms <= length));
  }
});

Deno.test("timesByBin() reads one operation alone", () => {
  const run = usualRun();
  const counts = timesByBin(binsOf(run, 5000), "tts.synthesize").map(countOf);
  const { count } = run.total({ operations: "tts.synthesize" }, true).histogram("latency");
  assert.equal(counts.reduce((sum, n) => sum + n, 0), count);
});

Deno.test("binLength() gives at most as many bins as asked for, none cutting a slot", () => {
  for (const run of [usualRun(), longRun(), manyOperations(3, 700)]) {
    const slot_ms = Math.max(...run.slots.map(({ length_ms }) => length_ms));
    for (const most of [10, 75, 400]) {
      const length = binLength(run, most);
      assert.ok(binsOf(run, length).length <= most + 1);
      assert.equal(length % slot_ms, 0);
    }
  }
});

Deno.test("percentileBinLength() waits for enough calls, but not for ever", () => {
  assert.equal(percentileBinLength(manyOperations(60, 100)), 1000, "60 calls a second fill a second");
  assert.equal(percentileBinLength(manyOperations(10, 300)), 5000, "10 a second need five");
  assert.equal(percentileBinLength(manyOperations(1, 60)), 2000, "1 a second: thirty bins are kept all the same");
});
