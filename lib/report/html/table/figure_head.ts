/** Headings of figures, as the catalogue has them. */
import { FIGURE_COLUMNS, type FigureIn, type TableName } from "../../../plan/threshold/shown.ts";

/** The heading of a figure's column. */
export function figureHead(figure: FigureIn<TableName>): { text: string; title: string } {
  const { heading, title } = FIGURE_COLUMNS[figure];
  return { text: heading, title };
}
