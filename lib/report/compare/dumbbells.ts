/** Differences drawn: the baseline as a ring at the middle, a dot for the new runs, a bar for the interval. Right is worse. */
import type { FigureDifference } from "../../compare/figures.ts";
import { type Markup, markup } from "../html/markup.ts";

/** The largest change that is drawn at its place; a larger one ends at the edge. Ratios, rising with what there is to draw. */
const REACHES = [0.1, 0.2, 0.5, 1, 2];
const HEIGHT = 30;
const MIDDLE = HEIGHT / 2;

/** How far an axis reaches to either side. */
export function reachOf(figures: readonly FigureDifference[]): number {
  const certain = figures.filter(({ certainty }) => certainty === "certain");
  const drawn = (certain.length > 0 ? certain : figures).flatMap(({ change }) =>
    change?.scale === "ratio" ? [Math.abs(Math.log1p(change.value))] : []
  );
  const most = Math.max(0, ...drawn) * 1.15;
  return REACHES.find((reach) => Math.log1p(reach) >= most) ?? REACHES.at(-1) as number;
}

/** The axis above the rows: what the middle and the ends mean. */
export function axisSvg(reach: number): Markup {
  const percent = `${Math.round(reach * 100)} %`;
  return markup`<svg aria-hidden="true"><text x="0" y="13">${percent} better</text>
<text x="50%" y="13" text-anchor="middle">same</text><text x="100%" y="13" text-anchor="end">${percent} worse</text></svg>`;
}

/** One difference; null where it is no ratio, or cannot be better or worse. */
export function dumbbell({ change, better }: FigureDifference, reach: number): Markup | null {
  if (change === null || change.scale !== "ratio" || better === null) return null;
  const place = (ratio: number) => {
    const x = Math.log1p(ratio) / Math.log1p(reach) * (better === "lower" ? 1 : -1);
    return `${(50 + 50 * Math.max(-1, Math.min(1, x))).toFixed(2)}%`;
  };
  const [low, value, high] = [change.low, change.value, change.high].map(place);
  return markup`<svg aria-hidden="true"><line class="zero" x1="50%" x2="50%" y1="-2" y2="${HEIGHT + 2}"/>
<line class="interval" x1="${low as string}" x2="${high as string}" y1="${MIDDLE}" y2="${MIDDLE}"/>
<line class="move" x1="50%" x2="${value as string}" y1="${MIDDLE}" y2="${MIDDLE}"/>
<circle class="ring" cx="50%" cy="${MIDDLE}" r="4"/><circle class="dot" cx="${value as string}" cy="${MIDDLE}" r="4.5"/></svg>`;
}
