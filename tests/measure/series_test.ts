import assert from "node:assert/strict";
import fc from "fast-check";
import { endedCalls, errorRate, noOutcomes, Series } from "../../lib/measure/series.ts";
import { COUNTERS, DISTRIBUTION_NAMES } from "../../lib/plan/threshold/threshold.ts";

const records = fc.array(fc.tuple(fc.constantFrom(...DISTRIBUTION_NAMES), fc.nat(4_000_000_000)), { maxLength: 60 });
const sums = fc.array(fc.tuple(fc.constantFrom(...COUNTERS), fc.nat(1_000_000)), { maxLength: 20 });
const part = fc.record({ records, sums, ok: fc.nat(9), failed: fc.nat(9), messages: fc.nat(99) });

type Part = typeof part extends fc.Arbitrary<infer Value> ? Value : never;

function fill(series: Series, parts: readonly Part[]): Series {
  for (const { records, sums, ok, failed, messages } of parts) {
    for (const [name, value] of records) series.histogram(name).record(value);
    for (const [name, amount] of sums) series.count(name, amount);
    series.issued += ok + failed;
    series.outcomes.ok += ok;
    series.outcomes.failed += failed;
    if (failed > 0) series.failed_latency.record(failed);
    series.messages += messages;
    series.sent_bytes += 2 * messages;
    series.received_bytes += 3 * messages;
  }
  return series;
}

Deno.test("Series: parts merged, as they are or as data, equal the whole, overflow included", () => {
  fc.assert(fc.property(fc.array(part, { maxLength: 6 }), (parts) => {
    const merged = new Series();
    const fromData = new Series();
    for (const one of parts) {
      const series = fill(new Series(), [one]);
      merged.merge(series);
      fromData.mergeData(structuredClone(series.toData("op", 0)));
    }
    const whole = fill(new Series(), parts).toData("op", 0);
    assert.deepEqual(merged.toData("op", 0), whole);
    assert.deepEqual(fromData.toData("op", 0), whole);
  }));
});

Deno.test("Series.clear() leaves nothing, toData() leaves out what was not measured", () => {
  fc.assert(fc.property(part, (one) => {
    const series = fill(new Series(), [one]);
    series.clear();
    assert.ok(series.idle);
    const { histograms, counters, issued, outcomes } = series.toData("op", 3);
    assert.deepEqual([histograms, counters, issued, outcomes], [{}, {}, 0, noOutcomes()]);
  }));
  const series = new Series();
  series.histogram("gap");
  series.count("stalled_calls", 0);
  assert.deepEqual([series.toData("op", 0).histograms, series.toData("op", 0).counters], [{}, {}]);
});

Deno.test("Series data lists distributions in the order of tables, however they were recorded", () => {
  const series = new Series();
  for (const name of DISTRIBUTION_NAMES.toReversed()) series.histogram(name).record(1);
  assert.deepEqual(Object.keys(series.toData("op", 0).histograms), DISTRIBUTION_NAMES);
});

Deno.test("errorRate() counts failures and timeouts against calls that were answered or failed", () => {
  const outcomes = { ok: 6, failed: 1, timed_out: 1, cancelled: 5, dropped: 7, unfinished: 9 };
  assert.equal(errorRate(Object.assign(new Series(), { outcomes })), 0.25);
  assert.equal(errorRate(new Series()), 0);
  assert.equal(endedCalls(outcomes), 29);
});
