/**
 * Could the load generator keep up? Where it could not, the figures are its own and not the services', and the run is
 * INVALID. Definitions: docs/measurement.md.
 *
 * Limits that decide are set where a measurement is certainly spoilt; those that only warn, where it may be. Where no
 * source is named a limit is ours. A closed load without pauses runs june-load at its full speed by design: there a busy
 * processor says nothing, and warns only.
 */
import { calibrationCheck } from "./fit/calibration_check.ts";
import { machineChecks } from "./fit/machine_checks.ts";
import { measuredSlots, median } from "./fit/measured.ts";
import { type FitCheck, ok, unknown } from "./fit/check.ts";
import { remedyOf, WORKER_BUSY } from "./fit/remedy.ts";
import { HEADLINE } from "../plan/threshold/threshold.ts";
import { Histogram } from "../measure/histogram.ts";
import { PACING_LIMIT_US } from "../measure/pacing.ts";
import { DELAY_SHARE, harmlessDelay } from "../plan/threshold/harmless_delay.ts";
import { formatCount, formatDuration, formatPercent } from "../plan/units.ts";
import type { Run } from "../result/run.ts";
import type { TimeSlot } from "../result/timeline.ts";
import { shortageFit } from "./shortages.ts";

export type { FitCheck } from "./fit/check.ts";

/** Delays below it never decide: the median that inference-perf allows; microseconds. Below the second none is told. */
const DELAY_FLOOR_US = 10_000;
const DELAY_WARN_US = 1000;
/** Below this percentile nobody can say that starts were on time: every second of them may be late. */
const LEAST_PERCENTILE = 90;
/** Share of one core above which a pool certainly is late, now and then. */
const BUSY_INVALID = 0.9;
/** Share of all seconds in which something must have been so, to decide. One busy second spoils no run. */
const OFTEN = 0.5;
/** Largest stall of the event loop in a typical second; above the second every percentile of short calls shows it. */
const LAG_WARN_US = 20_000;
const LAG_INVALID_US = 100_000;
/** A pause to collect garbage that a P99 could show; microseconds. */
const GC_WARN_US = 50_000;
/** Steps of the wall clock that make its timestamps doubtful; times of calls come from the monotonic one. */
const CLOCK_WARN_MS = 500;
/** Share of arrivals that may be dropped before it is worth a word. */
const DROPPED_WARN = 0.01;
/** Samples come once a second; a longer gap is a hole if it also hides this share of the run (old samples are thinned). */
const SAMPLE_GAP_MS = 5000;
const SAMPLE_GAP_SHARE = 0.01;
/** Fewer seconds than these say nothing typical. */
const MIN_SECONDS = 5;

/** All checks, in the order a report lists them. */
export function generatorFit(run: Run): FitCheck[] {
  const slots = measuredSlots(run);
  const fullSpeed = run.plan.loads.every((load) =>
    load.kind === "closed" && load.think_time.kind === "constant" && load.think_time.value_ms === 0
  );
  let found: string | null = null;
  const remedy = () => found ??= remedyOf(run);
  return [
    startLag(run, remedy),
    waiting(run, slots),
    arrivals(run),
    processor(slots, fullSpeed, remedy),
    loopLag(run, slots, fullSpeed, remedy),
    garbage(run, remedy),
    pacing(run, remedy),
    shortageFit(run),
    ...machineChecks(run, remedy),
    clock(run, slots),
    samplers(run),
    calibrationCheck(run),
  ].filter((check) => check !== null);
}

/** What to change, worked out once and only where it is asked for. */
type Remedy = () => string;

/** The highest of these percentiles that a sample can carry: at least ten values above it. */
function carriedPercentile(count: number): number | null {
  return [99, 95, 90, 50].find((percentile) => count * (1 - percentile / 100) >= 10 - 1e-9) ?? null;
}

/** A delay of our own against the response time of the quickest operation at the same percentile. */
function againstLatency(run: Run, delay: Histogram): { percentile: number; delay_us: number; limit_us: number } | null {
  const percentile = carriedPercentile(delay.count);
  if (percentile === null) return null;
  const answers = run.operations.map((operations) => run.total({ operations }).histogram(HEADLINE))
    .filter(({ count }) => count > 0).map((histogram) => histogram.percentile(percentile));
  if (answers.length === 0) return null;
  const limit_us = Math.max(DELAY_WARN_US, DELAY_SHARE * Math.min(...answers));
  return { percentile, delay_us: delay.percentile(percentile), limit_us };
}

