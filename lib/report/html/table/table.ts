/** Wide tables of numbers: scrolled by themselves on narrow screens, reached by the keyboard. */
import { type Insertion, Markup, markup } from "../markup.ts";

/**
 * A column's heading: its text, or text with an explanation or an alignment. Neighbours of one `group` stand under it as
 * one heading.
 */
export type Head = string | {
  text: string;
  title?: string;
  left?: boolean;
  group?: string;
  /** Left out on narrow screens; its cells need the class of that name too. */
  optional?: boolean;
};

/** A table under the heading with the id `labelledBy`. */
export function numberTable(labelledBy: string, heads: readonly Head[], rows: readonly Markup[]): Markup {
  return markup`<div class="scroll" role="region" aria-labelledby="${labelledBy}" tabindex="0">
<table class="ops">
<thead>${groupRow(heads)}<tr>${heads.map(headCell)}</tr></thead>
<tbody>
${rows}</tbody>
</table>
</div>
`;
}

/** The upper line of headings; null where no column is in a group. */
function groupRow(heads: readonly Head[]): Markup | null {
  const names = heads.map((head) => typeof head === "string" ? "" : head.group ?? "");
  if (names.every((name) => name === "")) return null;
  const starts = names.map((_, i) => i).filter((i) => i === 0 || names[i] !== names[i - 1]);
  const cells = starts.map((start, i) => {
    const name = names[start] ?? "";
    const columns = (starts[i + 1] ?? names.length) - start;
    return name === ""
      ? markup`<td colspan="${columns}"></td>`
      : markup`<th scope="colgroup" colspan="${columns}">${name}</th>`;
  });
  return markup`<tr class="groups">${cells}</tr>
`;
}

function headCell(head: Head): Markup {
  if (typeof head === "string") return markup`<th scope="col">${head}</th>`;
  const names = [head.left === true ? "left" : "", head.optional === true ? "optional" : ""].filter((n) => n !== "");
  const classes = names.length === 0 ? null : markup` class="${names.join(" ")}"`;
  const title = head.title === undefined ? null : markup` title="${head.title}"`;
  return markup`<th scope="col"${classes}${title}>${head.text}</th>`;
}

/** A row: its name, then its cells. */
export function numberRow(name: Insertion, cells: readonly Insertion[], emphasis: "total" | "" = ""): Markup {
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
