/**
 * When and where a rule was broken: the stretch in which nothing answered, or in which most of the bad calls ended. Pure
 * arithmetic over the seconds of a run.
 */
import type { Histogram } from "../measure/histogram.ts";
import { errorCalls, Series } from "../measure/series.ts";
import { matchesGlob } from "../plan/glob.ts";
import { type Distribution, DISTRIBUTIONS, HEADLINE, type Measure } from "../plan/threshold/threshold.ts";
import { formatClock, formatDuration } from "../plan/units.ts";
import type { Run, Selection } from "../result/run.ts";
import { recoveryOf } from "./recovery.ts";
import type { RuleOutcome } from "./verdict.ts";

/** One second, or a longer slot, of the calls that a rule reads. */
export interface Moment {
  start_ms: number;
  end_ms: number;
  /** Calls that were begun in it. */
  issued: number;
  /** Calls that ended in it, whatever their outcome. */
  ended: number;
  /** Calls that got an answer in it, good or bad. */
  answered: number;
}

/** A stretch of the run; milliseconds since its start. */
export interface Stretch {
  start_ms: number;
  end_ms: number;
}

/** A shorter silence is no outage; milliseconds. */
const LEAST_SILENCE_MS = 3000;
/** Answers that a silence must have missed at the rate of the rest: by chance alone, 1 silence in 150 would be as long. */
const LEAST_MISSED = 5;
/** A stretch is worth naming if this share of the bad calls ended in at most that share of the time. */
const MOST_CALLS = 0.8;
const SMALL_PART = 1 / 3;
/** Fewer bad calls, or moments, than these have no place. */
const LEAST_BAD = 5;
const LEAST_MOMENTS = 6;

/**
 * Stretches in which calls were in flight and none was answered, in order: three seconds and more, longer than an answer
 * usually takes, and long enough to have missed five answers.
 * @param moments in rising order; a gap between two ends a stretch, for nothing is known of it
 * @param usual_ms how long a whole call takes in the median
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const second = (at: number, answered: number) =>
 *   ({ start_ms: at * 1000, end_ms: at * 1000 + 1000, issued: 2, ended: answered, answered });
 * const moments = [2, 2, 2, 0, 0, 0, 0, 8, 2].map((answered, at) => second(at, answered));
 * assert.deepEqual(silences(moments, 300), [{ start_ms: 3000, end_ms: 7000 }]);
 * ```
 */
export function silences(moments: readonly Moment[], usual_ms: number): Stretch[] {
  const found: Stretch[] = [];
  let open = 0;
  for (const { start_ms, end_ms, issued, ended, answered } of moments) {
    const silent = answered === 0 && open + issued > 0;
    open += issued - ended;
    const last = found.at(-1);
    if (silent && last?.end_ms === start_ms) last.end_ms = end_ms;
    else if (silent) found.push({ start_ms, end_ms });
  }
  const length = ({ start_ms, end_ms }: Stretch) => end_ms - start_ms;
  const answers = moments.reduce((sum, { answered }) => sum + answered, 0);
  const quiet_ms = found.reduce((sum, stretch) => sum + length(stretch), 0);
  const busy_ms = moments.reduce((sum, moment) => sum + length(moment), 0) - quiet_ms;
  return found.filter((stretch) =>
    length(stretch) >= LEAST_SILENCE_MS && length(stretch) > usual_ms &&
    (answers === 0 || answers * length(stretch) >= LEAST_MISSED * busy_ms)
  );
}

/**
 * The shortest stretch that holds four fifths of what is counted; null where there is none.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const counts = [0, 1, 4, 4, 0, 1].map((count, at) => ({ start_ms: at * 1000, end_ms: at * 1000 + 1000, count }));
 * assert.deepEqual(crowdedStretch(counts), { start_ms: 2000, end_ms: 4000, share: 0.8 });
 * ```
 */
