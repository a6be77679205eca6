/** What changed when the P95 rose: the words, what is said first, and how often a run without any change has such a finding. */
import assert from "node:assert/strict";
import { knownRises, risesJson, riseText } from "../../../lib/report/figures/what_changed.ts";
import { risesOf } from "../../../lib/verdict/change/rises.ts";
import { noise } from "../../result/make_run.ts";
import { THROTTLED, throttledRun } from "../throttled_case.ts";

Deno.test("a GPU that is throttled in mid-run is named with what changed of it, and nothing else is", () => {
  const run = throttledRun();
  assert.deepEqual(knownRises(run).map(riseText), [
    "P95 of llm.chat_stream rose from 448 ms to 1.35 s at 4:10. What else changed then: GPU 1: SM clock 1,973 MHz → " +
    "1,215 MHz, power cap active 0 % → 96 % of the time, power 581 W → 350 W, use 81.7 % → 99.5 %, temperature 63.9 °C → " +
    "56.0 °C. This is correlation, not proof.",
  ]);
  const [rise] = risesJson(run);
  assert.deepEqual([rise?.at_ms, rise?.operation, rise?.load], [THROTTLED.from_s * 1000, "llm.chat_stream", null]);
  assert.deepEqual(rise?.moved.map(({ id }) => id), [
    "gpu.sm_clock(GPU 1)",
    "gpu.power_capped(GPU 1)",
    "gpu.power(GPU 1)",
    "gpu.utilization(GPU 1)",
    "gpu.temperature(GPU 1)",
  ]);
});

Deno.test("where the load changed at that instant, that is said first", () => {
  const [rise, ...more] = knownRises(throttledRun({ throttled: null, users: { from_s: 300, users: 90 } }));
  assert.ok(rise !== undefined && more.length === 0);
  assert.match(riseText(rise), /at 5:00\. The load changed then: spike begins \(40 → 90 users\)\. What else changed/);
  assert.match(riseText(rise), /none of 34 readings changed clearly\.$/);
});

Deno.test("a service that restarted then is named", () => {
  const run = throttledRun();
  run.add({ type: "event", t_ms: 249_000, kind: "process_restarted", text: "triton restarted" });
  assert.match(knownRises(run).map(riseText).join(), /What else changed then: a service restarted; GPU 1: SM clock/);
});

Deno.test("a small rise is found, too; a smaller one is not worth a word", () => {
  assert.equal(knownRises(throttledRun({ slower: 1.3 })).length, 1);
  assert.equal(knownRises(throttledRun({ slower: 1.05 })).length, 0);
});

Deno.test("of 300 runs of four operations without any change fewer than 15 show a rise, though neighbours are alike", () => {
  const run = throttledRun({ throttled: null, seconds: 200 });
  const bins = Array.from(
    { length: 60 },
    (_, i) => ({ start_ms: 20_000 + 3000 * i, length_ms: 3000, users: 40, due: 48 }),
  );
  const random = noise(21);
  const line = (operation: string) => {
    let near = 0;
    const values = bins.map(() => 400 * Math.exp(0.25 * (near = 0.4 * near + random() + random() + random() - 1.5)));
    return { operation, values };
  };
  const found = Array.from({ length: 300 }, () => risesOf(run, bins, ["a", "b", "c", "d"].map(line)).length);
  assert.ok(found.filter((count) => count > 0).length < 15);
  const [rise] = risesOf(run, bins, [line("a"), {
    ...line("b"),
    values: line("b").values.map((v, i) => i < 40 ? v : 2 * v),
  }]);
  assert.deepEqual([rise?.operation, Math.abs((rise?.at_ms ?? 0) - 140_000) <= 6000], ["b", true]);
});
