/** The live view of a run: a few lines that are redrawn in the same place. Pure. */
import { formatClock, formatCount, formatNumber, formatPercent, NO_VALUE } from "../../plan/units.ts";
import { progressBar, ruleMark, sparkline, timeText } from "./marks.ts";
import { renderOperations } from "./operations.ts";
import { cutLine, fit, gap, joinParts, type Line, lineWidth, signs, span } from "./style.ts";
import { cleanText, textWidth } from "./text.ts";
import type { GpuView } from "../views/gpu_view.ts";
import type { LiveView } from "../views/live_view.ts";
import type { RuleView } from "../views/rule_view.ts";

/** Size of the area to draw in; characters. */
export interface Space {
  columns: number;
  rows: number;
}

const PART_GAP = 3;
const BAR_MIN = 10;
const BAR_MAX = 28;
const SPARK_MAX = 30;
/** Lowest error rate that may fill its bars, so that a few errors do not look like an outage. */
const ERROR_BAR_TOP = 0.1;
const NOTES_MAX = 3;
const RULE_LINES_MAX = 4;

/**
 * Draws the view in at most `space.rows` lines of at most `space.columns`.
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
 * const lines = renderLive(liveView(run, evaluate(run), 30_000, false), { columns: 80, rows: 24 });
 * assert.ok(lines.length <= 24 && lines.every((line) => paint(line, "none").length <= 80));
 * ```
 */
export function renderLive(view: LiveView, space: Space): Line[] {
  const blocks = fitBlocks(view, space);
  const lines = blocks.filter((block) => block.length > 0)
    .flatMap((block, i) => i > 0 && fitsWithBlanks(blocks, space) ? [[], ...block] : block);
  return lines.slice(0, Math.max(1, space.rows)).map((line) => cutLine(line, space.columns));
}

const BLANKS = 2;

function fitsWithBlanks(blocks: readonly Line[][], space: Space): boolean {
  return blocks.reduce((sum, block) => sum + block.length, BLANKS) <= space.rows;
}

/** Head, table and foot. The foot shrinks to make room for a table of three operations, then the table shrinks. */
function fitBlocks(view: LiveView, space: Space): Line[][] {
  const { columns, rows } = space;
  const head = [...headLines(view, columns), trendLine(view, columns)];
  const tableFull = 1 + Math.max(1, view.operations.length);
  const tableLeast = Math.min(tableFull, 4);
  let foot: Line[] = [];
  for (let linesMax = RULE_LINES_MAX + NOTES_MAX + 1; linesMax >= 1; linesMax--) {
    foot = footLines(view, columns, linesMax);
    if (head.length + tableLeast + foot.length <= rows) break;
  }
  const left = rows - head.length - foot.length;
  const table = left >= 2 ? tableLines(view, columns, left - BLANKS >= tableLeast ? left - BLANKS : left) : [];
  return [head, table, foot];
}

/** One line if it fits, else two: the run, then its current figures. */
function headLines(view: LiveView, columns: number): Line[] {
  const clock = `${formatClock(view.elapsed_ms)} / ${formatClock(view.duration_ms)}`;
  const start: Line[] = [[span("june-load", "dim"), gap(2), span(view.scenario, "plain", true)], [span(clock)]];
  const stage: Line[] = [stagePart(view)];
  const load: Line[] = [
    ...loadParts(view),
    [span(`${formatNumber(view.calls_per_s)} calls/s`)],
    [span(`${formatCount(view.in_flight)} in flight`)],
    view.unfinished === 0 ? [] : [span(`${formatCount(view.unfinished)} unfinished`, "warn")],
    gpuPart(view.gpu),
  ];
  const oneLine = withBar(view, start, [...stage, ...load], columns);
  if (oneLine !== null) return [oneLine];
  const first = withBar(view, start, stage, columns) ?? joinParts([...start, ...stage], PART_GAP);
  return [first, joinParts(load, PART_GAP)];
}

