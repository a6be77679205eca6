import assert from "node:assert/strict";
import type { Run } from "../../lib/result/run.ts";
import { recoveryOf } from "../../lib/verdict/recovery.ts";
import { noise } from "../result/make_run.ts";
import { runOf, type Second, type Stretch, stretchPlan } from "./steady_run.ts";

const random = noise(4);
const calls = (count: number, latency_us: number) =>
  Array.from({ length: count }, () => Math.round(latency_us * (0.9 + 0.2 * random())));
const SPIKE: Stretch[] = [
  { name: "before", seconds: 30, target: 30 },
  { name: "spike", seconds: 20, target: 100 },
  { name: "after", seconds: 60, target: 30 },
];
/** 100 ms, in the spike and until `back_s` after it five times as much. */
const slowUntil = (back_s: number) => (index: number): Second => ({
  latencies_us: calls(30, index >= 30 && index < 50 + back_s ? 500_000 : 100_000),
});

function known(run: Run) {
  const found = recoveryOf(run);
  assert.ok(found.state !== "unknown", "why" in found ? found.why : "");
  return found;
}

Deno.test("recoveryOf() finds when latency is back, counted from the spike's end", () => {
  const found = known(runOf(stretchPlan(SPIKE), slowUntil(12)));
  assert.deepEqual([found.state, found.spike, found.before, found.interval_ms], ["recovered", "spike", "before", 1000]);
  assert.equal(found.recovery_ms, 12_000);
  assert.equal(found.metrics.response_time.recovery_ms, 12_000);
  assert.equal(found.metrics.error_rate.recovery_ms, 0);
  assert.ok(found.peak_excess !== null && Math.abs(found.peak_excess - 5) < 0.3);
});

Deno.test("recoveryOf() takes the slowest of latency, errors and calls in flight", () => {
  const run = runOf(stretchPlan(SPIKE), (index) => ({
    ...slowUntil(5)(index),
    failed: index >= 30 && index < 57 ? 5 : 0,
    in_flight: index >= 30 && index < 70 ? 40 : 4,
  }));
  const { metrics, recovery_ms } = known(run);
  assert.deepEqual(
    [metrics.response_time.recovery_ms, metrics.error_rate.recovery_ms, metrics.in_flight.recovery_ms],
    [5000, 7000, 20_000],
  );
  assert.equal(recovery_ms, 20_000);
});

Deno.test("recoveryOf() says when a service did not come back, or not for ten intervals on end", () => {
  const never = known(runOf(stretchPlan(SPIKE), slowUntil(60)));
  assert.deepEqual([never.state, never.recovery_ms, never.metrics.response_time.recovery_ms], [
    "not recovered",
    60_000,
    null,
  ]);
  assert.equal(known(runOf(stretchPlan(SPIKE), slowUntil(51))).state, "not recovered");
  assert.equal(known(runOf(stretchPlan(SPIKE), slowUntil(50))).state, "recovered");
  const relapse = runOf(stretchPlan(SPIKE), (index) => slowUntil(index >= 58 && index < 60 ? 60 : 3)(index));
  assert.equal(known(relapse).recovery_ms, 10_000, "five good seconds between are no recovery");
});

Deno.test("recoveryOf() takes silence with calls open for trouble, and silence without for calm", () => {
  const quiet = (in_flight: number) =>
    known(
      runOf(stretchPlan(SPIKE), (index) =>
        index >= 50 && index < 58 ? { latencies_us: [], in_flight } : { ...slowUntil(0)(index), in_flight: 3 }),
    );
  assert.equal(quiet(3).metrics.response_time.recovery_ms, 8000);
  assert.equal(quiet(0).metrics.response_time.recovery_ms, 0);
});

Deno.test("recoveryOf() judges a slow service over intervals long enough for 20 calls", () => {
  const plan = stretchPlan(SPIKE.map((stretch) => ({ ...stretch, seconds: 4 * stretch.seconds })));
  const run = runOf(plan, (index) => ({ latencies_us: calls(5, index >= 120 && index < 216 ? 900_000 : 200_000) }));
  const found = known(run);
  assert.equal(found.interval_ms, 4000);
  assert.equal(found.recovery_ms, 16_000);
});

