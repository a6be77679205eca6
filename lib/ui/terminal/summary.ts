/** The summary of a finished run on one screen. Pure. */
import { formatClock, formatCount } from "../../plan/units.ts";
import { detailLines, errorLines, joinedParts, LABEL_COLUMNS, labelled } from "./blocks.ts";
import { ruleMark } from "./marks.ts";
import { renderOperations } from "./operations.ts";
import { cutLine, fit, gap, type Line, lineWidth, signs, span } from "./style.ts";
import { cleanText, cutMiddle, textWidth, wrapText } from "./text.ts";
import type { RuleState, RuleView } from "../views/rule_view.ts";
import type { SummaryView } from "../views/summary_view.ts";

/** Longer lines are hard to read. */
const WIDTH_MAX = 100;
const SENTENCE_MAX = 80;
/** Longest verdict in words, as in every other form of the report; characters. */
const VERDICT_MAX = 1000;
/** Longest path that operating systems allow; characters. */
const PATH_MAX = 4096;
const ERRORS_MAX = 5;
const OPERATION_LINES_MAX = 16;

/** Where a summary is shown. */
export interface SummarySpace {
  columns: number;
  /** Height of the screen; null for a log, which has none. */
  rows: number | null;
}

/**
 * Draws the summary. On a screen it fits: the verdict stays in sight, and what is left out is counted, in this order:
 * further figures, operations, failures, rules that hold.
 */
export function renderSummary(view: SummaryView, space: SummarySpace): Line[] {
  const columns = Math.min(WIDTH_MAX, space.columns);
  const parts = partsOf(view, columns);
  const lines = space.rows === null ? whole(view, parts, columns) : fitted(view, parts, columns, space.rows);
  const ending = endLines(view);
  return [...lines.map((line) => cutLine(line, columns)), ...ending];
}

/** All that may be said, before it is cut to the screen. */
interface Parts {
  head: Line[];
  rules: Line[];
  details: Line[];
  errors: Line[];
  facts: Line[];
}

function partsOf(view: SummaryView, columns: number): Parts {
  return {
    head: [verdictLine(view), ...sentenceLines(view, columns)],
    rules: ruleLines(view.rules, columns),
    details: detailLines(view.details, columns),
    errors: errorLines(view.errors, columns, ERRORS_MAX),
    facts: [...repeatLines(view), ...movedLines(view), ...changeLines(view, columns), ...machineLines(view, columns)],
  };
}

function whole(view: SummaryView, { head, rules, details, errors, facts }: Parts, columns: number): Line[] {
  const table = operationLines(view, columns, OPERATION_LINES_MAX);
  return parted([[...head], rules, table, details, [...errors, ...facts]], errors.length + facts.length === 0);
}

/** Blocks with a blank line between them; `trailing`: one after the last, too. */
function parted(blocks: readonly Line[][], trailing: boolean): Line[] {
  const lines = blocks.filter((block) => block.length > 0).flatMap((block, i) => i === 0 ? block : [[], ...block]);
  return trailing ? [...lines, []] : lines;
}

/** Fewest lines of a table that still says something: titles, one operation, a count of the others, all of them. */
const TABLE_LEAST = 4;
/** Lines of most tables, which have precedence over rules that hold. */
const TABLE_USUAL = 8;

/**
 * The screen's rows, shared: the verdict, rules that do not hold and the path of the report first, then the others in the
 * order of their weight.
 */
