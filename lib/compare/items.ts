/** What is compared of an operation, and of the machines. */
import { operationKind } from "../plan/operation_kind.ts";
import type { Plan } from "../plan/plan.ts";
import { type OperationKind, SHOWN } from "../plan/threshold/shown.ts";
import type { MeasureUnit } from "../plan/threshold/measure_units.ts";
import {
  type Distribution,
  DISTRIBUTION_NAMES,
  type Figure,
  FIGURE_NAMES,
  HEADLINE,
  isCallFigure,
  measureUnit,
} from "../plan/threshold/threshold.ts";
import { writeMeasure } from "../plan/threshold/write.ts";
import type { CallMeasure } from "../verdict/estimate.ts";
import { type Better, distributionNaming, figureNaming } from "./names.ts";

/** One figure to compare. */
export interface Item {
  /** As rules name it: `p95(response_time)`, `error_rate`. */
  id: string;
  /** `response time P95`. */
  name: string;
  unit: MeasureUnit;
  better: Better;
}

/** What can be compared of calls: a measure as rules have it, or the response times of a duet pair by pair. */
export type ComparedMeasure = CallMeasure | { kind: "pairs" };

/** A figure of calls to compare. */
export interface CallItem extends Item {
  measure: ComparedMeasure;
}

/** A figure that any two runs have. */
export interface FigureItem extends CallItem {
  measure: CallMeasure;
}

/** The response times of a duet, pair by pair. */
export const PAIRS: CallItem = {
  id: `pairs(${HEADLINE})`,
  name: "response time, pair by pair",
  unit: "us",
  better: "lower",
  measure: { kind: "pairs" },
};

const HEADLINE_PERCENTILES = [50, 95, 99];
const USUAL_PERCENTILES = [50, 95];

/** What both sides of a duet have alike, because june-load calls both as often. */
const ALIKE: ReadonlySet<string> = new Set<Figure>(["throughput", "goodput", "token_rate", "dropped"]);

/** The figures of an operation that may differ between the sides of a duet. */
export function pairedItemsOf(plan: Plan, operation: string): CallItem[] {
  return [PAIRS, ...itemsOf(plan, operation).filter(({ id }) => !ALIKE.has(id))];
}

/** The figures of an operation that may be compared; those without a value in either run are left out later. */
export function itemsOf(plan: Plan, operation: string): FigureItem[] {
  const kind = operationKind(plan, operation);
  return [
    ...DISTRIBUTION_NAMES.flatMap((of) => distributionItems(of, kind)),
    ...FIGURE_NAMES.flatMap((figure) => figureItems(plan, figure)),
  ];
}

function distributionItems(of: Distribution, kind: OperationKind | null): FigureItem[] {
  const naming = distributionNaming(of, kind);
  if (naming === null) return [];
  return percentilesOf(of, kind).map((percentile) => {
    const measure = { kind: "percentile", percentile, of } as const;
    return measureItem(measure, writeMeasure(measure, of, null), `${naming.name} P${percentile}`, naming.better);
  });
}

/** Those that the report's table of the kind has; none where it has no column. */
function percentilesOf(of: Distribution, kind: OperationKind | null): readonly number[] {
  if (of === HEADLINE) return HEADLINE_PERCENTILES;
  if (of.startsWith("turn_")) return kind === "turn" ? USUAL_PERCENTILES : [];
  const tables: Partial<Record<OperationKind, { percentiles: readonly number[] }>> = SHOWN[of].tables;
  return kind === null ? [] : tables[kind]?.percentiles ?? [];
}

function figureItems({ objectives }: Plan, kind: Figure): FigureItem[] {
  if (!isCallFigure(kind)) return [];
  const naming = figureNaming(kind);
  // Without objectives every ok call is good, which other figures tell.
  if (naming === null || (objectives.length === 0 && (kind === "goodput" || kind === "good_rate"))) return [];
  return [measureItem({ kind }, kind, naming.name, naming.better)];
}

/** An item of any measure of calls. */
export function measureItem(measure: CallMeasure, id: string, name: string, better: Better): FigureItem {
  return { id, name, unit: measureUnit(measure), better, measure };
}
