import assert from "node:assert/strict";
import * as fc from "fast-check";
import { callCpu } from "../../lib/calibrate/measure.ts";
import { capacityOf, type JudgedStep, judgeSteps, type Measured, spreadOf } from "../../lib/calibrate/judge.ts";
import { planOf, risingSteps, type Steps } from "../../lib/calibrate/plans.ts";
import { Series } from "../../lib/measure/series.ts";
import type { EchoCall } from "../../lib/sim/echo/log.ts";

const PLACE = { address: "127.0.0.1:1", clip: "/clip.wav" };
const EPOCH_US = 1_700_000_000_000_000;

/** A run in which the echo saw `calls`, and june-load counted `ours` in the judged stage. */
function measured(steps: Steps, heard: Partial<Measured["heard"]>, fill: (ours: Series) => void, operation: string) {
  const ours = new Series();
  fill(ours);
  const plan = planOf(steps, PLACE);
  const series = [ours.toData(operation, 1)];
  return {
    plan,
    epoch_us: EPOCH_US,
    heard: { calls: [], frames: [], chunks: [], ...heard },
    series,
    cpu_us: [],
  } satisfies Measured;
}

const TEN_A_SECOND: Steps = {
  calls: [{ length_ms: 1000, per_s: 10, warm_up: true }, { length_ms: 1000, per_s: 10, warm_up: false }],
};

Deno.test("starts are judged by the instants at which calls arrived, each against its own due instant", () => {
  const calls = Array.from({ length: 20 }, (_, k): EchoCall => {
    const arrived_us = EPOCH_US + k * 100_000 + (k < 10 ? 50_000 : 100 + k);
    return { arrived_us, sent_us: [arrived_us + 40], heard_us: [arrived_us + 5] };
  });
  const run = measured(TEN_A_SECOND, { calls }, (ours) => {
    for (let k = 0; k < 10; k++) ours.histogram("latency").record(500);
  }, "llm.health");
  const [warmUp, step] = judgeSteps(run, "calls");
  assert.deepEqual([warmUp?.warm_up, warmUp?.start.p50_us], [true, 50_000]);
  assert.deepEqual(step?.start, { count: 10, p50_us: 114, p99_us: 119, max_us: 119 });
  assert.deepEqual([step?.per_s, step?.due], [10, 10]);
  // 500 us by june-load's clock, of which the echo had the call for 40.
  assert.deepEqual(step?.answer, { count: 10, p50_us: 460, p99_us: 460 });
  assert.equal(step?.pacing.count, 0);
});

Deno.test("speech that arrives early is off its instant as much as speech that is late", () => {
  const chunks = Array.from({ length: 2 }, (_, k): EchoCall => {
    const arrived_us = EPOCH_US + k * 1_000_000;
    const errors_us = [300, -300, 0, 900, 0];
    return { arrived_us, sent_us: [], heard_us: errors_us.map((us, at) => arrived_us + (at + 1) * 20_000 + us) };
  });
  const steps = {
    chunks: [{ length_ms: 1000, per_s: 25, warm_up: true }, { length_ms: 1000, per_s: 25, warm_up: false }],
  };
  const [, step] = judgeSteps(measured(steps, { chunks }, () => {}, "stt.recognize_stream"), "chunks");
  assert.deepEqual(step?.pacing, { count: 5, p50_us: 300, p99_us: 900, max_us: 900 });
});

Deno.test("a stream's first message and gaps are judged by those with which it was sent", () => {
  const frames = Array.from({ length: 2 }, (_, k): EchoCall => {
    const arrived_us = EPOCH_US + k * 1_000_000 + 200;
    // The echo itself was late with its second message: not june-load's.
    return { arrived_us, sent_us: [arrived_us + 100, arrived_us + 25_100, arrived_us + 40_100], heard_us: [] };
  });
  const steps = {
    frames: [{ length_ms: 1000, per_s: 25, warm_up: true }, { length_ms: 1000, per_s: 25, warm_up: false }],
  };
  const run = measured(steps, { frames }, (ours) => {
    ours.histogram("first_message").record(700);
    for (const gap_us of [25_000, 15_000]) ours.histogram("gap").record(gap_us);
  }, "llm.generate_stream");
  const [, step] = judgeSteps(run, "frames");
  assert.deepEqual(step?.first_message, { count: 1, p50_us: 600, p99_us: 600 });
  // 25 ms and 15 ms on both sides, but for the histogram's own width of three digits.
  assert.ok(Math.abs(step?.gap.p99_us ?? NaN) < 25 && Math.abs(step?.gap.p50_us ?? NaN) < 25, `${step?.gap.p99_us}`);
});

