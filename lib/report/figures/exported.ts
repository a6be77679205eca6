/** Every figure of a selection of calls, for files that other programs read. */
import { HEADLINE } from "../../plan/threshold/threshold.ts";
import type { ExportUnit } from "../../plan/threshold/measure_units.ts";
import type { Series } from "../../measure/series.ts";
import {
  type Distribution,
  DISTRIBUTION_NAMES,
  FIGURE_NAMES,
  FIGURES,
  isCallFigure,
  measureUnit,
} from "../../plan/threshold/threshold.ts";
import type { Run, Selection } from "../../result/run.ts";
import type { CallMeasure } from "../../verdict/estimate.ts";
import { exportUnit, exportValue } from "../format/base_units.ts";
import { type Figure, figureOf, percentileFigure, plainPercentile } from "./estimates.ts";

/** One figure in its exported unit. */
export interface ExportedFigure {
  /** As rules name it: `p95(response_time)`, `error_rate`. */
  measure: string;
  unit: ExportUnit;
  value: number;
  /** 95 % confidence interval; null where there is none. */
  low: number | null;
  high: number | null;
  /** Number of values behind it. */
  n: number;
  carried: boolean;
  /** The true value is this or more: calls timed out. */
  at_least: boolean;
}

/** Measures of one word that a selection of calls has. */
const EXPORTED = FIGURE_NAMES.filter(isCallFigure).filter((name) => FIGURES[name].exported);

/** The one-word figures that were measured. */
export function wordFigures(run: Run, selection: Selection): ExportedFigure[] {
  return EXPORTED.flatMap((kind) => exported(kind, { kind }, figureOf(run, { kind }, selection)));
}

/** Percentiles and largest value of every distribution with values; see `exportedPercentile`. */
export function distributionFigures(
  run: Run,
  selection: Selection,
  total: Series,
  percentiles: readonly number[],
): ExportedFigure[] {
  return DISTRIBUTION_NAMES.filter((of) => total.histogram(of).count > 0 && canPool(run, of, selection)).flatMap((
    of,
  ) => [
    ...percentiles.flatMap((p) =>
      exported(
        `p${p}(${of})`,
        { kind: "percentile", percentile: p, of },
        exportedPercentile(run, of, p, selection),
      )
    ),
    ...exported(`max(${of})`, { kind: "max", of }, figureOf(run, { kind: "max", of }, selection)),
  ]);
}

/**
 * Whether a distribution says something over a selection of calls. Over several operations only the response time does:
 * every other one would mix what has nothing in common, and the length of clips with the speed of answers.
 */
export function canPool(run: Run, of: Distribution, { operations }: Selection): boolean {
  return of === HEADLINE || operations !== undefined || run.operations.length < 2;
}

/**
 * A percentile for a file. Over the whole run it has an interval; over one stage only the response time of all operations
 * has one, because intervals for thousands of others would take too long.
 */
export function exportedPercentile(run: Run, of: Distribution, percentile: number, selection: Selection): Figure {
  const { stage, operations } = selection;
  const sure = stage === undefined || (of === HEADLINE && operations === undefined);
  return (sure ? percentileFigure : plainPercentile)(run, of, percentile, selection);
}

function exported(name: string, measure: CallMeasure, figure: Figure): ExportedFigure[] {
  const { value, interval, n, sampleSufficient, at_least } = figure;
  if (value === null) return [];
  const unit = measureUnit(measure);
  const write = (one: number) => exportValue(one, unit);
  return [{
    measure: name,
    unit: exportUnit(unit),
    value: write(value),
    low: interval === null ? null : write(interval.low),
    high: interval === null ? null : write(interval.high),
    n,
    carried: sampleSufficient,
    at_least,
  }];
}
