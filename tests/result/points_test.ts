import assert from "node:assert/strict";
import fc from "fast-check";
import { Histogram } from "../../lib/measure/histogram.ts";
import { percentilesOf } from "../../lib/measure/part_percentiles.ts";
import { Series } from "../../lib/measure/series.ts";
import { coarse, MAX_POINTS, Points } from "../../lib/result/points.ts";

function second(first_us: number): Series {
  const series = new Series();
  series.histogram("first_message").record(first_us);
  series.histogram("latency").record(first_us);
  series.count("reference_words", 3);
  return series;
}

Deno.test("Points has a second of its own each in a short run, at most 300 points in any, and loses no value", () => {
  for (const seconds of [60, 299, 3000, 14_400]) {
    const points = new Points();
    for (let index = 0; index < seconds; index++) points.add(index, second(1000 * index + 1).toData("llm.chat", 0));
    const found = points.of("llm.chat");
    assert.ok(found.length <= MAX_POINTS && found.length >= Math.min(seconds, MAX_POINTS / 2 - 1), `${found.length}`);
    const parts = found.flatMap(({ parts }) => parts);
    const count = parts.reduce((sum, { histograms }) => sum + (histograms.first_message?.count ?? 0), 0);
    const words = parts.reduce((sum, { counters }) => sum + (counters.reference_words ?? 0), 0);
    assert.deepEqual([count, words], [seconds, 3 * seconds]);
    assert.ok(parts.every(({ histograms }) => histograms.latency === undefined), "only what charts draw is kept");
    for (const { start_ms, end_ms, parts } of found) {
      const highest = Math.max(...parts.map(({ histograms }) => histograms.first_message?.max ?? 0)) - 1;
      assert.ok(highest >= start_ms && highest < end_ms, "each value is in its own point");
    }
  }
});

Deno.test("Points joins neighbours to the length asked for", () => {
  const points = new Points();
  for (let index = 0; index < 100; index++) points.add(index, second(5).toData(index % 2 ? "a" : "b", 0));
  assert.deepEqual(points.of(null, 10).map(({ start_ms, end_ms, parts }) => [start_ms, end_ms, parts.length])[1], [
    10_000,
    20_000,
    10,
  ]);
  assert.equal(points.of("a", 10)[0]?.parts.length, 5);
});

Deno.test("coarse() keeps percentiles to 1 % from 1.6 ms on, negative ones too, and count, sum and ends exactly", () => {
  const values = fc.array(fc.oneof(fc.integer({ min: 1600, max: 4e6 }), fc.integer({ min: -4e6, max: -1600 })), {
    minLength: 1,
    maxLength: 50,
  });
  fc.assert(fc.property(values, fc.constantFrom(1, 50, 95, 100), (list, percentile) => {
    const exact = new Histogram();
    for (const value of list) exact.recordSigned(value);
    const rough = Histogram.from(coarse(exact.toData()));
    assert.deepEqual([rough.count, rough.sum, rough.min, rough.max], [exact.count, exact.sum, exact.min, exact.max]);
    const [value = 0] = percentilesOf([coarse(exact.toData())], [percentile]);
    assert.ok(Math.abs(value / exact.percentile(percentile) - 1) <= 0.011, `${value} ${exact.percentile(percentile)}`);
  }));
});
