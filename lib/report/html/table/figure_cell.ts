/** A measured figure in a table: the value, and below it, quietly, how sure it is. */
import { formatCount, formatNumber, formatPercent, NO_VALUE } from "../../../plan/units.ts";
import { type Figure, figureText } from "../../figures/estimates.ts";
import { rangeText } from "../../format/range_text.ts";
import { type Markup, markup } from "../markup.ts";
import { Cell } from "./table.ts";

/** Microseconds as milliseconds without the unit, which the heading names. */
export const milliseconds = (us: number) => formatNumber(us / 1000);
/** Millionths as a plain factor. */
export const factor = (ppm: number) => formatNumber(ppm / 1e6);

/** How a figure is written. */
export interface FigureLook {
  text: (value: number) => string;
  classes?: string;
  title?: string;
}

/**
 * The cell of a figure: with its interval below, or greyed with its n where the sample cannot carry it; null without a
 * value, so that an empty column can be left out.
 */
export function figureCell(figure: Figure, look: FigureLook): Cell | null {
  const { value, sampleSufficient } = figure;
  if (value === null) return null;
  const classes = [look.classes ?? "", sampleSufficient ? "" : "few"].filter((name) => name !== "").join(" ");
  const title = [look.title ?? "", sureness(figure)].filter((text) => text !== "").join("; ");
  return new Cell(markup`${figureText(figure, look.text)}${quietLine(figure, look.text)}`, { classes, title });
}

/** The same, a dash where there is no value. */
export function figureCellOrDash(figure: Figure, look: FigureLook): Cell {
  return figureCell(figure, look) ?? new Cell(NO_VALUE);
}

/** A share of counted things, with its interval and what it is a share of below; null where nothing was counted. */
export function shareCell(figure: Figure, of: string): Cell | null {
  const { value, n } = figure;
  if (value === null) return null;
  const range = quietLine({ ...figure, sampleSufficient: true }, formatPercent);
  return new Cell(markup`${formatPercent(value)}${range}<small>of ${formatCount(n)} ${of}</small>`);
}

function quietLine(
  { interval, sampleSufficient, n, at_least, bursts }: Figure,
  text: (value: number) => string,
): Markup | null {
  if (!sampleSufficient && !bursts) return markup`<small>n ${formatCount(n)}</small>`;
  if (interval === null || at_least) return null;
  const range = rangeText(text(interval.low), text(interval.high));
  return range === null ? null : markup`<small>${range}</small>`;
}

function sureness({ interval, sampleSufficient, n, at_least, bursts }: Figure): string {
  if (at_least) return "so many calls timed out that this lies beyond their deadline";
  if (bursts) return `from ${formatCount(n)} values, but all in one burst or two: too few to trust it`;
  if (!sampleSufficient) return `from ${formatCount(n)} values, too few to trust it`;
  return interval === null ? "" : `95 % confidence interval below; from ${formatCount(n)} values`;
}
