import assert from "node:assert/strict";
import { wilson } from "../../lib/statistics/proportion.ts";
import { carriesPercentile, estimate } from "../../lib/verdict/estimate.ts";
import { isSteady, meanTarget, targetAt } from "../../lib/verdict/target.ts";
import { closedLoad, constantPause } from "../plans.ts";
import { noise } from "../result/make_run.ts";
import { runOf, stretchPlan } from "./steady_run.ts";

const random = noise(9);
const latencies = (count: number) =>
  Array.from({ length: count }, () => Math.round(1e5 * (1 - Math.log(1 - random()))));
const percentile = (percentile: number) => ({ kind: "percentile", percentile, of: "latency" }) as const;
const hold = (seconds: number) => stretchPlan([{ name: "hold", seconds, target: 20 }]);

Deno.test("estimate() of a percentile: the histogram's value, inside an interval", () => {
  const run = runOf(hold(300), () => ({ latencies_us: latencies(20) }));
  const histogram = run.total().histogram("latency");
  for (const p of [50, 95, 99]) {
    const { value, n, interval, sampleSufficient } = estimate(run, percentile(p));
    assert.equal(value, histogram.percentile(p));
    assert.deepEqual([n, sampleSufficient], [6000, true]);
    assert.ok(interval !== null && interval.low < value && value < interval.high);
  }
  const mean = estimate(run, { kind: "mean", of: "latency" });
  assert.ok(mean.value === histogram.mean && mean.interval !== null);
  for (const kind of ["min", "max"] as const) {
    const extreme = estimate(run, { kind, of: "latency" });
    assert.deepEqual(extreme, { value: histogram[kind], n: 6000, interval: null, sampleSufficient: true });
  }
});

Deno.test("carriesPercentile() asks for ten values beyond", () => {
  assert.ok(carriesPercentile(1000, 99) && !carriesPercentile(999, 99));
  assert.ok(carriesPercentile(200, 95) && !carriesPercentile(199, 95));
  assert.ok(carriesPercentile(20, 50) && !carriesPercentile(19, 50));
  assert.ok(carriesPercentile(1000, 1) && !carriesPercentile(999, 1));
});

Deno.test("estimate() gives no interval that the calls cannot carry", () => {
  const few = runOf(hold(60), () => ({ latencies_us: latencies(2) }));
  assert.deepEqual([estimate(few, percentile(99)).sampleSufficient, estimate(few, percentile(99)).interval], [
    false,
    null,
  ]);
  assert.ok(estimate(few, percentile(50)).interval !== null);
  const short = runOf(hold(5), () => ({ latencies_us: latencies(400) }));
  assert.deepEqual([estimate(short, percentile(99)).sampleSufficient, estimate(short, percentile(99)).interval], [
    true,
    null,
  ]);
  const none = runOf(hold(30), () => ({ latencies_us: [] }));
  for (const kind of ["error_rate", "throughput", "wer"] as const) {
    assert.deepEqual(estimate(none, { kind }), { value: null, n: 0, interval: null, sampleSufficient: false });
  }
  assert.deepEqual(estimate(none, percentile(50)), { value: null, n: 0, interval: null, sampleSufficient: false });
});

Deno.test("estimate() gives no interval across a ramp or a spike, and one beside a short ramp", () => {
  const plan = stretchPlan([
    { name: "ramp", seconds: 5, target: [0, 20] },
    { name: "hold", seconds: 120, target: 20 },
    { name: "spike", seconds: 60, target: 60 },
    { name: "climb", seconds: 60, target: [20, 60] },
  ]);
  const run = runOf(plan, () => ({ latencies_us: latencies(20) }));
  assert.equal(estimate(run, percentile(95)).interval, null);
  assert.equal(estimate(run, percentile(95), { stage: "climb" }).interval, null);
  assert.ok(estimate(run, percentile(95), { stage: "spike" }).interval !== null);
  const calm = runOf(
    stretchPlan([{ name: "ramp", seconds: 5, target: [0, 20] }, { name: "hold", seconds: 120, target: 20 }]),
    () => ({
      latencies_us: latencies(20),
    }),
  );
  assert.ok(isSteady(calm, {}));
  assert.ok(estimate(calm, percentile(95)).interval !== null);
});

Deno.test("estimate() of an error rate says by the rule of three what no failure proves", () => {
  const run = runOf(hold(60), () => ({ latencies_us: latencies(5) }));
  assert.deepEqual(estimate(run, { kind: "error_rate" }), {
    value: 0,
    n: 300,
    interval: wilson(0, 300),
    sampleSufficient: true,
  });
});

