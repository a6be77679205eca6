/** Wide tables of numbers: scrolled by themselves on narrow screens, reached by the keyboard. */
import { type Insertion, Markup, markup } from "./markup.ts";

/** A column's heading: its text, or text with an explanation or an alignment. */
export type Head = string | { text: string; title?: string; left?: boolean };

/** A table under the heading with the id `labelled_by`. */
export function numberTable(labelled_by: string, heads: readonly Head[], rows: readonly Markup[]): Markup {
  return markup`<div class="scroll" role="region" aria-labelledby="${labelled_by}" tabindex="0">
<table class="ops">
<thead><tr>${heads.map(headCell)}</tr></thead>
<tbody>
${rows}</tbody>
</table>
</div>
`;
}

function headCell(head: Head): Markup {
  if (typeof head === "string") return markup`<th scope="col">${head}</th>`;
  const classes = head.left === true ? markup` class="left"` : null;
  const title = head.title === undefined ? null : markup` title="${head.title}"`;
  return markup`<th scope="col"${classes}${title}>${head.text}</th>`;
}

/** A row: its name, then its cells. */
export function numberRow(name: string, cells: readonly Insertion[], emphasis: "total" | "" = ""): Markup {
  const classes = emphasis === "" ? null : markup` class="${emphasis}"`;
  const tds = cells.map((cell) => cell instanceof Cell ? cell : markup`<td>${cell}</td>`);
  return markup`<tr${classes}><th scope="row">${name}</th>${tds}</tr>
`;
}

/** A cell with a class or an explanation of its own. */
export class Cell extends Markup {
  constructor(content: Insertion, look: { classes?: string; title?: string } = {}) {
    const classes = (look.classes ?? "") === "" ? null : markup` class="${look.classes ?? ""}"`;
    const title = (look.title ?? "") === "" ? null : markup` title="${look.title ?? ""}"`;
    super(markup`<td${classes}${title}>${content}</td>`.text);
  }
}