/** Users, or the arrivals of open loads; always with the number of dropped arrivals. */
function loadParts({ users, arrivals }: LiveView): Line[] {
  const crowd: Line[] = users !== null ? [[span(`${formatCount(users)} users`)]] : [];
  if (arrivals === null) return crowd;
  const { offered_per_s, begun_per_s, dropped } = arrivals;
  const rates: Line = [span(`${formatNumber(offered_per_s)}/s offered, ${formatNumber(begun_per_s)} begun`)];
  return [...crowd, rates, dropped === 0 ? [] : [span(`${formatCount(dropped)} dropped`, "warn")]];
}

function withBar(view: LiveView, before: readonly Line[], after: readonly Line[], columns: number): Line | null {
  const room = columns - lineWidth(joinParts([...before, [signs("█", "accent")], ...after], PART_GAP)) + 1;
  if (room < BAR_MIN) return null;
  const share = view.duration_ms > 0 ? view.elapsed_ms / view.duration_ms : 0;
  return joinParts([...before, progressBar(share, Math.min(BAR_MAX, room)), ...after], PART_GAP);
}

function stagePart(view: LiveView): Line {
  if (view.phase === "stopping") return [span("stopping", "warn", true)];
  return view.stage === "" ? [] : [span("stage", "dim"), gap(1), span(view.stage)];
}

function gpuPart(gpu: GpuView | null): Line {
  if (gpu === null) return [];
  const use = gpu.utilization_percent === null ? NO_VALUE : `${Math.round(gpu.utilization_percent)} %`;
  const power = gpu.power_w === null ? "" : ` ${Math.round(gpu.power_w)} W`;
  return [span(gpu.label, "dim"), gap(1), span(use + power, "gpu")];
}

/** Longest name of an operation beside the bars. */
const SLOWEST_NAME_MAX = 28;
/** In narrower windows the bars need the room; the table below shows which operation it is. */
const SLOWEST_NAMED_FROM = 76;

/** P95 of the slowest operation and error rate over the last seconds, each as bars and as a number. */
function trendLine(view: LiveView, columns: number): Line {
  const p95: Line = view.slowest === null ? [span(NO_VALUE)] : joinParts([
    [span(timeText(view.slowest))],
    columns < SLOWEST_NAMED_FROM ? [] : fit(span(view.slowest.operation, "dim"), nameWidth(view), "left"),
  ], 1);
  const errors = view.error_rate === null ? NO_VALUE : formatPercent(view.error_rate);
  const tone = (view.error_rate ?? 0) > 0 ? "plain" : "dim";
  const good: Line[] = view.good_share === null
    ? []
    : [[span("good", "dim"), gap(1), span(formatPercent(view.good_share))]];
  const words = lineWidth(p95) + ["slowest p95", "errors", errors].join("").length + 4 + PART_GAP +
    good.reduce((sum, part) => sum + lineWidth(part) + PART_GAP, 0);
  const bars = Math.min(SPARK_MAX, Math.floor((columns - words) / 2));
  const p95Bars = signs(sparkline(view.p95_history_us, bars), "accent");
  const errorBars = signs(sparkline(view.error_history, bars, ERROR_BAR_TOP), tone);
  return joinParts([
    joinParts([[span("slowest p95", "dim")], nonEmpty(p95Bars), p95], 1),
    joinParts([[span("errors", "dim")], nonEmpty(errorBars), [span(errors, tone)]], 1),
    ...good,
  ], PART_GAP);
}

/** Room for the longest name, so that nothing moves when another operation is the slowest. */
function nameWidth({ operations, slowest }: LiveView): number {
  const names = [...operations.map(({ name }) => name), slowest?.operation ?? ""];
  return Math.min(SLOWEST_NAME_MAX, Math.max(1, ...names.map((name) => textWidth(cleanText(name)))));
}

function nonEmpty(piece: ReturnType<typeof signs>): Line {
  return piece.text === "" ? [] : [piece];
}

