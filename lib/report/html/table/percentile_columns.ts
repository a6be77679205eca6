/** Columns of percentiles of one distribution, as the catalogue has them. */
import { type DistributionIn, type OperationKind, percentileText } from "../../../plan/threshold/shown.ts";
import { DISTRIBUTIONS } from "../../../plan/threshold/threshold.ts";
import type { DistributionUnit } from "../../../plan/threshold/measure_units.ts";
import { formatCount } from "../../../plan/units.ts";
import type { Run } from "../../../result/run.ts";
import { percentileFigure } from "../../figures/estimates.ts";
import { percentileName, type Row } from "../../figures/figures.ts";
import type { Column } from "./columns.ts";
import { factor, figureCell, milliseconds } from "./figure_cell.ts";

/** What differs from one table to the next. */
export interface PercentileLook {
  /** Fills in what the headings leave open. */
  fill?: (text: string) => string;
  /** More on the cells of a row, where something is wrong with them. */
  look?: (row: Row) => { classes?: string; title?: string };
}

/** How values stand in cells, whose heading names the unit. */
const CELL_TEXT: Record<DistributionUnit, (value: number) => string> = {
  us: milliseconds,
  ppm: factor,
  count: formatCount,
};

/** A column for each percentile that the table of a kind of operation shows, over the calls of the row's operation. */
export function percentileColumns<K extends OperationKind>(
  run: Run,
  kind: K,
  of: DistributionIn<K>,
  { fill = (text) => text, look }: PercentileLook = {},
): Column<Row>[] {
  const { heading, title, percentiles } = percentileText(of, kind);
  const { unit } = DISTRIBUTIONS[of];
  const suffix = unit === "us" ? "; milliseconds" : "";
  return percentiles.map((p) => ({
    head: { group: fill(heading), text: percentileName(p), title: `${fill(title)}${suffix}` },
    cell: (row) =>
      figureCell(percentileFigure(run, of, p, { operations: row.name }), {
        text: CELL_TEXT[unit],
        ...(look === undefined ? {} : look(row)),
      }),
  }));
}
