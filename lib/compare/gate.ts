/** Rules on differences: `p95(response_time, llm.*) +5%` fails where the figure certainly rose by more than 5 %. */
import { matchesGlob } from "../plan/glob.ts";
import { operationKind } from "../plan/operation_kind.ts";
import { UserError } from "../plan/errors.ts";
import { parseMeasure } from "../plan/threshold/parser.ts";
import type { Plan } from "../plan/plan.ts";
import {
  HEADLINE,
  isDistributionMeasure,
  isFigureMeasure,
  isOfWholeRun,
  type Measure,
  measureUnit,
} from "../plan/threshold/threshold.ts";
import type { Run } from "../result/run.ts";
import { holm } from "../statistics/difference.ts";
import type { CallMeasure } from "../verdict/estimate.ts";
import { findItem } from "./compare.ts";
import { type FigureDifference, type Found, isLost } from "./figures.ts";
import { type CallItem, type ComparedMeasure, measureItem, PAIRS } from "./items.ts";
import { distributionNaming, figureNaming } from "./names.ts";
import { runsOf, type Side } from "./sides.ts";

/** A rule as read. */
export interface Gate {
  /** In canonical spacing. */
  source: string;
  measure: ComparedMeasure;
  /** Glob; null: every operation. Each is held to the rule by itself. */
  operations: string | null;
  stage: string | null;
  /** The change that is still allowed; above 0 it limits a rise, below 0 a fall. */
  limit: number;
  /** As a factor of the baseline, or in the figure's base unit. */
  scale: "ratio" | "difference";
}

/** How a rule fared against one side. */
export interface GateOutcome {
  gate: Gate;
  /** The name of the side. */
  against: string;
  state:
    /** The change is certainly beyond the limit. */
    | "broken"
    /** It may be. */
    | "unsure"
    /** It certainly is not. */
    | "holds"
    /** Neither side has the figure. */
    | "nothing";
  /** The operation that fares worst; null where there is none. */
  worst: FigureDifference | null;
}

/** Adjusted two-sided p-values below it are certain. */
const LEVEL = 0.05;
const FORM = /^(.*?)\s*([+-])\s*(\d+(?:\.\d+)?)\s*(%|pp|points?|ms|s)(?:\s+in\s+(\S+))?$/;
const PAIRS_FORM = /^pairs\(\s*response_time\s*(?:,\s*([^\s(),]+)\s*)?\)$/;
/** Units of a change, in parts of 1 or in microseconds. */
const FACTORS = { "%": 0.01, pp: 0.01, ms: 1e3, s: 1e6 } as const;
type ChangeUnit = keyof typeof FACTORS;

/**
 * Reads a rule.
 * @throws {UserError} kind `usage` where it is none, with how to write one
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const { limit, scale, operations } = parseGate("p95(first_token)+10%");
 * assert.deepEqual([limit, scale, operations], [0.1, "ratio", "llm.*"]);
 * assert.deepEqual([parseGate("wer +0.5pp").limit, parseGate("goodput -3%").limit], [0.005, -0.03]);
 * ```
 */
export function parseGate(text: string): Gate {
  const wrong = (why: string) => new UserError("usage", `--fail-if "${text}": ${why}`);
  const match = FORM.exec(text.trim());
  if (match === null) {
    throw wrong(
      'write a figure and the change that is still allowed, such as "p95(response_time) +5%", "goodput -3%" or "wer +0.5pp"',
    );
  }
  const [, left = "", sign, digits, written = "", stage = null] = match;
  const unit = (written.startsWith("point") ? "pp" : written) as ChangeUnit;
  const { measure, operations, text: figure } = parsePairs(left) ?? parseFigure(left, wrong);
  const wanted = unitsOf(measure);
  if (!wanted.includes(unit)) {
    throw wrong(
      `write this change in ${wanted.slice(0, -1).join(", ")}${wanted.length > 1 ? " or " : ""}${wanted.at(-1)}`,
    );
  }
  return {
    source: `${figure} ${sign}${digits}${unit}${stage === null ? "" : ` in ${stage}`}`,
    measure,
    operations,
    stage,
    limit: Number(digits) * FACTORS[unit] * (sign === "-" ? -1 : 1),
    scale: unit === "%" ? "ratio" : "difference",
  };
}

/** What a rule reads, of which operations, and both in canonical spacing. */
interface Subject {
  measure: ComparedMeasure;
  operations: string | null;
  text: string;
}

function parseFigure(left: string, wrong: (why: string) => UserError): Subject {
  const read = parseMeasure(left);
  if ("error" in read) throw wrong(`${read.error} (column ${read.column})`);
  const { measure, operations, text } = read;
  if (isComparable(measure)) return { measure, operations, text };
  throw wrong("it can be held to no change: name a percentile, a mean, a share or a rate of calls");
}

/** `pairs(response_time, llm.*)`, which only a duet has; null for anything else. */
function parsePairs(left: string): Subject | null {
  const match = PAIRS_FORM.exec(left.trim());
  if (match === null) return null;
  const operations = match[1] ?? null;
  return {
    measure: PAIRS.measure,
    operations,
    text: operations === null ? PAIRS.id : `pairs(${HEADLINE}, ${operations})`,
  };
}

