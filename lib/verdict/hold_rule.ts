/** One rule held against a run. Pure: the same run gives the same answer, live or years later. */
import { matchesGlob } from "../plan/glob.ts";
import { canHave, figureOfCalls, insteadOf, needOf, objectivesByOperation } from "../plan/measured.ts";
import {
  FIGURES,
  isDistributionMeasure,
  isFigureMeasure,
  type Measure,
  type Threshold,
} from "../plan/threshold/threshold.ts";
import type { Run, Selection } from "../result/run.ts";
import { abortedRun } from "./abort_event.ts";
import { type Certainty, certaintyOf, NO_CERTAINTY } from "./certainty.ts";
import { isRate } from "./figures.ts";
import { formatMeasure } from "./format_measure.ts";
import { leftOut, ruleSelection } from "./ramps.ts";
import { undecidedByPieces } from "./one_piece.ts";
import { NOTHING, type Reading, readMeasure } from "./read_measure.ts";
import { type Bound, cleanReading, mayHideFailure } from "./taint.ts";
import type { RuleOutcome, Undecided } from "./verdict.ts";

/** One rule; with a glob every matching operation is held to it and the worst is shown. */
export function holdRule(run: Run, threshold: Threshold): RuleOutcome {
  const { operations: glob } = threshold;
  const outcome = glob === null ? together(run, threshold) : worstOf(run, threshold, glob);
  return abortedRun(run, threshold) ? { ...outcome, passed: false, unsure: null } : outcome;
}

/** Operations that answered, but have nothing of the kind (no stream, no speech), are no part of the rule. */
function worstOf(run: Run, threshold: Threshold, glob: string): RuleOutcome {
  const names = new Set([...run.plan.tasks.map((task) => task.operation), ...run.operations]);
  const matching = [...names].filter((name) => matchesGlob(glob, name));
  const outcomes = matching.map((name) => outcomeFor(run, threshold, name));
  const lacking = outcomes.filter((one) => isEmpty(one) && lacks(run, threshold, one.worst));
  const concerned = outcomes.filter((one) =>
    !isEmpty(one) || !(lacking.includes(one) || answered(run, threshold, one.worst))
  );
  const worst = (concerned.length > 0 ? concerned : outcomes).reduce<RuleOutcome>(
    (worst, one) => worst.worst === null || isWorse(one, worst) ? one : worst,
    outcomeOf(threshold, NOTHING, null, NO_CERTAINTY),
  );
  const sure = worst.passed ? { ...worst, ...leastSure(concerned, worst) } : worst;
  const without = lacking.flatMap((one) => one.worst ?? []);
  return withInapplicable(run, sure, without, lacking.length === outcomes.length);
}

/** A rule on many operations is as sure as the least sure of them, which need not be the worst. */
function leastSure(concerned: readonly RuleOutcome[], worst: RuleOutcome): Pick<RuleOutcome, "data" | "unproven"> {
  const lacking = ({ unproven }: RuleOutcome) => unproven === null ? 0 : unproven.more_ms ?? Infinity;
  const least = concerned.reduce((most, one) => lacking(one) > lacking(most) ? one : most, worst);
  const data = concerned.some((one) => one.data === "too little") ? "too little" : worst.data;
  return { data, unproven: least.unproven };
}

/** All operations together: what one of them lacks the others may have. */
function together(run: Run, threshold: Threshold): RuleOutcome {
  const outcome = outcomeFor(run, threshold, null);
  if (!isEmpty(outcome)) return outcome;
  const names = [...new Set(run.plan.tasks.map((task) => task.operation))];
  const lacking = names.filter((name) => lacks(run, threshold, name));
  return lacking.length < names.length ? outcome : withInapplicable(run, outcome, lacking, true);
}

/** Whether an operation can have nothing of the kind: as the plan tells, or, where that tells nothing, the calls. */
function lacks(run: Run, threshold: Threshold, operation: string | null): boolean {
  const figure = figureOfCalls(threshold.measure);
  if (figure === null || operation === null) return false;
  if (figure === "goodput" || figure === "good_rate") {
    return run.plan.objectives.length > 0 && objectivesByOperation(run.plan).get(operation)?.length === 0;
  }
  return !(canHave(run.plan, operation, figure) ?? !answered(run, threshold, operation));
}

function withInapplicable(run: Run, outcome: RuleOutcome, lacking: readonly string[], all: boolean): RuleOutcome {
  const { measure } = outcome.threshold;
  const figure = figureOfCalls(measure);
  const [first] = lacking;
  if (figure === null || first === undefined) return outcome;
  const instead = isDistributionMeasure(measure) ? insteadOf(run.plan, first, measure.of) : null;
  const inapplicable = { operations: [...lacking], all, needs: needOf(figure), instead };
  return { ...outcome, inapplicable, ...(all && { observed: null, observed_text: "does not apply", passed: false }) };
}

function isEmpty({ observed, n, threshold }: RuleOutcome): boolean {
  return observed === null || (n === 0 && isNothingAtZero(threshold.measure));
}

