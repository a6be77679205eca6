/** Places of charts: their head, and room for the drawing. */
import type { PageChart } from "../chart_data.ts";
import { plainText } from "../../format/escape.ts";
import { type Markup, markup } from "../markup.ts";

/** The figure that the script draws a chart into. */
export function chartFigure(id: string, { title, note, figure, over, color, description }: PageChart): Markup {
  const swatch = color === "" ? null : markup`<i class="swatch ${color}"></i>`;
  return markup`<figure class="chart" id="${id}"><figcaption>${swatch}<b title="${plainText(title)}">${
    plainText(title, 120)
  }</b><span>${note}</span><output${over ? markup` class="over"` : null}>${figure}</output></figcaption>
<div class="plot" tabindex="0" role="img" aria-label="${
    plainText(description, 200)
  }"><div class="draw"></div></div></figure>
`;
}

/** Several of them. */
export function chartFigures(ids: readonly string[], charts: Readonly<Record<string, PageChart>>): Markup[] {
  return ids.flatMap((id) => charts[id] === undefined ? [] : [chartFigure(id, charts[id])]);
}