/** The smallest and largest values are single calls, and their number is the load's: nothing tells how they vary. */
function isComparable(measure: Measure): measure is CallMeasure {
  if (isDistributionMeasure(measure)) {
    return measure.kind === "mean" || (measure.kind === "percentile" && measure.percentile < 100);
  }
  return isFigureMeasure(measure) && !isOfWholeRun(measure.kind) && measure.kind !== "calls";
}

/** A share is compared in points: "+5%" of an error rate of 0 means nothing. */
function unitsOf(measure: ComparedMeasure): readonly ChangeUnit[] {
  const unit = measure.kind === "pairs" ? PAIRS.unit : measureUnit(measure);
  return unit === "ratio" ? ["pp"] : unit === "us" ? ["%", "ms", "s"] : ["%"];
}

/** Holds all rules against one side; certainty takes the number of rules and operations into account. */
export function holdGates(gates: readonly Gate[], base: Side, other: Side): GateOutcome[] {
  const [from, to] = [runsOf(base), runsOf(other)];
  const held = gates.map((gate) => ({ gate, found: findGate(gate, from, to, other.paired === true) }));
  const tests = held.flatMap(({ gate, found }) => found.map((one) => ({ gate, one, ...probabilities(gate, one) })));
  const beyond = holm(tests.map(({ beyond }) => beyond));
  const within = holm(tests.map(({ within }) => within));
  const states = new Map(
    tests.map(({ gate, one }, i) => [one, stateOf(gate, one, beyond[i] as number, within[i] as number)]),
  );
  return held.map(({ gate, found }) => {
    const order = ["broken", "unsure", "holds"] as const;
    const ranked = found.map((one) => ({ one, state: states.get(one) as GateOutcome["state"] }))
      .sort((a, b) =>
        order.indexOf(a.state as "broken") - order.indexOf(b.state as "broken") ||
        excess(gate, b.one) - excess(gate, a.one)
      );
    const [worst] = ranked;
    return {
      gate,
      against: other.name,
      state: worst?.state ?? "nothing",
      worst: worst?.one.difference ?? null,
    };
  });
}

function findGate(gate: Gate, from: readonly Run[], to: readonly Run[], paired: boolean): Found[] {
  const { operations, stage } = gate;
  const all = [...new Set([...from, ...to].flatMap((run) => run.operations))];
  return all.filter((name) => operations === null || matchesGlob(operations, name)).flatMap((operation) => {
    const { plan } = from[0] as Run;
    return findItem(from, to, itemOf(gate, plan, operation), { operation, stage }, paired) ?? [];
  });
}

function itemOf({ measure, source }: Gate, plan: Plan, operation: string): CallItem {
  if (measure.kind === "pairs") return { ...PAIRS, id: source };
  const naming = "of" in measure
    ? distributionNaming(measure.of, operationKind(plan, operation))
    : figureNaming(measure.kind);
  const item = measureItem(measure, source, naming?.name ?? source, naming?.better ?? "lower");
  return measure.kind === "percentile" ? { ...item, name: `${item.name} P${measure.percentile}` } : item;
}

/** Where the limit lies on the scale on which the figure was compared. */
function limitOn({ limit, scale }: Gate, { difference: { base, change } }: Found): number {
  if (change === null) return limit;
  // Nothing falls by more than all of it.
  if (change.scale === "ratio") {
    return Math.log1p(Math.max(-1, scale === "ratio" ? limit : limit / (base.value as number)));
  }
  return scale === "difference" ? limit : limit * Math.abs(base.value as number);
}

/** Two-sided probabilities that the true change is no farther than the limit, and that it is no nearer. */
function probabilities(gate: Gate, found: Found): { beyond: number; within: number } {
  const { shift } = found;
  if (shift === null) return { beyond: 1, within: 1 };
  const at = limitOn(gate, found);
  const p = shift.p(at);
  const past = gate.limit >= 0 ? shift.value > at : shift.value < at;
  return past ? { beyond: p, within: 1 } : { beyond: 1, within: p };
}

function stateOf(gate: Gate, { difference, shift }: Found, beyond: number, within: number): GateOutcome["state"] {
  const { base, other, unknown } = difference;
  if (shift !== null) return beyond < LEVEL ? "broken" : within < LEVEL ? "holds" : "unsure";
  // An outage must not look like a pass.
  if (isLost(difference)) return "broken";
  if (unknown === "none in either") return "holds";
  const known = base.value !== null && other.value !== null && other.at_least && !base.at_least;
  return known && gate.limit >= 0 && (other.value as number) > allowed(gate, base.value as number)
    ? "broken"
    : "unsure";
}

function allowed({ limit, scale }: Gate, base: number): number {
  return scale === "ratio" ? base * (1 + limit) : base + limit;
}

/** How far past the limit, for the worst of several operations. */
function excess(gate: Gate, found: Found): number {
  if (found.shift === null) return Infinity;
  return (found.shift.value - limitOn(gate, found)) * (gate.limit >= 0 ? 1 : -1);
}