/** Starts that are too late to change the answer of a rule are judged call by call, as tainted; here they only warn. */
function startLag(run: Run, remedy: Remedy): FitCheck {
  const name = "tasks begun on time";
  const lag = new Histogram();
  lag.mergeData(run.generator.start_lag);
  const found = againstLatency(run, lag);
  if (found === null) return unknown(name, "too few to say");
  const { percentile, delay_us, limit_us } = found;
  const value = `P${percentile} ${formatDuration(delay_us)} late`;
  if (delay_us <= limit_us) {
    return percentile < LEAST_PERCENTILE ? unknown(name, `${value}, too few to say more`) : ok(name, value);
  }
  const allowed_us = Math.max(limit_us, harmlessDelay(run.plan));
  if (delay_us <= Math.max(allowed_us, DELAY_FLOOR_US)) {
    const advice = `latencies contain up to ${formatDuration(delay_us)} of june-load's own delay at P${percentile}`;
    return { name, value, state: "warn", advice };
  }
  const advice = `june-load began its tasks too late to measure what it was asked to: P${percentile} ${
    formatDuration(delay_us)
  } where ${formatDuration(allowed_us)} would do; ${remedy()}`;
  return { name, value, state: "invalid", advice };
}

/** Calls that wait for a free stream while every connection stands wait for nothing but more connections. */
function waiting(run: Run, slots: readonly TimeSlot[]): FitCheck {
  const name = "calls that waited for a free stream";
  if (slots.every(({ connections }) => connections.length === 0)) return unknown(name, "not known");
  const services = run.plan.services.map(({ name: service, connections }) => {
    const wanted = connections * run.plan.workers;
    const waited = slots.filter((slot) =>
      slot.connections.some((one) => one.service === service && one.waiting > 0 && one.connections >= wanted)
    );
    return { service, connections, share: waited.length / slots.length };
  });
  const worst = services.reduce<typeof services[0] | null>((a, b) => a === null || b.share > a.share ? b : a, null);
  if (worst === null || worst.share === 0) return ok(name, "none");
  const value = `${worst.service}: in ${formatPercent(worst.share)} of the seconds`;
  const found = againstLatency(run, run.total().histogram("start_delay"));
  const slow = found !== null && found.delay_us > found.limit_us;
  const decides = slow && found.delay_us > DELAY_FLOOR_US && worst.share > OFTEN && slots.length >= MIN_SECONDS;
  const cost = found === null ? "" : `: P${found.percentile} ${formatDuration(found.delay_us)} before they were sent`;
  const advice = `calls to ${worst.service} waited inside june-load for a free stream on its ${
    formatCount(worst.connections)
  } connection${worst.connections === 1 ? "" : "s"} a worker${cost}; set more \`connections\` for that service`;
  return { name, value, state: decides ? "invalid" : slow ? "warn" : "ok", advice: decides || slow ? advice : "" };
}

/** Only open loads have arrivals. Whether the services or the limit were too slow, the tool cannot know. */
function arrivals(run: Run): FitCheck | null {
  if (!run.plan.loads.some(({ kind }) => kind === "open")) return null;
  const name = "arrivals begun";
  const { due } = run.generator;
  const dropped = run.dropped_arrivals;
  if (due === 0) return unknown(name, "none fell due");
  const value = `${formatCount(due - dropped)} of ${formatCount(due)}`;
  if (dropped / due <= DROPPED_WARN) return ok(name, value);
  const advice = `${formatCount(dropped)} arrivals found no room among the tasks in flight and were dropped; ` +
    "if the services should have taken them, raise `max_in_flight`";
  return { name, value, state: "warn", advice };
}

function processor(slots: readonly TimeSlot[], fullSpeed: boolean, remedy: Remedy): FitCheck {
  const name = "processor of the busiest worker";
  const shares = slots.map(({ generator }) => generator.busiest_pool).filter((share) => share !== null);
  const typical = median(shares);
  if (typical === null) return unknown(name, "not known");
  const value = `${formatPercent(typical)} of a core in a typical second`;
  const few = shares.length < MIN_SECONDS;
  if (typical <= WORKER_BUSY) return few ? tooFew(name, value) : ok(name, value);
  const decides = typical > BUSY_INVALID && !fullSpeed && !few;
  const advice = `june-load's busiest worker had little time left, so that it measured itself; ${remedy()}`;
  return { name, value, state: decides ? "invalid" : "warn", advice };
}

const tooFew = (name: string, value: string): FitCheck => unknown(name, `${value}, in too few seconds to say`);

