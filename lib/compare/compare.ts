/** Two sides and more, figure by figure. Pure: the same results give the same comparison. */
import type { Run, Selection } from "../result/run.ts";
import { comparability } from "./comparability.ts";
import type { Mismatch } from "./mismatch.ts";
import { type FigureDifference, findDifference, type Found, judge } from "./figures.ts";
import { type CallItem, itemsOf, pairedItemsOf, PAIRS } from "./items.ts";
import { machineItems } from "./read_machine.ts";
import { readFigure } from "./read_figure.ts";
import { readPairs } from "./read_pairs.ts";
import { runsOf, type Side } from "./sides.ts";

/** One side against the baseline. */
export interface Pairing {
  other: Side;
  /** What differs between the runs themselves. */
  mismatches: Mismatch[];
  /** Nothing differs that would make every difference below one of the load or of june-load. */
  comparable: boolean;
  /** Of each operation over the whole run, in the order of the plan. */
  figures: FigureDifference[];
  /** Of each operation stage by stage; empty where there is one stage. */
  stages: FigureDifference[];
  /** Of the machines. */
  machines: FigureDifference[];
}

/** A whole comparison. */
export interface Comparison {
  base: Side;
  pairings: Pairing[];
  /** Comparisons that certainty takes into account: all figures of all operations that can get better or worse. */
  family: number;
}

/** What a duet asks first, and the share of the 5 % that is for it. */
const LEADING: ReadonlySet<string> = new Set([PAIRS.id, "error_rate"]);
const LEADING_SHARE = 0.5;

/**
 * Compares each side with the first.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { makeRun } from "../../tests/result/make_run.ts"; // sixty made-up seconds
 * import { evaluate } from "../verdict/evaluate.ts";
 *
 * const side = (name: string, run = makeRun()) => ({ name, runs: [{ run, verdict: evaluate(run), path: name }] });
 * const slow = makeRun({ slowFrom: 0, slowTo: 60, seed: 9 });
 * const { pairings: [pairing] } = compareSides(side("main"), [side("new", slow)]);
 * const p95 = pairing?.figures.find(({ id }) => id === "p95(response_time)");
 * assert.ok(p95?.change && p95.change.low > 1); // four times the response time, +300 %
 * assert.equal(p95.certainty, "certain");
 * ```
 */
export function compareSides(base: Side, others: readonly Side[]): Comparison {
  const paired = others.map((other) => ({ other, ...findAll(base, other) }));
  const judged = paired.flatMap(({ figures }) => figures).filter(({ difference }) => difference.better !== null);
  const leading = judged.filter(({ difference: { id, unpaired } }) => unpaired !== undefined && LEADING.has(id));
  if (leading.length === 0) judge(judged);
  else {
    // A duet is made to ask for these: a share of their own keeps them apart from many that say the same less surely.
    judge(leading, LEADING_SHARE);
    judge(judged.filter((one) => !leading.includes(one)), 1 - LEADING_SHARE);
  }
  for (const { figures, stages, machines } of paired) {
    judge(figures.filter(({ difference }) => difference.better === null));
    judge(stages);
    judge(machines);
  }
  const bare = (found: Found[]) => found.map(({ difference }) => difference);
  const pairings = paired.map(({ other, figures, stages, machines }) => {
    const mismatches = comparability(base, other);
    return {
      other,
      mismatches,
      comparable: mismatches.every(({ blocks }) => !blocks),
      figures: bare(figures),
      stages: bare(stages),
      machines: bare(machines),
    };
  });
  return { base, pairings, family: judged.filter(({ difference }) => difference.p !== null).length };
}

interface AllFound {
  figures: Found[];
  stages: Found[];
  machines: Found[];
}

function findAll(base: Side, other: Side): AllFound {
  const [from, to] = [runsOf(base), runsOf(other)];
  const { paired = false } = other;
  const { plan } = from[0] as Run;
  const operations = [...new Set([...from, ...to].flatMap((run) => run.operations))];
  const named = plan.stages.filter(({ warm_up }) => !warm_up).map(({ name }) => name);
  const stages = named.length < 2 ? [] : named;
  const find = (operation: string, stage: string | null) => findCalls(from, to, operation, stage, paired);
  return {
    figures: operations.flatMap((operation) => find(operation, null)),
    stages: operations.flatMap((operation) => stages.flatMap((stage) => find(operation, stage))),
    // The sides of a duet share whatever machine was watched.
    machines: paired ? [] : machineItems([...from, ...to]).flatMap((item) => {
      const read = (runs: Run[]) => runs.map((run) => item.read(run));
      return findDifference(item, { operation: null, stage: null }, read(from), read(to)) ?? [];
    }),
  };
}

function findCalls(
  base: readonly Run[],
  other: readonly Run[],
  operation: string,
  stage: string | null,
  paired: boolean,
): Found[] {
  const { plan } = base.find((run) => run.operations.includes(operation)) ?? other[0] as Run;
  return (paired ? pairedItemsOf : itemsOf)(plan, operation).flatMap((item) => {
    const found = findItem(base, other, item, { operation, stage }, paired);
    return found === null || isIdle(found) ? [] : [found];
  });
}

/** One figure of one operation; null where neither side has it. */
export function findItem(
  base: readonly Run[],
  other: readonly Run[],
  item: CallItem,
  where: { operation: string; stage: string | null },
  paired: boolean,
): Found | null {
  const { operation, stage } = where;
  const { measure } = item;
  const selection: Selection = { operations: operation, ...(stage === null ? {} : { stage }) };
  const read = (runs: readonly Run[]) =>
    runs.map((run) => measure.kind === "pairs" ? readPairs(run, selection) : readFigure(run, measure, selection));
  return findDifference(item, where, read(base), read(other), paired);
}

/** A rate or share of nothing on both sides, such as tokens of an operation that makes none. */
function isIdle({ difference: { base, other, id } }: Found): boolean {
  return id !== "error_rate" && (base.value ?? 0) === 0 && (other.value ?? 0) === 0;
}