function tableLines(view: LiveView, columns: number, linesMax: number): Line[] {
  if (view.operations.length === 0) return [[span("Waiting for the first calls to end", "dim")]];
  const { latency_columns, operations } = view;
  return renderOperations({ latency_columns, operations, total: null, error_share: false }, columns, linesMax);
}

/** Rules, notes and the key hint. The hint is at the right end of the last line if there is room. */
function footLines(view: LiveView, columns: number, linesMax: number): Line[] {
  const hint = hintLine(view);
  if (linesMax <= 1) return [hint];
  const notes = view.notes.slice(-Math.min(NOTES_MAX, Math.max(0, linesMax - 2)));
  const ruleLines = ruleRows(view.rules, columns, Math.min(RULE_LINES_MAX, linesMax - 1 - notes.length));
  const lines = [...ruleLines, ...notes.map((note): Line => [span("!", "warn"), gap(1), span(note)])];
  const last = lines.at(-1) ?? [];
  const room = columns - lineWidth(last) - lineWidth(hint);
  if (room < PART_GAP) return [...lines, hint];
  return [...lines.slice(0, -1), [...last, gap(room), ...hint]];
}

function hintLine(view: LiveView): Line {
  if (view.phase === "running") return [span("ctrl-c stop", "dim")];
  const waiting = `waiting for ${formatCount(view.in_flight)} calls in flight`;
  return [span(waiting, "dim"), gap(2), span("ctrl-c stop at once", "dim")];
}

const RULE_ORDER: ReadonlyArray<RuleView["state"]> = ["fail", "warn", "unknown", "pass"];
const RULE_GAP = 4;

/** Rules in even columns, failed ones first; the last line counts the rules that do not fit, by their marks. */
function ruleRows(rules: readonly RuleView[], columns: number, linesMax: number): Line[] {
  const sorted = rules.toSorted((a, b) => RULE_ORDER.indexOf(a.state) - RULE_ORDER.indexOf(b.state));
  for (let count = sorted.length; count >= 0; count--) {
    const rows = ruleGrid(sorted.slice(0, count), hiddenCells(sorted.slice(count)), columns);
    if (rows.length <= linesMax) return rows;
  }
  return [];
}

function ruleGrid(rules: readonly RuleView[], more: readonly Line[], columns: number): Line[] {
  const spans = rules.map((rule) => ({
    mark: ruleMark(rule.state),
    source: span(rule.source, rule.state === "unknown" ? "dim" : "plain"),
    observed: span(rule.observed, rule.state === "fail" ? "fail" : "plain", rule.state === "fail"),
  }));
  const observed = Math.max(0, ...spans.map((each) => textWidth(each.observed.text)));
  const rest = 2 + (observed > 0 ? 2 + observed : 0);
  const longest = Math.max(0, ...spans.map((each) => textWidth(each.source.text)));
  const source = Math.max(1, Math.min(longest, columns - rest));
  const cells = spans.map((each): Line => [
    each.mark,
    gap(1),
    ...fit(each.source, source, "left"),
    ...observed > 0 ? [gap(2), ...fit(each.observed, observed, "right")] : [],
  ]);
  const perRow = Math.max(1, Math.floor((columns + RULE_GAP) / (rest + source + RULE_GAP)));
  const all = [...cells, ...more.length > 0 ? [joinParts(more, 2)] : []];
  return Array.from(
    { length: Math.ceil(all.length / perRow) },
    (_, i) => joinParts(all.slice(i * perRow, (i + 1) * perRow), RULE_GAP),
  );
}

function hiddenCells(rules: readonly RuleView[]): Line[] {
  return RULE_ORDER.map((state) => ({ state, count: rules.filter((rule) => rule.state === state).length }))
    .filter(({ count }) => count > 0)
    .map(({ state, count }) => [ruleMark(state), gap(1), span(`${count} more`)]);
}
