import assert from "node:assert/strict";
import { noGenerator } from "../../lib/measure/generator.ts";
import { Histogram } from "../../lib/measure/histogram.ts";
import type { TurnExample } from "../../lib/measure/interval.ts";
import { Series } from "../../lib/measure/series.ts";
import type { Plan, Stage } from "../../lib/plan/plan.ts";
import { DISTRIBUTION_NAMES } from "../../lib/plan/threshold/threshold.ts";
import { MAX_BATCHES } from "../../lib/result/batches.ts";
import type { IntervalRecord } from "../../lib/result/record.ts";
import { Run } from "../../lib/result/run.ts";
import { closedLoad, constantPause } from "../plans.ts";
import { makeHeader, makePlan, makeRun } from "./make_run.ts";

const stage = (name: string, load: number, start_s: number, end_s: number, warm_up = false): Stage => ({
  name,
  load,
  start_ms: start_s * 1000,
  end_ms: end_s * 1000,
  warm_up,
});

function planOf(stages: Stage[]): Plan {
  const duration_ms = Math.max(...stages.map(({ end_ms }) => end_ms));
  const loads = [...new Set(stages.map(({ load }) => load))].map((load) => ({
    ...closedLoad(2, 2, duration_ms, constantPause(100)),
    name: `load ${load}`,
  }));
  return makePlan({ stages, loads, duration_ms });
}

/** A second in which each entry's calls ended, with latencies of 10 ms and more. */
function second(index: number, entries: { operation: string; stage: number; ok: number }[]): IntervalRecord {
  const series = entries.map(({ operation, stage, ok }) => {
    const one = new Series();
    one.issued = ok;
    one.outcomes.ok = ok;
    for (let i = 0; i < ok; i++) one.histogram("latency").record(10_000 + 100 * i + index);
    one.count("good", ok);
    return one.toData(operation, stage);
  });
  const generator = { ...noGenerator(), due: 1, loop_lag_us: index };
  return {
    type: "interval",
    index,
    series,
    failures: [],
    users: 1,
    in_flight: 1,
    connections: [],
    generator,
    turns: [],
  };
}

/** All batches of a selection are the whole, count by count and value by value. */
function assertWhole(run: Run, selection = {}): void {
  const total = run.total(selection);
  const batches = run.batches(selection);
  const counts = new Series();
  for (const batch of batches) counts.merge(batch.counts);
  const { histograms: _, failed_latency: __, ...expected } = total.toData("all", 0);
  const { histograms: ___, ...found } = counts.toData("all", 0);
  assert.deepEqual(found, expected);
  for (const name of DISTRIBUTION_NAMES) {
    const merged = new Histogram();
    for (const batch of batches) merged.merge(batch.histogram(name));
    assert.deepEqual(merged.toData(), total.histogram(name).toData());
  }
}

Deno.test("Run.batches() hold every call of a selection exactly once, in order of time", () => {
  const run = makeRun({ errors: 0.1 });
  for (const selection of [{}, { stage: "hold" }, { stage: "ramp" }, { operations: "llm.*" }]) {
    assertWhole(run, selection);
    const batches = run.batches(selection);
    assert.equal(batches.reduce((sum, { length_ms }) => sum + length_ms, 0), run.window_ms(selection));
    for (const [i, { start_ms, end_ms }] of batches.entries()) {
      assert.ok(start_ms < end_ms && start_ms >= (batches[i - 1]?.end_ms ?? 0));
    }
  }
});

Deno.test("Run.batches() stay few in a long run, each a power of two of seconds", () => {
  const run = new Run(makeHeader(planOf([stage("warm", 0, 0, 30, true), stage("hold", 0, 30, 7230)])));
  for (let index = 0; index < 7230; index++) {
    run.add(second(index, [{ operation: "a", stage: index < 30 ? 0 : 1, ok: 2 }]));
  }
  const batches = run.batches();
  assert.ok(batches.length > MAX_BATCHES / 2 && batches.length <= MAX_BATCHES + 1);
  assert.equal(batches[0]?.start_ms, 30_000);
  assert.equal(batches[1]?.length_ms, 256_000);
  assert.equal(batches.at(-1)?.end_ms, 7_230_000);
  assertWhole(run);
});