Deno.test("recoveryOf() finds the spike among ramps, and the level before them", () => {
  const run = runOf(
    stretchPlan([
      { name: "warm", seconds: 10, target: 30, warm_up: true },
      { name: "calm", seconds: 30, target: 30 },
      { name: "up", seconds: 10, target: [30, 100] },
      { name: "top", seconds: 20, target: 100 },
      { name: "down", seconds: 10, target: [100, 30] },
      { name: "rest", seconds: 40, target: 30 },
    ]),
    (index) => ({ latencies_us: calls(30, index >= 45 && index < 85 ? 400_000 : 100_000) }),
  );
  const found = known(run);
  assert.deepEqual([found.spike, found.before, found.recovery_ms], ["top", "calm", 15_000]);
});

Deno.test("recoveryOf() says why it has no answer", () => {
  const why = (stretches: Stretch[], seconds?: number) => {
    const found = recoveryOf(runOf(stretchPlan(stretches), slowUntil(0), seconds));
    return found.state === "unknown" ? found.why : found.state;
  };
  const [before, spike, after] = SPIKE as [Stretch, Stretch, Stretch];
  assert.equal(why([before]), "no stage stands out between two of lower load");
  assert.equal(why([spike, after]), "no stage at a steady load comes before spike");
  assert.equal(
    why([{ ...before, seconds: 3 }, spike, after]),
    "before is too short to be a reference: make it 5 s or longer",
  );
  assert.equal(why(SPIKE, 55), "the load ended less than 10 s after spike");
  const silent = recoveryOf(runOf(stretchPlan(SPIKE), () => ({ latencies_us: [], failed: 3 })));
  assert.deepEqual(silent, { state: "unknown", why: "no call was ok in before" });
});

Deno.test("recoveryOf() holds each operation to its own level: long calls do not hide short ones", () => {
  const plan = stretchPlan(SPIKE);
  const run = runOf(plan, (index) => ({
    latencies_us: calls(30, 5_000_000),
    others_us: calls(30, index >= 30 && index < 59 ? 800_000 : 100_000),
  }));
  const { metrics, peak_excess } = known(run);
  assert.deepEqual([metrics.response_time.operation, metrics.response_time.recovery_ms], ["tts.synthesize", 9000]);
  assert.ok(metrics.response_time.reference < 120_000 && peak_excess !== null && peak_excess > 7);
});

/** Two calls a second, whose P95 over ten of them is one call's luck; after the spike `factor` as slow for `lag_s`. */
function rareRecoveries(lag_s: number, factor: number): (number | null)[] {
  const stretches = [["before", 60, 2], ["spike", 20, 20], ["after", 240, 2]] as const;
  const plan = stretchPlan(stretches.map(([name, seconds, target]) => ({ name, seconds, target })));
  return Array.from({ length: 20 }, (_, seed) => {
    const random = noise(7919 * (seed + 1));
    for (let skipped = 0; skipped < 20; skipped++) random();
    const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    const run = runOf(plan, (index) => {
      const spike = index >= 60 && index < 80;
      const slow = spike ? 5 : index >= 80 && index < 80 + lag_s ? factor : 1;
      const latency = () => Math.round(300_000 * slow * Math.exp(0.5 * normal()));
      return { latencies_us: Array.from({ length: spike ? 20 : 2 }, latency) };
    });
    const { state, recovery_ms } = known(run);
    return state === "recovered" ? recovery_ms : null;
  });
}

Deno.test("a rare operation that is as before is back at once, in 19 of 20 runs and more", () => {
  const found = rareRecoveries(0, 1);
  assert.ok(found.filter((recovery_ms) => recovery_ms === 0).length >= 19, found.join());
});

Deno.test("a rare operation that stays twice as slow for a minute, or for good, is seen to", () => {
  const minute = rareRecoveries(60, 2).toSorted((a, b) => (a ?? Infinity) - (b ?? Infinity));
  assert.equal(minute[10], 60_000, minute.join());
  const never = rareRecoveries(240, 2);
  assert.ok(never.filter((recovery_ms) => recovery_ms === null).length >= 19, never.join());
});