Deno.test("estimate() of an error rate is wider than Wilson's where failures come in bursts, and as wide where not", () => {
  const spread = runOf(hold(300), (i) => ({ latencies_us: latencies(19), failed: i % 10 === 0 ? 10 : 0 }));
  const bursts = runOf(hold(300), (i) => ({ latencies_us: latencies(19), failed: i >= 100 && i < 130 ? 10 : 0 }));
  const [even, burst] = [spread, bursts].map((run) => estimate(run, { kind: "error_rate" }));
  assert.ok(even !== undefined && burst !== undefined && even.interval !== null && burst.interval !== null);
  assert.equal(even.value, burst.value);
  const wide = wilson(300, 6000);
  assert.ok(burst.interval.high - burst.interval.low > 3 * (wide.high - wide.low));
  assert.ok(even.interval.low <= wide.low && even.interval.high >= wide.high);
  assert.ok(burst.interval.low >= 0 && burst.interval.high <= 1);
});

Deno.test("estimate() of rates: calls that ended after the load are left out", () => {
  const plan = hold(100);
  const run = runOf(plan, (i) => ({
    latencies_us: latencies(i < 100 ? [15, 20, 25, 18, 22][(i * i) % 5] as number : 9),
    also: (series) => {
      series.count("good", 10);
      series.count("output_words", 100);
    },
  }), 103);
  const throughput = estimate(run, { kind: "throughput" });
  assert.equal(throughput.value, run.throughput());
  const ended = run.total().outcomes.ok - 3 * 9;
  assert.equal(throughput.value, ended / 100);
  assert.ok(throughput.interval !== null);
  assert.ok(throughput.interval.low < ended / 100 && throughput.interval.high > ended / 100);
  assert.ok(throughput.interval.high - throughput.interval.low < 3);
  assert.equal(estimate(run, { kind: "goodput" }).value, 10);
  assert.equal(estimate(run, { kind: "token_rate" }).value, 100);
  const good = estimate(run, { kind: "good_rate" });
  assert.equal(good.value, 1030 / good.n);
});

Deno.test("estimate() counts tokens where any were counted, words otherwise", () => {
  const run = runOf(hold(20), (i) => ({
    latencies_us: latencies(5),
    also: (series) => series.count(i < 10 ? "output_tokens" : "output_words", 40),
  }));
  assert.equal(estimate(run, { kind: "token_rate" }).value, 400 / 20);
});

Deno.test("estimate() of word errors rests on batches alone and may pass 100 %", () => {
  const run = runOf(hold(60), (i) => ({
    latencies_us: latencies(2),
    also: (series) => {
      series.count("word_errors", (i * i) % 7 < 2 ? 18 : 9);
      series.count("reference_words", 10);
      series.count("played_calls", 2);
      series.count("stalled_calls", i % 2);
    },
  }));
  const wer = estimate(run, { kind: "wer" });
  const errors = run.total().counter("word_errors");
  assert.deepEqual([wer.value, wer.n], [errors / 600, 600]);
  assert.ok(errors > 600 && wer.interval !== null && wer.interval.high > errors / 600);
  assert.equal(estimate(run, { kind: "stalled" }).value, 30 / 120);
  const right = runOf(hold(60), () => ({ latencies_us: [1], also: (series) => series.count("reference_words", 9) }));
  assert.deepEqual(estimate(right, { kind: "wer" }), { value: 0, n: 540, interval: null, sampleSufficient: true });
  assert.equal(estimate(run, { kind: "calls" }).value, 120);
});

Deno.test("targetAt() and meanTarget() follow a load's courses", () => {
  const load = closedLoad(20, 4, 60_000, constantPause(0));
  assert.equal(targetAt(load, 2500), 10);
  assert.equal(targetAt(load, 30_000), 20);
  assert.equal(targetAt(load, 60_000), 0);
  assert.ok(Math.abs(meanTarget(load, 0, 10_000) - 15) < 1e-9);
  const wave = (period_ms: number) => ({
    ...load,
    courses: [{ kind: "sine", start_ms: 0, end_ms: 60_000, mean: 10, amplitude: 5, period_ms } as const],
  });
  assert.equal(targetAt(wave(60_000), 15_000), 15);
  assert.equal(targetAt(wave(1000), 250), 10, "many short waves are one level");
});
