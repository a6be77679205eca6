/** `june_load_<stamp>_measures.csv`: one figure a row, with its unit and confidence, so that any tool can pivot it. */
import type { Run, Selection } from "../../result/run.ts";
import { type Cell, toCsv } from "./csv.ts";
import { distributionFigures, wordFigures } from "../figures/exported.ts";
import { exportUnit } from "../format/base_units.ts";
import { energyValues } from "../figures/energy.ts";
import { FIGURES } from "../../plan/threshold/threshold.ts";
import { rowsOf, selectionOf } from "../figures/figures.ts";

/** Header of `_measures.csv`. */
export const MEASURES_COLUMNS = ["stage", "operation", "measure", "unit", "value", "ci95_low", "ci95_high", "n"]
  .concat(["carried", "at_least"]);

/** All stages together (an empty stage, warm-up left out), then each stage; operations, then all of them together. */
export function renderMeasuresCsv(run: Run): string {
  const { stages, percentiles } = run.plan;
  const parts: Array<string | undefined> = [undefined, ...(stages.length > 1 ? stages.map(({ name }) => name) : [])];
  const rows = parts.flatMap((stage) => {
    const { operations, all } = rowsOf(run, stage);
    return [...operations, all].flatMap((row) => {
      const selection: Selection = selectionOf(row, stage);
      const figures = [
        ...wordFigures(run, selection),
        ...distributionFigures(run, selection, row.total, percentiles),
      ];
      return figures.map(({ measure, unit, value, low, high, n, carried, at_least }): Cell[] => [
        stage ?? "",
        row.name,
        measure,
        unit,
        value,
        low ?? "",
        high ?? "",
        n,
        String(carried),
        String(at_least),
      ]);
    });
  });
  const energy = parts.flatMap((stage) =>
    energyValues(run, stage).map(({ figure, value, n }): Cell[] => [
      ...[stage ?? "", "", figure, exportUnit(FIGURES[figure].unit), value, "", "", n, "true", "false"],
    ])
  );
  return toCsv([MEASURES_COLUMNS, ...rows, ...energy]);
}