Deno.test("a run of which nothing arrived has no figures, rather than figures of 0", () => {
  const [, step] = judgeSteps(measured(TEN_A_SECOND, {}, () => {}, "llm.health"), "calls");
  assert.deepEqual([step?.start.count, step?.answer.count, step?.due], [0, 0, 10]);
  assert.deepEqual(capacityOf("calls", step === undefined ? [] : [step]), { held_per_s: 0, late_per_s: 10 });
});

Deno.test("the spread of values lies within them, in order", () => {
  fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 1e9 }), { minLength: 1 }), (values) => {
    const { count, p50_us, p99_us, max_us } = spreadOf(values);
    assert.equal(count, values.length);
    assert.ok(Math.min(...values) <= p50_us && p50_us <= p99_us && p99_us <= max_us);
    assert.equal(max_us, Math.max(...values));
    assert.ok(values.filter((value) => value <= p50_us).length >= values.length / 2);
  }));
});

const NOTHING = { count: 0, p50_us: 0, p99_us: 0 };
function stepAt(per_s: number, late_us: number, change: Partial<JudgedStep> = {}): JudgedStep {
  const start = { count: 100, p50_us: 0, p99_us: late_us, max_us: late_us };
  const pacing = { ...start, p99_us: 0 };
  const added = { answer: NOTHING, first_message: NOTHING, gap: NOTHING };
  return { per_s, warm_up: false, due: 100, start, pacing, ...added, sent_gap_us: 0, ...change };
}

Deno.test("a worker kept the highest rate at which it was not late, whatever happened at a lower one", () => {
  const steps = [
    stepAt(1, 9e6, { warm_up: true }),
    stepAt(500, 300),
    stepAt(1000, 2000),
    stepAt(2000, 2001),
    stepAt(4000, 9000),
  ];
  assert.deepEqual(capacityOf("calls", steps), { held_per_s: 1000, late_per_s: 2000 });
  assert.deepEqual(capacityOf("calls", steps.slice(0, 3)), { held_per_s: 1000, late_per_s: null });
  assert.deepEqual(capacityOf("calls", [stepAt(500, 5000)]), { held_per_s: 0, late_per_s: 500 });
  const luck = [stepAt(500, 5000), stepAt(1000, 100), stepAt(2000, 5000)];
  assert.deepEqual(capacityOf("calls", luck), { held_per_s: 1000, late_per_s: 2000 });
});

Deno.test("calls that did not arrive are not kept, however punctual the others were", () => {
  const start = { count: 90, p50_us: 1, p99_us: 1, max_us: 1 };
  assert.deepEqual(capacityOf("calls", [stepAt(500, 0, { start })]), { held_per_s: 0, late_per_s: 500 });
});

Deno.test("each source is late by what it is for: messages by gaps, speech by its chunks", () => {
  const gap = { count: 9, p50_us: 0, p99_us: 2500 };
  const pacing = { count: 9, p50_us: 0, p99_us: 2500, max_us: 2500 };
  assert.equal(capacityOf("frames", [stepAt(1000, 0, { gap })])?.late_per_s, 1000);
  assert.equal(capacityOf("chunks", [stepAt(1000, 0, { pacing })])?.late_per_s, 1000);
  assert.deepEqual(capacityOf("calls", [stepAt(1000, 0, { gap, pacing })]), { held_per_s: 1000, late_per_s: null });
});

Deno.test("a step in which the echo itself fell behind ends the search without a word against june-load", () => {
  const slow = stepAt(5000, 9000, { sent_gap_us: 41_000 });
  assert.deepEqual(capacityOf("frames", [stepAt(1000, 0), slow]), { held_per_s: 1000, late_per_s: null });
  assert.equal(capacityOf("frames", [slow, stepAt(10_000, 0)]), null, "nothing is known where it was so at once");
});

Deno.test("the cost of a call is that of its own second, less the warm-up", () => {
  // Second 0 is the warm-up; 500, 1000, 2000 calls follow.
  assert.deepEqual(callCpu([9e6, 100_000, 120_000, 140_000], 2000), { alone_us: 200, together_us: 70 });
  assert.deepEqual(callCpu([9e6, 100_000], 500), { alone_us: 200, together_us: null });
  assert.equal(callCpu([9e6], 500), null);
});

Deno.test("the steps of a rising load follow one another, and its stages are theirs", () => {
  for (const source of ["calls", "frames", "chunks"] as const) {
    const { loads, stages, duration_ms } = planOf(risingSteps(source), PLACE);
    assert.equal(loads.length, 1);
    const ends = stages.map(({ end_ms }) => end_ms);
    assert.deepEqual(stages.slice(1).map(({ start_ms }) => start_ms), ends.slice(0, -1));
    assert.equal(duration_ms, ends.at(-1));
    assert.deepEqual(stages.map(({ warm_up }) => warm_up), stages.map((_, at) => at === 0));
  }
});