function isNothingAtZero(measure: Measure): boolean {
  return isFigureMeasure(measure) && isRate(measure.kind) && FIGURES[measure.kind].zero === "nothing";
}

function answered(run: Run, threshold: Threshold, operation: string | null): boolean {
  return run.total(ruleSelection(run, threshold, operation)).outcomes.ok > 0;
}

function isWorse(one: RuleOutcome, other: RuleOutcome): boolean {
  if (one.observed === null || other.observed === null) return one.observed === null && other.observed !== null;
  if (gravity(one) !== gravity(other)) return gravity(one) > gravity(other);
  return one.threshold.comparison.startsWith("<") ? one.observed > other.observed : one.observed < other.observed;
}

/** What is certainly broken stands before what may be, and that before what holds. */
function gravity({ passed, undecided }: RuleOutcome): number {
  return undecided !== null ? 1 : passed ? 0 : 2;
}

function outcomeFor(run: Run, threshold: Threshold, operation: string | null): RuleOutcome {
  const selection = ruleSelection(run, threshold, operation);
  const reading = readMeasure(run, threshold, selection);
  const outcome = outcomeOf(threshold, reading, operation, certaintyOf(run, threshold, selection, reading));
  const undecided = undecidedBy(run, threshold, selection, outcome) ?? undecidedByGaps(outcome, reading) ??
    undecidedByPieces(run, outcome, selection);
  const left_out = leftOut(run, selection);
  return { ...outcome, ...(left_out.length > 0 && { left_out }), undecided };
}

/**
 * Readings of a part of the time leave a rule open, unless that part decides it: the largest value is at least the largest
 * that was read, the smallest at most the smallest. A mean may be anything. Where nothing was read, a rule is open only if
 * the sampler failed: without a GPU it is broken.
 */
function undecidedByGaps(
  { threshold, observed, passed }: RuleOutcome,
  { gaps, gaps_of_any }: Reading,
): Undecided | null {
  const { measure, comparison } = threshold;
  const found = passed ? gaps_of_any : gaps;
  if (found === null) return null;
  if (observed === null) return found.why === null ? null : { kind: "partial readings", ...found };
  const deciding = passed === comparison.startsWith(">") ? "max" : "min";
  return measure.kind !== "resource" || measure.shape === deciding ? null : { kind: "partial readings", ...found };
}

/** The tainted calls that leave a rule open; null where its answer stands whatever they would have been. */
function undecidedBy(run: Run, threshold: Threshold, selection: Selection, outcome: RuleOutcome): Undecided | null {
  const clean = cleanReading(run, threshold, selection, outcome.observed);
  if (clean === null) return null;
  const { value, tainted, calls } = clean;
  const holds = (bound: Bound) => bound.value !== null && keepsLimit(threshold, bound.value, { ...NOTHING, ...bound });
  const [best, worst] = threshold.comparison.startsWith("<") ? [clean.least, clean.most] : [clean.most, clean.least];
  // A strict rule that too few calls keep has an answer all the same: they keep it.
  const kept = outcome.passed || outcome.unsure !== null;
  const passes = holds(clean.spared) || (holds(clean) && (!mayHideFailure(run) || holds(worst)));
  const fails = value !== null && !holds(best);
  if (kept ? passes : fails) return null;
  return {
    kind: "tainted calls",
    tainted,
    calls,
    clean_text: value === null ? "no data" : formatMeasure(threshold.measure, value),
  };
}

function outcomeOf(
  threshold: Threshold,
  reading: Reading,
  operation: string | null,
  { interval, data, unsure, unproven }: Certainty,
): RuleOutcome {
  const { value, n, device } = reading;
  const holds = value !== null && keepsLimit(threshold, value, reading);
  return {
    threshold,
    passed: holds && unsure === null,
    observed: value,
    observed_text: value === null ? "no data" : textOf(threshold, value, reading),
    worst: device ?? operation,
    n,
    ratio: value === null || threshold.limit === 0 ? null : value / threshold.limit,
    interval,
    data,
    unsure: holds ? unsure : null,
    unproven: holds ? unproven : null,
    undecided: null,
    inapplicable: null,
  };
}

/** Of a value known by its lower bound alone no `<` rule can be said to hold. */
function keepsLimit(threshold: Threshold, value: number, reading: Reading): boolean {
  if (reading.at_least && threshold.comparison.startsWith("<")) return false;
  return compare(value, threshold) || mayBeNoise(threshold, reading);
}

/** A drift is only there where its interval leaves out 0: the trend of few values is large by chance alone. */
function mayBeNoise({ measure }: Threshold, { interval }: Reading): boolean {
  return measure.kind === "drift" && interval !== null && interval.low <= 0 && interval.high >= 0;
}

function textOf(threshold: Threshold, value: number, reading: Reading): string {
  const text = formatMeasure(threshold.measure, value);
  if (reading.at_least) return `>= ${text}`;
  return mayBeNoise(threshold, reading) ? `${text} (may be 0)` : text;
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
