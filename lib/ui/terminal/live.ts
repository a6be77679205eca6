/** The live view of a run: one screen, redrawn in place. Pure. */
import { formatClock } from "../../plan/units.ts";
import { detailLines, errorLines } from "./blocks.ts";
import { figureLines, figuresInOneLine, headLines } from "./figures.ts";
import { keyLines, type Shown } from "./key_line.ts";
import { objectiveLines } from "./objectives.ts";
import { renderOperations } from "./operations.ts";
import { cutLine, gap, type Line, signs, span, type Tone } from "./style.ts";
import { cleanText, wrapText } from "./text.ts";
import type { LiveView } from "../views/live_view.ts";
import type { NewsItem } from "../views/news.ts";

/** Size of the area to draw in; characters. */
export interface Space {
  columns: number;
  rows: number;
}

/** What the user sees without having asked for anything. */
export const OVERVIEW: Shown = { keys: true, details: false, help: false, message: "" };

/** From this height on, blank lines part the blocks, and findings have room from the start. */
const AIRY_ROWS = 20;
const NEWS_RESERVED = 2;
const BLANKS = 3;

/**
 * Draws the view in at most `space.rows` lines of at most `space.columns`: the body from the top, the keys for the last
 * rows. Every part has its place as soon as the operations are known, so that nothing moves when figures change.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { makeRun } from "../../../tests/result/make_run.ts"; // thirty made-up seconds
 * import { evaluate } from "../../verdict/evaluate.ts";
 * import { liveView } from "../views/live_view.ts";
 * import { paint } from "./style.ts";
 *
 * const run = makeRun({ seconds: 30 });
 * const { body, keys } = renderLive(liveView(run, evaluate(run), 30_000, false), { columns: 80, rows: 24 });
 * assert.ok(body.length + keys.length <= 24 && body.every((line) => paint(line, "none").length <= 80));
 * ```
 */
export function renderLive(view: LiveView, space: Space, shown: Shown = OVERVIEW): { body: Line[]; keys: Line[] } {
  const { columns } = space;
  const rows = Math.max(1, space.rows);
  const keys = keyLines(view, shown, columns).slice(0, rows - 1);
  const room = { columns, rows: rows - keys.length };
  const body = shown.details ? renderDetails(view, room) : renderOverview(view, room);
  const cut = (line: Line) => cutLine(line, columns);
  return { body: body.slice(0, room.rows).map(cut), keys: keys.map(cut) };
}

/** Head, figures, objectives, operations, findings. */
function renderOverview(view: LiveView, { columns, rows }: Space): Line[] {
  const head = headLines(view, columns);
  const figures = figureLines(view, columns);
  const isAiry = rows >= AIRY_ROWS;
  const news = view.news.length;
  const [figureRows = 0, ruleRows = 0, tableRows = 0, newsRows = 0] = shareRows(
    rows - head.length - (isAiry ? BLANKS : 0),
    [
      { least: 1, most: figures.length },
      { least: Math.min(2, view.rules.length), most: view.rules.length, last: true },
      { least: Math.min(4, tableRowsOf(view)), most: tableRowsOf(view) },
      {
        least: isAiry ? NEWS_RESERVED : Math.min(1, news),
        most: Math.max(isAiry ? NEWS_RESERVED : 0, news),
        last: true,
      },
    ],
  );
  const blocks = [
    figureRows >= figures.length ? figures : figureRows > 0 ? [figuresInOneLine(view)] : [],
    objectiveLines(view.rules, columns, ruleRows),
    tableLines(view, columns, tableRows),
    newsLines(view.news, columns, newsRows),
  ];
  return [...head, ...parted(blocks, isAiry)];
}

const tableRowsOf = ({ operations }: LiveView) => operations.length === 0 ? 1 : 1 + operations.length;

interface Wish {
  least: number;
  most: number;
  /** It grows only after all others have their most. */
  last?: boolean;
}

