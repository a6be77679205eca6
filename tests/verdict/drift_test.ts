import assert from "node:assert/strict";
import type { Run } from "../../lib/result/run.ts";
import { driftOf } from "../../lib/verdict/drift.ts";
import { noise } from "../result/make_run.ts";
import { evaluate } from "../../lib/verdict/evaluate.ts";
import { holdStage, rule } from "../plans.ts";
import { madeRun } from "./made_run.ts";
import { runOf, stretchPlan } from "./steady_run.ts";

const random = noise(6);
const HOUR = stretchPlan([
  { name: "warm", seconds: 60, target: 20, warm_up: true },
  { name: "hold", seconds: 3600, target: 20 },
  { name: "end", seconds: 60, target: [20, 0] },
]);
/** 200 ms at the start of the hold, `rise` more of it after an hour; `errors` of ten calls a second after an hour. */
function creeping(rise: number, errors = 0): Run {
  return runOf(HOUR, (index) => {
    const hours = (index - 60) / 3600;
    const failed = random() < errors * hours ? 10 : 0;
    return {
      latencies_us: Array.from(
        { length: 10 - failed },
        () => Math.round(200_000 * (1 + rise * hours) * (0.8 + 0.4 * random())),
      ),
      failed,
    };
  });
}
const host = (t_ms: number, memory_used_bytes: number | null) => ({
  type: "host" as const,
  t_ms,
  cpu_percent: 10,
  memory_used_bytes,
  memory_total_bytes: 2 ** 34,
  own_memory_bytes: null,
  own_cpu_percent: null,
});

Deno.test("driftOf() finds that latency rises by a fifth an hour, and is sure of it", () => {
  const { stage, value, n, interval, sampleSufficient, level, floor_rose } = driftOf(creeping(0.2), "response_time");
  assert.deepEqual([stage, n, sampleSufficient, floor_rose], ["hold", 60, true, null]);
  assert.ok(value !== null && value > 0.17 && value < 0.23, String(value));
  assert.ok(interval !== null && interval.low > 0.1 && interval.high < 0.3);
  assert.ok(level !== null && level > 220_000 && level < 250_000);
});

Deno.test("driftOf() of a steady service is about 0, with 0 in its interval", () => {
  const { value, interval } = driftOf(creeping(0), "response_time");
  assert.ok(value !== null && Math.abs(value) < 0.02);
  assert.ok(interval !== null && interval.low < 0 && interval.high > 0);
});

Deno.test("driftOf() of errors is in points an hour, since a good start is 0", () => {
  const { value, level } = driftOf(creeping(0, 0.2), "error_rate");
  assert.ok(value !== null && value > 0.1 && value < 0.3, String(value));
  assert.ok(level !== null && level < 0.1);
  const clean = driftOf(creeping(0), "error_rate");
  assert.deepEqual([clean.value, clean.interval], [0, null], "no error says nothing of how errors would come");
});

Deno.test("driftOf() of memory tells a leak from a collector's sawtooth", () => {
  const drift = (leak_per_h: number) => {
    const run = creeping(0);
    for (let t = 0; t < 3660; t += 5) {
      run.add(host(t * 1000, 8e9 * (1 + leak_per_h * (t - 60) / 3600) + 1e7 * (t % 290)));
    }
    return driftOf(run, "memory");
  };
  const [leaking, calm] = [drift(0.1), drift(0)];
  assert.ok(leaking.value !== null && Math.abs(leaking.value - 0.08) < 0.03, String(leaking.value));
  assert.equal(leaking.floor_rose, true);
  assert.equal(calm.floor_rose, false);
  assert.ok(calm.interval !== null && calm.interval.low < 0 && calm.interval.high > 0);
});