function fitted(view: SummaryView, parts: Parts, columns: number, rows: number): Line[] {
  const { head, rules, details, errors, facts } = parts;
  let left = rows - PROMPT_ROWS - head.length - rowsOf(endLines(view), columns);
  const isAiry = left >= AIRY_FROM;
  if (isAiry) left -= BLANKS;
  const take = (wanted: number) => {
    const taken = Math.max(0, Math.min(wanted, left));
    left -= taken;
    return taken;
  };
  const tableMost = tableLinesOf(view);
  const brokenRows = take(brokenLines(view.rules));
  const tableLeast = take(Math.min(TABLE_LEAST, tableMost));
  const errorLeast = take(Math.min(ERRORS_LEAST, errors.length));
  const tableUsual = tableLeast + take(Math.min(TABLE_USUAL, tableMost) - tableLeast);
  const ruleRows = brokenRows + take(rules.length - brokenRows);
  const factRows = take(facts.length);
  const tableRows = tableUsual + take(Math.min(OPERATION_LINES_MAX, tableMost) - tableUsual);
  const errorRows = errorLeast + take(errors.length - errorLeast);
  const detailRows = left - (isAiry ? 1 : 0) < Math.min(DETAILS_LEAST, details.length) ? 0 : left - (isAiry ? 1 : 0);
  const blocks = [
    head,
    someRules(view.rules, rules, ruleRows),
    tableRows < 1 ? [] : operationLines(view, columns, tableRows),
    withRest(details, detailRows),
    [...withRest(errors, errorRows), ...facts.slice(0, factRows)],
  ];
  return isAiry ? parted(blocks, errorRows + factRows === 0) : blocks.flat();
}

/** Rows that lines take in the window: the path of the report may be long. */
export function rowsOf(lines: readonly Line[], columns: number): number {
  return lines.reduce((sum, line) => sum + Math.max(1, Math.ceil(lineWidth(line) / Math.max(1, columns))), 0);
}

/** Rules that do not hold, and the count of the others. */
function brokenLines(rules: readonly RuleView[]): number {
  const broken = rules.filter(({ state }) => state !== "pass").length;
  return Math.min(rules.length, broken + 1);
}

/** The prompt that follows, of which many take two rows. */
const PROMPT_ROWS = 2;
/** In a lower window the lines are needed more than the air. */
const AIRY_FROM = 14;
/** After the verdict, the rules and the table. */
const BLANKS = 3;
/** Lines of failures that have precedence over rules that hold. */
const ERRORS_LEAST = 3;
const DETAILS_LEAST = 3;

function tableLinesOf({ operations, total }: SummaryView): number {
  return operations.length === 0 ? 1 : 1 + operations.length + (total === null ? 0 : 1);
}

function withRest(lines: readonly Line[], rows: number): Line[] {
  if (lines.length <= rows) return [...lines];
  if (rows < 1) return [];
  return [...lines.slice(0, rows - 1), [span(`+${lines.length - rows + 1} more lines in the report`, "dim")]];
}

/** What must be said first where not all fit. */
const RULE_ORDER: readonly RuleState[] = ["fail", "unknown", "warn", "pass"];

/** The lines of the rules, and how many are left out; those that do not hold come first. */
function someRules(rules: readonly RuleView[], lines: readonly Line[], rows: number): Line[] {
  if (lines.length <= rows) return [...lines];
  if (rows < 1) return [];
  const urgent = rules.toSorted((a, b) => RULE_ORDER.indexOf(a.state) - RULE_ORDER.indexOf(b.state));
  const chosen = new Set(urgent.slice(0, rows - 1));
  const hidden = urgent.slice(rows - 1);
  const counts = RULE_ORDER.map((state) => ({ state, count: hidden.filter((rule) => rule.state === state).length }))
    .filter(({ count }) => count > 0)
    .flatMap(({ state, count }, i) => [gap(i === 0 ? 0 : 3), ruleMark(state), gap(1), span(`${count} more`)]);
  return [...lines.filter((_, i) => rules[i] !== undefined && chosen.has(rules[i])), counts];
}

function verdictLine(view: SummaryView): Line {
  return [
    span(view.verdict, view.tone, true),
    gap(2),
    span(view.scenario, "plain", true),
    span(`, ${formatClock(view.duration_ms)}, ${formatCount(view.calls)} calls,`),
    gap(1),
    ...looseEnds(view),
  ];
}

/** What became of the calls that no service ended. */
function looseEnds({ unfinished, in_flight, unaccounted }: SummaryView): Line {
  if (in_flight !== null) return [span(`${formatCount(in_flight)} in flight when it broke off`)];
  const lost = `${formatCount(unaccounted)} unaccounted`;
  return [
    ...unfinished === 0 ? [] : [span(`${formatCount(unfinished)} unfinished`, "warn"), span(","), gap(1)],
    unaccounted === 0 ? span(lost) : span(lost, "fail", true),
  ];
}

