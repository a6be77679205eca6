/** Tables that sort by their heads, filter, copy as CSV, and become cards on a phone. */
import { browser, elementOf, type PageElement } from "./browser.ts";
import { csvText } from "./data.ts";
import { sortKeyOf } from "./sort_key.ts";

/** Tables with fewer rows need no filter. */
const LEAST_FILTERED = 8;

/** Prepares every table of figures. */
export function prepareTables(): void {
  for (const table of browser.document.querySelectorAll("table.ops")) prepare(table);
}

function prepare(table: PageElement): void {
  const heads = headsOf(table);
  const rows = rowsOf(table);
  for (const row of rows) {
    [...row.children].forEach((cell, i) => cell.setAttribute("data-l", heads[i] ?? ""));
  }
  if (rows.length < 2) return;
  const cells = [...table.querySelectorAll("thead tr:last-child th")];
  cells.forEach((head, column) => makeSortable(table, cells, head, column));
  table.parentElement?.parentElement?.insertBefore(toolsOf(table, heads, rows), table.parentElement);
}

/** Heads in words: `Response time P95`. */
function headsOf(table: PageElement): string[] {
  const groups = [...table.querySelectorAll("thead tr.groups > *")].flatMap((cell) =>
    Array<string>(Number(cell.getAttribute("colspan") ?? 1)).fill(textOf(cell))
  );
  return [...table.querySelectorAll("thead tr:last-child th")].map((head, i) =>
    [groups[i] ?? "", textOf(head)].filter((text) => text !== "").join(" ")
  );
}

const textOf = (element: PageElement) => (element.textContent ?? "").trim();
const rowsOf = (table: PageElement) => [...table.querySelectorAll("tbody tr")];

/** A cell without what stands small below its figure. */
function figureOf(cell: PageElement | undefined): string {
  if (cell === undefined) return "";
  const small = [...cell.querySelectorAll("small")].map(textOf).join("");
  const text = textOf(cell);
  return (small !== "" && text.endsWith(small) ? text.slice(0, -small.length) : text).trim();
}

function makeSortable(table: PageElement, heads: readonly PageElement[], head: PageElement, column: number): void {
  const text = textOf(head);
  if (text === "") return;
  const button = elementOf("button", "", text);
  button.setAttribute("type", "button");
  head.replaceChildren(button);
  button.addEventListener("click", () => {
    const down = head.getAttribute("aria-sort") !== "descending";
    for (const one of heads) one.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    sort(table, column, down);
  });
}

/** Rows over all others stay last; a cell without a value comes after those with one, whichever way. */
function sort(table: PageElement, column: number, down: boolean): void {
  const keyed = rowsOf(table).map((row, at) => ({
    row,
    at,
    last: row.classList.contains("total") || row.classList.contains("apart"),
    key: sortKeyOf(figureOf([...row.children][column])),
  }));
  keyed.sort((a, b) => {
    if (a.last !== b.last) return a.last ? 1 : -1;
    if (a.last) return a.at - b.at;
    if (a.key === null || b.key === null) return Number(a.key === null) - Number(b.key === null) || a.at - b.at;
    const order = typeof a.key === "number" && typeof b.key === "number"
      ? a.key - b.key
      : String(a.key).localeCompare(String(b.key));
    return (down ? -order : order) || a.at - b.at;
  });
  table.querySelector("tbody")?.replaceChildren(...keyed.map(({ row }) => row));
}

function toolsOf(table: PageElement, heads: readonly string[], rows: readonly PageElement[]): PageElement {
  const copy = elementOf("button", "tool", "Copy as CSV");
  copy.setAttribute("type", "button");
  copy.addEventListener("click", () => void copyTable(table, heads, copy));
  const tools = elementOf("div", "tools");
  if (rows.length >= LEAST_FILTERED) tools.append(filterOf(table));
  tools.append(copy);
  return tools;
}

function filterOf(table: PageElement): PageElement {
  const filter = elementOf("input", "find");
  filter.setAttribute("type", "search");
  filter.setAttribute("placeholder", "Filter");
  filter.setAttribute("aria-label", "Filter the rows of this table");
  filter.addEventListener("input", () => {
    const wanted = filter.value.trim().toLowerCase();
    for (const row of rowsOf(table)) row.hidden = wanted !== "" && !textOf(row).toLowerCase().includes(wanted);
  });
  return filter;
}

/** The rows that are shown, in the order shown. */
async function copyTable(table: PageElement, heads: readonly string[], button: PageElement): Promise<void> {
  const rows = rowsOf(table).filter(({ hidden }) => !hidden).map((row) =>
    [...row.children].map((cell) => figureOf(cell).replace(/(\d),(?=\d{3})/g, "$1"))
  );
  button.textContent = await copyText(csvText([heads, ...rows])) ? "Copied" : "Cannot copy here";
}

/** Whether it was copied: pages from a file may not always. */
export async function copyText(text: string): Promise<boolean> {
  const { document, navigator } = browser;
  try {
    if (navigator.clipboard !== undefined) {
      await navigator.clipboard.writeText(text);
      return true;
    }
  } catch {
    // Not allowed here: the older way below may be.
  }
  const area = elementOf("textarea", "skip");
  document.body.append(area);
  area.value = text;
  area.select();
  const copied = document.execCommand("copy");
  area.remove();
  return copied;
}