Deno.test("Run.batches() show an outage as batches without calls", () => {
  const run = new Run(makeHeader(planOf([stage("hold", 0, 0, 20)])));
  for (let index = 0; index < 20; index++) {
    run.add(second(index, index < 15 ? [{ operation: "a", stage: 0, ok: 3 }] : []));
  }
  assert.deepEqual(run.batches().map(({ counts }) => counts.outcomes.ok), [...Array(15).fill(3), ...Array(5).fill(0)]);
});

Deno.test("Run.batches() put what ended after a stage into its last batch, also when a stop cut it short", () => {
  const run = new Run(makeHeader(planOf([stage("hold", 0, 0, 20)])));
  for (let index = 0; index < 12; index++) run.add(second(index, [{ operation: "a", stage: 0, ok: 1 }]));
  run.add({ type: "event", t_ms: 9500, kind: "stop_requested", text: "" });
  run.add(second(12, [{ operation: "a", stage: 0, ok: 5 }]));
  assert.equal(run.window_ms(), 9500);
  assertWhole(run);
  assert.equal(run.batches().at(-1)?.end_ms, 9500);
});

Deno.test("Run measures loads side by side over the time they share, each with its own drain", () => {
  const run = new Run(makeHeader(planOf([stage("a.hold", 0, 0, 10), stage("b.hold", 1, 0, 20)])));
  for (let index = 0; index < 22; index++) {
    const a = index < 12 ? [{ operation: "a", stage: 0, ok: 4 }] : [];
    run.add(second(index, [...a, { operation: "b", stage: 1, ok: 1 }]));
  }
  assert.equal(run.window_ms(), 20_000);
  assert.equal(run.window_ms({ operations: "a" }), 10_000);
  assert.equal(run.window_ms({ stage: "b.hold" }), 20_000);
  assert.equal(run.throughput({ operations: "a" }), 4, "two seconds of its drain are left out");
  assert.equal(run.throughput({ operations: "b" }), 1);
  assert.equal(run.throughput(), 60 / 20);
  assert.deepEqual([run.drained().outcomes.ok, run.drained().counter("good")], [4 * 2 + 2, 10]);
  assert.equal(run.drained().histogram("latency").count, 0);
  const drained = run.batches().flatMap((batch) =>
    batch.drained.issued > 0 ? [[batch.end_ms, batch.drained.issued]] : []
  );
  assert.deepEqual(drained, [[10_000, 8], [20_000, 2]], "each in the last batch of its own load");
});

Deno.test("Run folds the generator's state over all seconds but those of warm-up and drain", () => {
  const run = new Run(makeHeader(planOf([stage("warm", 0, 0, 5, true), stage("hold", 0, 5, 10)])));
  for (let index = 0; index < 13; index++) run.add(second(index, []));
  assert.equal(run.generator.due, 5);
  assert.equal(run.generator.loop_lag_us, 9);
});

const TRANSCRIPT = { operation: "stt.recognize", words: 9, heard: "something else" };

Deno.test("Run keeps example turns and the worst transcripts outside warm-up", () => {
  const run = new Run(makeHeader(planOf([stage("warm", 0, 0, 5, true), stage("hold", 0, 5, 10)])));
  const turn = (start_ms: number): TurnExample => ({
    operation: "voice.turn",
    start_ms,
    voice_to_voice_us: start_ms,
    spans: [],
  });
  run.add({ ...second(6, []), turns: [turn(4900), turn(5100)] });
  run.add({ ...second(7, []), turns: [turn(6000)] });
  assert.deepEqual(run.turns.map(({ start_ms }) => start_ms), [6000, 5100]);
  const heard = (start_ms: number, errors: number) => ({ ...TRANSCRIPT, start_ms, errors, said: `at ${start_ms}` });
  run.add({ ...second(8, []), transcripts: [heard(4900, 9), heard(5200, 1)] });
  run.add({ ...second(9, []), transcripts: [heard(6000, 2)] });
  assert.deepEqual(run.transcripts.map(({ start_ms }) => start_ms), [6000, 5200]);
});
