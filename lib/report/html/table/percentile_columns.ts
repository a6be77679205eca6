/** Columns of percentiles of one distribution. */
import type { Distribution } from "../../../plan/threshold/threshold.ts";
import type { Run } from "../../../result/run.ts";
import { percentileFigure } from "../../figures/estimates.ts";
import { percentileName, type Row } from "../../figures/figures.ts";
import type { Column } from "./columns.ts";
import { figureCell, milliseconds } from "./figure_cell.ts";

/** What the columns show of which distribution. */
export interface PercentileColumns {
  of: Distribution;
  /** The heading over those of the percentiles. */
  what: string;
  percentiles: readonly number[];
  /** The formula, in words. */
  title: string;
  /** By default microseconds as milliseconds. */
  text?: (value: number) => string;
  /** More on the cells of a row, where something is wrong with them. */
  look?: (row: Row) => { classes?: string; title?: string };
}

/** A column for each percentile, over the calls of the row's operation. */
export function percentileColumns(run: Run, columns: PercentileColumns): Column<Row>[] {
  const { of, what, percentiles, text = milliseconds, look } = columns;
  const unit = columns.text === undefined ? "; milliseconds" : "";
  return percentiles.map((p) => ({
    head: { group: what, text: percentileName(p), title: `${columns.title}${unit}` },
    cell: (row) =>
      figureCell(percentileFigure(run, of, p, { operations: row.name }), {
        text,
        ...(look === undefined ? {} : look(row)),
      }),
  }));
}