/** Single stalls decide by the calls they touched, rule by rule; here those decide of which a typical second has one. */
function loopLag(run: Run, slots: readonly TimeSlot[], fullSpeed: boolean, remedy: Remedy): FitCheck {
  const name = "stalls of the event loop";
  const typical_us = median(slots.map(({ generator }) => generator.loop_lag_us));
  if (typical_us === null) return unknown(name, "not known");
  const worst_us = slots.reduce((worst, { generator }) => Math.max(worst, generator.loop_lag_us), 0);
  const value = `up to ${formatDuration(typical_us)} in a typical second, ${formatDuration(worst_us)} at worst`;
  const limit_us = Math.max(LAG_INVALID_US, DELAY_SHARE * run.total().histogram(HEADLINE).percentile(95));
  if (typical_us > LAG_WARN_US) {
    const decides = typical_us > limit_us && !fullSpeed && slots.length >= MIN_SECONDS;
    const advice = `june-load itself stood still for ${formatDuration(typical_us)} in a typical second; ${remedy()}`;
    return { name, value, state: decides ? "invalid" : "warn", advice };
  }
  const touched = run.total().tainted_calls;
  if (touched > 0) {
    const advice = `june-load itself spoilt ${formatCount(touched)} calls, so that each rule is judged with and ` +
      `without them; ${remedy()}`;
    return { name, value, state: "warn", advice };
  }
  return slots.length < MIN_SECONDS ? tooFew(name, value) : ok(name, value);
}

function garbage(run: Run, remedy: Remedy): FitCheck {
  const name = "longest garbage collection";
  const { gc_pause_us } = run.generator;
  if (gc_pause_us === null) return unknown(name, "not known");
  const value = formatDuration(gc_pause_us);
  if (gc_pause_us <= GC_WARN_US) return ok(name, value);
  const advice = `calls in flight during a pause of ${value} look that much slower; ${remedy()}`;
  return { name, value, state: "warn", advice };
}

/** Only speech sent in real time has a pace. Where the services held it back, the delay is theirs. */
function pacing(run: Run, remedy: Remedy): FitCheck | null {
  const total = run.total();
  const late = total.histogram("pacing_error");
  if (late.count === 0) return null;
  const name = "speech sent in real time";
  const late_us = late.percentile(99);
  const clips = total.counter("paced_calls");
  const spoilt = total.counter("late_speech");
  const chunks = `P99 of its chunks ${formatDuration(late_us)} late`;
  // Older results, and a run in which no clip has ended, tell only of chunks.
  const value = clips === 0 ? chunks : `${formatCount(clips - spoilt)} of ${formatCount(clips)} clips, ${chunks}`;
  if (late_us > PACING_LIMIT_US && clips > 0 && spoilt === 0) return ok(name, `${value}, held back by the services`);
  if (late_us <= PACING_LIMIT_US && spoilt === 0) return ok(name, value);
  const what = spoilt === 0
    ? "chunks of speech went out late, so that it was not sent in real time"
    : `june-load sent ${formatCount(spoilt)} clips late, so that each rule is judged with and without their calls`;
  return { name, value, state: "warn", advice: `${what}; ${remedy()}` };
}

function clock(run: Run, slots: readonly TimeSlot[]): FitCheck {
  const name = "steps of the wall clock";
  if (slots.length === 0) return unknown(name, "not known");
  const step_ms = Math.abs(run.generator.clock_step_ms);
  const value = step_ms === 0 ? "none" : formatDuration(step_ms * 1000);
  if (step_ms <= CLOCK_WARN_MS) return ok(name, value);
  const advice =
    `the wall clock was set by ${value} during the run; latencies do not use it, but the run's date may be off`;
  return { name, value, state: "warn", advice };
}

function samplers(run: Run): FitCheck {
  const name = "gaps in readings of the machine";
  const { cpu, memory } = run.plan.resources;
  if (run.host.length === 0 && (cpu || memory || run.gpu.length === 0)) return unknown(name, "there are no readings");
  const kinds = [run.host.times_ms, run.gpu.times_ms].map((times_ms) => {
    // A sampler that ended early leaves a gap up to the end of the load.
    const ends_ms = times_ms.length === 0 ? [] : [...times_ms.slice(1), run.load_end_ms];
    return ends_ms.reduce((longest, end_ms, i) => Math.max(longest, end_ms - (times_ms[i] as number)), 0);
  });
  const longest_ms = Math.max(...kinds);
  if (longest_ms <= Math.max(SAMPLE_GAP_MS, SAMPLE_GAP_SHARE * run.elapsed_ms)) return ok(name, "none");
  const value = `up to ${formatDuration(longest_ms * 1000)}`;
  const advice = `for ${formatDuration(longest_ms * 1000)} the machine was not read; its figures miss that time`;
  return { name, value, state: "warn", advice };
}