export function crowdedStretch(counts: readonly (Stretch & { count: number })[]): Stretch & { share: number } | null {
  const all = counts.reduce((sum, { count }) => sum + count, 0);
  if (all === 0) return null;
  let best: Stretch & { share: number } | null = null;
  let inside = 0;
  let from = 0;
  for (const { end_ms, count } of counts) {
    inside += count;
    while (inside - counts[from]!.count >= MOST_CALLS * all) inside -= counts[from++]!.count;
    const { start_ms } = counts[from]!;
    if (inside >= MOST_CALLS * all && (best === null || end_ms - start_ms < best.end_ms - best.start_ms)) {
      best = { start_ms, end_ms, share: inside / all };
    }
  }
  return best;
}

/** A sentence on when and where a rule was broken, with a space before it; empty where nothing stands out. */
export function whenAndWhere(run: Run, { threshold, worst }: RuleOutcome): string {
  const { measure, stage } = threshold;
  const bad = badCallsOf(measure);
  if (bad === null) return "";
  const operations = worst ?? threshold.operations;
  const selection = { ...(stage === null ? {} : { stage }), ...(operations === null ? {} : { operations }) };
  const silence = describeSilence(run, selection);
  if (silence !== null) return ` ${silence}.`;
  const crowd = describeCrowd(run, threshold, selection, bad);
  return crowd === null ? "" : ` ${crowd}.`;
}

/** What the calls that break a rule are called; null where a rule is not broken by single calls. */
function badCallsOf(measure: Measure): "failed" | "slow" | null {
  if (measure.kind === "error_rate" || measure.kind === "good_rate") return "failed";
  if (measure.kind !== "percentile" && measure.kind !== "max" && measure.kind !== "mean") return null;
  return DISTRIBUTIONS[measure.of].is_answer_time ? "slow" : null;
}

function describeSilence(run: Run, selection: Selection): string | null {
  const found = silences(momentsOf(run, selection), usual_ms(run, selection)).filter((one) =>
    one.start_ms < run.load_end_ms && !isOurs(run, one)
  );
  const longest = found.toSorted((a, b) => (b.end_ms - b.start_ms) - (a.end_ms - a.start_ms))[0];
  if (longest === undefined) return null;
  const others = silences(momentsOf(run, {}), usual_ms(run, {}));
  const all = others.some(({ start_ms, end_ms }) => start_ms <= longest.start_ms && end_ms >= longest.end_ms);
  const { operations } = selection;
  const what = all || operations === undefined || operations === "*"
    ? "nothing answered"
    : `no call of ${operations} was answered`;
  const again = found.length > 1 ? `, and ${found.length - 1} more time${found.length > 2 ? "s" : ""}` : "";
  if (longest.end_ms >= run.load_end_ms) {
    const { start_ms } = longest;
    return sentence(
      `${placeOf(run, { start_ms, end_ms: start_ms + 1 })}${what} from ${formatClock(longest.start_ms)} on${again}`,
    );
  }
  const place = placeOf(run, longest);
  const when = `${place === "" ? "in " : place}${clockRange(longest)}`;
  return sentence(`${when} ${what}${again}${recovered(run, longest)}`);
}

function describeCrowd(
  run: Run,
  { measure, limit, comparison }: RuleOutcome["threshold"],
  selection: Selection,
  bad: "failed" | "slow",
): string | null {
  if (bad === "slow" && !comparison.startsWith("<")) return null;
  const counts = bad === "failed" || !("of" in measure)
    ? slotsOf(run, selection).map((slot) => ({ ...slot, count: errorCalls(slot.series) }))
    : slowCalls(run, measure.of as Distribution, limit, selection);
  const all = counts.reduce((sum, { count }) => sum + count, 0);
  const found = crowdedStretch(counts);
  if (found === null || all < LEAST_BAD || counts.length < LEAST_MOMENTS) return null;
  const span_ms = counts.at(-1)!.end_ms - counts[0]!.start_ms;
  if (found.end_ms - found.start_ms > SMALL_PART * span_ms) return null;
  const stage = placeOf(run, found).replace(/^in /, "");
  return `${Math.round(100 * found.share)} % of the ${bad} calls ended in ${stage}${clockRange(found)}${
    recovered(run, found)
  }`;
}

