/** The tables of docs/reliability.md: what came of each row, by the run that wrote it. */
import { outcomesText } from "./run_row.ts";
import type { Came, Row } from "./row.ts";

/** The page. */
export const PAGE = new URL("../../../docs/reliability.md", import.meta.url);

const HEAD = ["fault", "how it is planted", "its calls", "exit", "blamed", "what june-load says"];
/** Most characters of what is said. */
const MOST = 220;
const BEGIN = "<!-- The tables are written by UPDATE_GOLDEN=1 deno task test:faults --long -->";
const END = "<!-- The end of the tables -->";

/** Cells of each row of the page as plain text, by its fault. */
export function writtenRows(page: string): Map<string, string[]> {
  const lines = page.slice(page.indexOf(BEGIN), page.indexOf(END)).split("\n").filter((line) => line.startsWith("|"));
  const rows = lines.map((line) => line.split(/(?<!\\)\|/).slice(1, -1).map((cell) => plain(cell.trim())));
  const isHead = ([first = ""]: string[]) => first === HEAD[0] || /^-+$/.test(first);
  return new Map(rows.filter((row) => !isHead(row)).map((row) => [row[0] ?? "", row]));
}

/** The page with the rows that ran written anew; those that did not keep what they had. */
export function withTables(
  page: string,
  groups: Readonly<Record<string, readonly Row[]>>,
  ran: Map<Row, Came>,
): string {
  const old = writtenRows(page);
  const tables = Object.entries(groups).map(([name, rows]) => {
    const cells = rows.flatMap((row) => {
      const came = ran.get(row);
      const before = old.get(row.title);
      return came !== undefined ? [cellsOf(row, came)] : before !== undefined ? [before] : [];
    });
    const lines = [HEAD, HEAD.map(() => "---"), ...cells.map((row) => row.map(cell))].map((one) =>
      `| ${one.join(" | ")} |`
    );
    return `### ${name}\n\n${lines.join("\n")}\n`;
  });
  return page.slice(0, page.indexOf(BEGIN)) + [BEGIN, ...tables, END].join("\n\n") +
    page.slice(page.indexOf(END) + END.length);
}

function cellsOf({ title, how }: Row, { run, code, blamed, sentence }: Came): string[] {
  const calls = run === null ? "no load" : outcomesText(run.total().outcomes) || "none";
  return [title, how, calls, `${code}`, blamed, wordsOf(sentence)];
}

/** What is said, without what is another each time. */
function wordsOf(sentence: string): string {
  const plain = sentence.replaceAll(/(127\.0\.0\.1|localhost):\d+/g, "HOST:PORT").replaceAll(
    /\/tmp\/[\w/.-]+\//g,
    "DIR/",
  );
  return plain.length <= MOST ? plain : `${plain.slice(0, plain.lastIndexOf(" ", MOST))} ...`;
}

/** Text as a cell of Markdown; what stands in backticks is code already. */
function cell(text: string): string {
  const escaped = (part: string) => part.replaceAll("<", "&lt;").replaceAll(/[*_]/g, "\\$&");
  return text.split("`").map((part, at) => at % 2 === 0 ? escaped(part) : part).join("`").replaceAll("|", "\\|");
}

/** The text of a cell. */
function plain(markdown: string): string {
  return markdown.replaceAll(/\\([*_|])/g, "$1").replaceAll("&lt;", "<");
}