/** Rows for each wish: the least of all first, then the most, in their order. */
function shareRows(rows: number, wishes: readonly Wish[]): number[] {
  let left = rows;
  const take = (wanted: number) => {
    const taken = Math.max(0, Math.min(left, wanted));
    left -= taken;
    return taken;
  };
  const taken = wishes.map((wish) => take(wish.least));
  for (const isLast of [false, true]) {
    for (const [i, { most, last = false }] of wishes.entries()) {
      if (last === isLast) taken[i] = (taken[i] ?? 0) + take(most - (taken[i] ?? 0));
    }
  }
  return taken;
}

function parted(blocks: readonly Line[][], isAiry: boolean): Line[] {
  return blocks.filter((block) => block.length > 0)
    .flatMap((block, i) => isAiry && i > 0 ? [[], ...block] : block);
}

function tableLines(view: LiveView, columns: number, rows: number): Line[] {
  if (rows < 1) return [];
  if (view.operations.length === 0) return [[span("Waiting for the first calls to end", "dim")]];
  const { latency_columns, operations } = view;
  if (rows < 2) return [];
  return renderOperations({ latency_columns, operations, total: null, error_share: false, grows: true }, columns, rows);
}

const NEWS_MARKS: Readonly<Record<NewsItem["tone"], readonly [mark: string, tone: Tone]>> = {
  info: ["·", "dim"],
  warn: ["!", "warn"],
  fail: ["✕", "fail"],
};

/** The newest, each with its instant; the newest stands last. */
function newsLines(news: readonly NewsItem[], columns: number, rows: number): Line[] {
  const shown = rows <= 0 ? [] : news.slice(-rows);
  const clocks = shown.map(({ t_ms }) => formatClock(t_ms));
  const width = Math.max(4, ...clocks.map((clock) => clock.length));
  return shown.map(({ tone, text }, i) => {
    const [mark, color] = NEWS_MARKS[tone];
    const clock = clocks[i] ?? "";
    return cutLine([
      gap(width - clock.length),
      span(clock, "dim"),
      gap(2),
      signs(mark, color),
      gap(1),
      span(text),
    ], columns);
  });
}

const ERROR_KINDS = 10;

/** Head, all columns, failures, further figures of each operation, findings in full. */
function renderDetails(view: LiveView, { columns, rows }: Space): Line[] {
  const head = [...headLines(view, columns), figuresInOneLine(view)];
  const errors = errorLines(view.failures, columns, ERROR_KINDS);
  const details = detailLines(view.details, columns);
  const news = view.news.flatMap(({ t_ms, text }) => wrapNews(t_ms, text, columns));
  const isAiry = rows >= AIRY_ROWS;
  const [tableRows = 0, errorRows = 0, detailRows = 0, newsRows = 0] = shareRows(
    rows - head.length - (isAiry ? BLANKS + 1 : 0),
    [
      { least: Math.min(4, tableRowsOf(view)), most: tableRowsOf(view) },
      { least: Math.min(4, errors.length), most: errors.length },
      { least: Math.min(4, details.length), most: details.length },
      { least: Math.min(1, news.length), most: news.length },
    ],
  );
  const { latency_columns, operations } = view;
  const table = operations.length === 0 ? tableLines(view, columns, tableRows) : renderOperations(
    { latency_columns, operations, total: null, error_share: true, grows: true },
    columns,
    tableRows,
  );
  const blocks = [
    tableRows < 1 ? [] : table,
    withRest(errors, errorRows),
    withRest(details, detailRows),
    newsRows < 1 ? [] : news.slice(-newsRows),
  ];
  return isAiry ? [...head, [], ...parted(blocks, true)] : [...head, ...parted(blocks, false)];
}

function wrapNews(t_ms: number, text: string, columns: number): Line[] {
  const clock = formatClock(t_ms).padStart(4);
  return wrapText(cleanText(text), Math.max(1, columns - clock.length - 2)).map((part, i): Line => [
    i === 0 ? signs(clock, "dim") : gap(clock.length),
    gap(2),
    span(part),
  ]);
}

/** As many lines as fit; the last one says that there is more. */
function withRest(lines: readonly Line[], rows: number): Line[] {
  if (lines.length <= rows) return [...lines];
  if (rows < 1) return [];
  return [...lines.slice(0, rows - 1), [
    span(`+${lines.length - rows + 1} more lines; a taller window shows them`, "dim"),
  ]];
}