/** Calls past a limit: by the second where a run keeps that, else by the batch. Those that timed out are past any. */
function slowCalls(run: Run, of: Distribution, limit: number, selection: Selection): (Stretch & { count: number })[] {
  if (of === HEADLINE) {
    return slotsOf(run, selection).map(({ start_ms, end_ms, series }) => {
      return { start_ms, end_ms, count: over(series.histogram(of), limit) + series.outcomes.timed_out };
    });
  }
  return run.batches(selection).map((batch) => {
    const { start_ms, end_ms, counts } = batch;
    return { start_ms, end_ms, count: over(batch.histogram(of), limit) + counts.outcomes.timed_out };
  });
}

function over(histogram: Histogram, limit: number): number {
  return histogram.count - histogram.countAtOrBelow(limit);
}

/** The seconds of a selection, with what ended in each; those of a stage are the seconds while it lasted. */
function slotsOf(run: Run, { operations, stage }: Selection): (Stretch & { series: Series })[] {
  const stages = run.plan.stages.filter(({ name, warm_up }) => stage === undefined ? !warm_up : name === stage);
  const from_ms = Math.min(...stages.map(({ start_ms }) => start_ms));
  const to_ms = stage === undefined ? Infinity : Math.max(...stages.map(({ end_ms }) => end_ms));
  return run.slots.filter(({ start_ms }) => start_ms >= from_ms && start_ms < to_ms).map((slot) => {
    const series = new Series();
    for (const data of slot.series.values()) {
      if (operations === undefined || matchesGlob(operations, data.operation)) series.mergeData(data);
    }
    return { start_ms: slot.start_ms, end_ms: slot.start_ms + slot.length_ms, series };
  });
}

function momentsOf(run: Run, selection: Selection): Moment[] {
  return slotsOf(run, selection).map(({ start_ms, end_ms, series: { issued, outcomes } }) => ({
    start_ms,
    end_ms,
    issued,
    ended: Object.values(outcomes).reduce((sum, count) => sum + count, 0),
    answered: outcomes.ok + outcomes.failed,
  }));
}

/** Of several operations the slowest: a clip is spoken for seconds before anyone expects an answer. */
function usual_ms(run: Run, { operations, stage }: Selection): number {
  const names = run.operations.filter((name) => operations === undefined || matchesGlob(operations, name));
  const medians = names.map((name) =>
    run.total({ operations: name, ...(stage === undefined ? {} : { stage }) }).histogram("latency")
  ).filter(({ count }) => count > 0).map((latency) => latency.percentile(50) / 1000);
  return Math.max(0, ...medians);
}

/** june-load itself stood still for half of it or more: then nobody knows who did not answer. */
function isOurs(run: Run, { start_ms, end_ms }: Stretch): boolean {
  const stood_ms = (run.generator.stalls ?? []).reduce(
    (sum, stall) =>
      sum + Math.max(0, Math.min(end_ms, stall.start_ms + stall.length_ms) - Math.max(start_ms, stall.start_ms)),
    0,
  );
  return stood_ms >= (end_ms - start_ms) / 2;
}

/** `in spike, `: the stage that holds most of a stretch; empty where the plan has but one. */
function placeOf(run: Run, { start_ms, end_ms }: Stretch): string {
  if (run.plan.stages.length < 2) return "";
  const shared = run.plan.stages.map((stage) => ({
    name: stage.name,
    shared_ms: Math.min(end_ms, stage.end_ms) - Math.max(start_ms, stage.start_ms),
  }));
  const most = shared.reduce((best, one) => one.shared_ms > best.shared_ms ? one : best);
  return most.shared_ms > 0 ? `in ${most.name}, ` : "";
}

/** `; recovered after 24 s`, for what happened in a spike or after it; empty where a plan has none. */
function recovered(run: Run, { end_ms }: Stretch): string {
  const recovery = recoveryOf(run);
  if (recovery.state === "unknown") return "";
  const spike = run.plan.stages.find(({ name }) => name === recovery.spike);
  if (spike === undefined || end_ms <= spike.start_ms) return "";
  if (recovery.state === "not recovered") return "; not recovered before the load ended";
  return recovery.recovery_ms === 0 ? "" : `; recovered after ${formatDuration(recovery.recovery_ms * 1000)}`;
}

const clockRange = ({ start_ms, end_ms }: Stretch) => `${formatClock(start_ms)}-${formatClock(end_ms)}`;
const sentence = (text: string) => text.replace(/^./, (letter) => letter.toUpperCase());
