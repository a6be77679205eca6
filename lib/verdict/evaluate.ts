/** Holds a plan's thresholds against a run. Pure: the same run gives the same verdict, live or years later. */
import { endedCalls, errorRate } from "../measure/series.ts";
import type { Plan } from "../plan/plan.ts";
import type { Measure, Threshold } from "../plan/threshold.ts";
import { matchesGlob } from "../plan/glob.ts";
import { formatCount, formatDuration } from "../plan/units.ts";
import type { Run, Selection } from "../result/run.ts";
import { formatMeasure } from "./format_measure.ts";
import { sentenceFor } from "./sentence.ts";
import type { RuleOutcome, Verdict } from "./verdict.ts";

/**
 * The verdict on a run. A rule with nothing to read fails: an outage must not look like a pass. A run that ended early,
 * broke off or lost a call is never PASS.
 */
export function evaluate(run: Run): Verdict {
  const rules = run.plan.thresholds.map((threshold) => holdRule(run, threshold));
  const failed = rules.some((rule) => !rule.passed && rule.threshold.level === "fail");
  const invalid = whyInvalid(run);
  const status = failed && invalid?.decisive !== true ? "FAIL" : invalid !== null ? "INVALID" : "PASS";
  return { status, sentence: sentenceFor(run, status, rules, invalid?.text ?? null), rules };
}

/** Why the run cannot carry a PASS, or null. A decisive reason leaves no FAIL either: the figures are not the service's. */
function whyInvalid(run: Run): { text: string; decisive: boolean } | null {
  const { end } = run;
  if (end === null) {
    return { text: "The run broke off before its end; these are the figures up to there.", decisive: false };
  }
  if (end.reason === "failed") return { text: `june-load itself failed: ${end.text}`, decisive: true };
  if (run.unaccounted !== 0) {
    return {
      text: `${formatCount(run.unaccounted)} calls are unaccounted for; this is a fault of june-load.`,
      decisive: true,
    };
  }
  if (end.reason !== "completed") {
    return { text: `The run was stopped after ${formatDuration(run.load_end_ms * 1000)}.`, decisive: false };
  }
  if (run.plan.thresholds.length > 0) return null;
  return endedCalls(run.total().outcomes) > 0 ? null : { text: "No call ended.", decisive: true };
}

/** One rule; with a glob every matching operation is held to it and the worst is shown. */
export function holdRule(run: Run, threshold: Threshold): RuleOutcome {
  const stage = threshold.stage === null ? {} : { stage: threshold.stage };
  const { operations: glob } = threshold;
  if (glob === null) return outcomeOf(threshold, read(run, threshold.measure, stage), null);
  const names = new Set([...run.plan.tasks.map((task) => task.operation), ...run.operations]);
  const outcomes = [...names].filter((name) => matchesGlob(glob, name)).map((name) =>
    outcomeOf(threshold, read(run, threshold.measure, { ...stage, operations: name }), name)
  );
  return outcomes.reduce<RuleOutcome>(
    (worst, one) => worst.worst === null || isWorse(one, worst) ? one : worst,
    outcomeOf(threshold, { value: null, n: 0 }, null),
  );
}

function isWorse(one: RuleOutcome, other: RuleOutcome): boolean {
  if (one.observed === null || other.observed === null) return one.observed === null && other.observed !== null;
  return one.threshold.comparison.startsWith("<") ? one.observed > other.observed : one.observed < other.observed;
}

interface Reading {
  value: number | null;
  n: number;
}

function read(run: Run, measure: Measure, selection: Selection): Reading {
  if (measure.kind === "load") return { value: run.peak_users / mostUsers(run.plan), n: run.peak_users };
  const total = run.total(selection);
  const { ok, failed, timed_out } = total.outcomes;
  const n = ok + failed + timed_out;
  switch (measure.kind) {
    case "error_rate":
      return { value: n === 0 ? null : errorRate(total.outcomes), n };
    case "throughput":
      return { value: n === 0 ? null : run.throughput(selection), n: ok };
    case "calls":
      return { value: endedCalls(total.outcomes), n: endedCalls(total.outcomes) };
  }
  const histogram = total.histogram(measure.of);
  if (histogram.count === 0) return { value: null, n: 0 };
  const value = measure.kind === "percentile" ? histogram.percentile(measure.percentile) : histogram[measure.kind];
  return { value, n: histogram.count };
}

function outcomeOf(threshold: Threshold, { value, n }: Reading, operation: string | null): RuleOutcome {
  return {
    threshold,
    passed: value !== null && compare(value, threshold),
    observed: value,
    observed_text: value === null ? "no data" : formatMeasure(threshold.measure, value),
    worst: operation,
    n,
    ratio: value === null || threshold.limit === 0 ? null : value / threshold.limit,
    interval: null,
    data: null,
  };
}

function compare(value: number, { comparison, limit }: Threshold): boolean {
  switch (comparison) {
    case "<":
      return value < limit;
    case "<=":
      return value <= limit;
    case ">":
      return value > limit;
    case ">=":
      return value >= limit;
  }
}

function mostUsers({ loads }: Plan): number {
  return loads.reduce((sum, load) => sum + (load.kind === "closed" ? load.users : 0), 0);
}