function sentenceLines(view: SummaryView, columns: number): Line[] {
  const width = Math.min(SENTENCE_MAX, columns);
  const sentence = view.sentence === ""
    ? []
    : wrapText(cleanText(view.sentence, VERDICT_MAX), width).map((text) => [span(text)]);
  const advice = view.advice.flatMap((text) =>
    wrapText(cleanText(text), width - 2).map((part, i) => [i === 0 ? span("→", "warn") : gap(1), gap(1), span(part)])
  );
  return [...sentence, ...advice];
}

/** Mark, rule, observed value, range, place; each in its own column. */
function ruleLines(rules: readonly RuleView[], columns: number): Line[] {
  const widest = (text: (rule: RuleView) => string, most: number) =>
    Math.min(most, Math.max(0, ...rules.map((rule) => textWidth(cleanText(text(rule))))));
  const observed = widest((rule) => rule.observed, 16);
  const range = widest((rule) => rule.range, 20);
  const source = widest((rule) => rule.source, Math.max(16, columns - 2 - 3 - observed - (range > 0 ? range + 3 : 0)));
  // Half a word says nothing.
  const room = (...widths: number[]) =>
    columns - 2 - widths.reduce((sum, width) => sum + (width > 0 ? width + 3 : 0), 0);
  return rules.map((rule) => {
    const failed = rule.state === "fail";
    return [
      ruleMark(rule.state),
      gap(1),
      ...fit(span(cutMiddle(cleanText(rule.source), source)), source, "left"),
      gap(3),
      ...fit(span(rule.observed, failed ? "fail" : "plain", failed), observed, "right"),
      ...range > 0 ? [gap(3), ...fit(span(rule.range, "dim"), range, "left")] : [],
      ...textWidth(cleanText(rule.where)) > room(source, observed, range) ? [] : [gap(3), span(rule.where, "dim")],
    ];
  });
}

function operationLines(view: SummaryView, columns: number, linesMax: number): Line[] {
  if (view.operations.length === 0) return [[span("No call ended, so there is nothing to measure.", "dim")]];
  const { latency_columns, operations, total } = view;
  return renderOperations({ latency_columns, operations, total, error_share: true }, columns, linesMax);
}

/** How much of the error rate users made who were refused and tried again. */
function repeatLines({ repeats }: SummaryView): Line[] {
  return repeats === "" ? [] : labelled("repeats", [[span(repeats)]]);
}

/** Calls that succeeded only because they were retried on another connection: always shown. */
function movedLines({ moved }: SummaryView): Line[] {
  if (moved.length === 0) return [];
  const calls = moved.reduce((sum, one) => sum + one.calls, 0);
  const services = moved.map(({ service }) => cleanText(service)).join(", ");
  const noun = calls === 1 ? "call" : "calls";
  return labelled("moved", [[span(`${formatCount(calls)} ${noun} to another connection (${services})`)]]);
}

/** The first time that the P95 rose, and what else changed then. */
function changeLines({ changes }: SummaryView, columns: number): Line[] {
  const [first] = changes;
  if (first === undefined) return [];
  const more = changes.length === 1 ? "" : ` ${formatCount(changes.length - 1)} more in the report.`;
  const text = cleanText(`${first}${more}`, VERDICT_MAX);
  return labelled("changed", wrapText(text, columns - LABEL_COLUMNS).map((line) => [span(line)]));
}

function machineLines(view: SummaryView, columns: number): Line[] {
  const parts = view.machine.map((part) => cleanText(part)).filter((part) => part !== "");
  return labelled("machine", joinedParts(parts, columns - LABEL_COLUMNS).map((text) => [span(text)]));
}

/** The path of the report, never cut, so that the user can copy it. */
function endLines(view: SummaryView): Line[] {
  const report = view.report_path === ""
    ? []
    : labelled("report", [[signs(cleanText(view.report_path, PATH_MAX), "plain")]]);
  const meaning = view.exit_meaning === "" ? [] : [gap(2), span(view.exit_meaning, "dim")];
  const code = span(String(view.exit_code), view.exit_code === 0 ? "plain" : view.tone, true);
  return [...report, ...labelled("exit", [[code, ...meaning]])];
}
