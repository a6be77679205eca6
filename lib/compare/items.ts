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

/** A figure of calls to compare. */
export interface CallItem extends Item {
  measure: CallMeasure;
}

const HEADLINE_PERCENTILES = [50, 95, 99];
const USUAL_PERCENTILES = [50, 95];

/** The figures of an operation that may be compared; those without a value in either run are left out later. */
export function itemsOf(plan: Plan, operation: string): CallItem[] {
  const kind = operationKind(plan, operation);
  return [
    ...DISTRIBUTION_NAMES.flatMap((of) => distributionItems(of, kind)),
    ...FIGURE_NAMES.flatMap((figure) => figureItems(plan, figure)),
  ];
}

function distributionItems(of: Distribution, kind: OperationKind | null): CallItem[] {
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

function figureItems({ objectives }: Plan, kind: Figure): CallItem[] {
  if (!isCallFigure(kind)) return [];
  const naming = figureNaming(kind);
  // Without objectives every ok call is good, which other figures tell.
  if (naming === null || (objectives.length === 0 && (kind === "goodput" || kind === "good_rate"))) return [];
  return [measureItem({ kind }, kind, naming.name, naming.better)];
}

/** An item of any measure of calls. */
export function measureItem(measure: CallMeasure, id: string, name: string, better: Better): CallItem {
  return { id, name, unit: measureUnit(measure), better, measure };
}