Deno.test("driftOf() of GPU memory is that of the GPU that drifts most", () => {
  const run = creeping(0);
  const gpu = (index: number, t: number, memory_used_bytes: number) => ({
    type: "gpu" as const,
    t_ms: t * 1000,
    index,
    uuid: `GPU-${index}`,
    name: "made up",
    utilization_percent: null,
    memory_utilization_percent: null,
    memory_used_bytes,
    memory_total_bytes: null,
    power_w: null,
    power_limit_w: null,
    temperature_c: null,
    sm_clock_mhz: null,
    clock_event_mask: null,
  });
  for (let t = 60; t < 3660; t += 5) {
    run.add(gpu(0, t, 4e10));
    run.add(gpu(1, t, 4e10 * (1 + 0.05 * (t - 60) / 3600)));
  }
  const { value, worst } = driftOf(run, "gpu.memory_used");
  assert.equal(worst, "GPU 1");
  assert.ok(value !== null && Math.abs(value - 0.05) < 0.001, String(value));
});

Deno.test("driftOf() takes a thirtieth of a short stage for one value, and none of a stage without enough", () => {
  const short = runOf(stretchPlan([{ name: "hold", seconds: 90, target: 20 }]), () => ({ latencies_us: [1000, 1100] }));
  assert.deepEqual([driftOf(short, "response_time").n, driftOf(short, "response_time").sampleSufficient], [30, false]);
  const tiny = runOf(stretchPlan([{ name: "hold", seconds: 8, target: 20 }]), () => ({ latencies_us: [1000] }));
  const { value, interval, sampleSufficient } = driftOf(tiny, "response_time");
  assert.deepEqual([value, interval, sampleSufficient], [null, null, false]);
  assert.equal(driftOf(short, "memory").value, null);
  assert.equal(driftOf(short, "response_time", { stage: "nowhere" }).stage, null);
  assert.equal(driftOf(short, "response_time", { operations: "tts.*" }).value, null);
});

Deno.test("driftOf() of latency is that of the operation whose rise is surest", () => {
  const run = runOf(HOUR, (index) => ({
    latencies_us: [4_000_000 + 1000 * (index % 7)],
    others_us: [100_000 * (1 + 0.5 * (index - 60) / 3600) + 1000 * (index % 5)],
  }));
  const { value, worst } = driftOf(run, "response_time");
  assert.equal(worst, "tts.synthesize");
  assert.ok(value !== null && value > 0.4);
  assert.equal(driftOf(run, "response_time", { operations: "llm.*" }).worst, "llm.chat");
});

/** Forty minutes of a service's memory. */
function withService(memory: (minute: number) => number | null) {
  const processes = [{ name: "stt", by: { kind: "port", port: 50052 } }] as const;
  const run = madeRun({
    seconds: 2400,
    plan: {
      stages: [holdStage(2_400_000)],
      duration_ms: 2_400_000,
      resources: { cpu: true, memory: true, gpu: false, processes: [...processes] },
      thresholds: [rule("drift(memory, stt) < 5%/h"), rule("drift(memory) < 5%/h")],
    },
  });
  for (let s = 0; s < 2400; s += 10) {
    run.add({
      ...{ type: "host", t_ms: s * 1000, cpu_percent: 5, memory_used_bytes: 8e9, memory_total_bytes: 16e9 },
      ...{ own_memory_bytes: null, own_cpu_percent: null },
      processes: [{
        ...{ name: "stt", pid: 7, processes: 1, cpu_percent: 10, threads: 4, descriptors: 9, restarts: 0 },
        memory_bytes: memory(s / 60),
      }],
    });
  }
  return run;
}

Deno.test("drift(memory, stt) finds a service that leaks, on a machine whose memory does not grow", () => {
  const leaking = evaluate(withService((minute) => 1e9 + 5e6 * minute));
  assert.deepEqual(leaking.rules.map(({ passed }) => passed), [false, true]);
  assert.match(leaking.sentence, /Memory of stt drifts/);
  // A collector that frees now and then is no leak.
  const sawtooth = evaluate(withService((minute) => 1e9 + 1e7 * (minute % 3)));
  assert.deepEqual(sawtooth.rules.map(({ passed }) => passed), [true, true]);
  const [rule] = evaluate(withService(() => null)).rules;
  assert.deepEqual([rule!.observed, rule!.passed], [null, false]);
});
