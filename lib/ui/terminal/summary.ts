/** The summary of a finished run on one screen. Pure. */
import { formatClock, formatCount } from "../../plan/units.ts";
import { ruleMark } from "./marks.ts";
import { renderOperations } from "./operations.ts";
import { cutLine, fit, gap, joinParts, type Line, lineWidth, signs, span } from "./style.ts";
import { cleanText, textWidth, wrapText } from "./text.ts";
import type { RuleView } from "../views/rule_view.ts";
import type { ErrorView, SummaryView } from "../views/summary_view.ts";

/** Longer lines are hard to read. */
const WIDTH_MAX = 100;
const SENTENCE_MAX = 80;
/** Longest verdict in words, as in every other form of the report; characters. */
const VERDICT_MAX = 1000;
/** Most lines of the verdict where it stands a second time. */
const VERDICT_LINES = 6;
const LABEL = 9;
/** Longest path that operating systems allow; characters. */
const PATH_MAX = 4096;
const ERRORS_MAX = 5;
/** Fewest columns for a server's message, and most lines of it. */
const EXAMPLE_MIN = 16;
const EXAMPLE_LINES = 4;
const OPERATION_LINES_MAX = 16;
const OPERATION_LINES_MIN = 6;

/**
 * Draws the summary for `space.rows` lines. To fit, it leaves out operations, but nothing else. Where it is longer all the
 * same, the verdict stands at its end once more: what has scrolled away, nobody reads.
 */
export function renderSummary(view: SummaryView, space: { columns: number; rows: number }): Line[] {
  const columns = Math.min(WIDTH_MAX, space.columns);
  const before = [verdictLine(view), ...sentenceLines(view, columns), [], ...ruleLines(view.rules, columns)];
  const details = detailLines(view, columns);
  const after = [
    ...errorLines(view, columns),
    ...repeatLines(view),
    ...movedLines(view),
    ...machineLines(view, columns),
  ];
  const ending = endLines(view);
  const spare = space.rows - before.length - after.length - ending.length - BLANKS -
    (details.length === 0 ? 0 : details.length + 1);
  const linesMax = Math.min(OPERATION_LINES_MAX, Math.max(OPERATION_LINES_MIN, spare));
  const table = operationLines(view, columns, linesMax);
  const body = [...before, ...block(table), ...block(details), ...block(after)].map((line) => cutLine(line, columns));
  const lines = [...body, ...after.length > 0 ? [] : [[]], ...ending];
  // The prompt after it takes a row, too.
  if (lines.length < space.rows) return lines;
  return [...lines.slice(0, -ending.length), ...verdictAgain(view, columns), ...ending];
}

/** The verdict in words, under its label. */
function verdictAgain(view: SummaryView, columns: number): Line[] {
  const [first, ...rest] = wrapText(cleanText(`${view.verdict}: ${view.sentence}`, VERDICT_MAX), columns - LABEL);
  const words = (first ?? view.verdict).slice(view.verdict.length);
  const lines: Line[] = [[span(view.verdict, view.tone, true), span(words)], ...rest.map((text) => [span(text)])];
  return labelled("verdict", lines.slice(0, VERDICT_LINES));
}

const BLANKS = 3;

function block(lines: Line[]): Line[] {
  return lines.length === 0 ? [] : [[], ...lines];
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
  return rules.map((rule) => {
    const failed = rule.state === "fail";
    return [
      ruleMark(rule.state),
      gap(1),
      ...fit(span(rule.source), source, "left"),
      gap(3),
      ...fit(span(rule.observed, failed ? "fail" : "plain", failed), observed, "right"),
      ...range > 0 ? [gap(3), ...fit(span(rule.range, "dim"), range, "left")] : [],
      gap(3),
      span(rule.where, "dim"),
    ];
  });
}

function operationLines(view: SummaryView, columns: number, linesMax: number): Line[] {
  if (view.operations.length === 0) return [[span("No call ended, so there is nothing to measure.", "dim")]];
  const { latency_columns, operations, total } = view;
  return renderOperations({ latency_columns, operations, total, error_share: true }, columns, linesMax);
}

/** One row per operation: its name and its main figures; long rows wrap between figures. */
function detailLines({ details }: SummaryView, columns: number): Line[] {
  const names = details.map(({ name }) => cleanText(name));
  const nameWidth = Math.min(NAME_MAX, Math.max(0, ...names.map((name) => textWidth(name))));
  return details.flatMap(({ text }, at) =>
    joinedParts(cleanText(text).split(" · "), columns - nameWidth - 2).map((line, i): Line => [
      ...fit(span(i === 0 ? names[at] ?? "" : "", "dim"), nameWidth, "left"),
      gap(2),
      span(line),
    ])
  );
}

const NAME_MAX = 24;

/** Joins parts with ` · ` into lines of at most `columns`; a longer part wraps between words. */
function joinedParts(parts: readonly string[], columns: number): string[] {
  const lines: string[] = [];
  for (const part of parts.flatMap((one) => wrapText(one, Math.max(1, columns)))) {
    const last = lines.at(-1);
    const longer = `${last} · ${part}`;
    if (last === undefined || textWidth(longer) > columns) lines.push(part);
    else lines[lines.length - 1] = longer;
  }
  return lines;
}

/** Lines with a label before the first one. */
function labelled(label: string, lines: Line[]): Line[] {
  return lines.map((line, i) => [...fit(span(i === 0 ? label : "", "dim"), LABEL, "left"), ...line]);
}

function errorLines(view: SummaryView, columns: number): Line[] {
  const shown = view.errors.slice(0, ERRORS_MAX);
  const widest = (text: (error: ErrorView) => string, most: number) =>
    Math.min(most, Math.max(0, ...shown.map((error) => textWidth(cleanText(text(error))))));
  const count = widest((error) => formatCount(error.count), 12);
  const type = widest((error) => error.type, 32);
  const operation = widest((error) => error.operation, 28);
  const lines = shown.flatMap((error): Line[] => {
    const line = joinParts([
      fit(span(formatCount(error.count)), count, "right"),
      fit(span(error.type), type, "left"),
      fit(span(error.operation), operation, "left"),
      [span(`first at ${formatClock(error.first_ms)}`, "dim")],
    ], 2);
    return withExample(line, cleanText(error.example), columns - LABEL);
  });
  const more = view.errors.length - shown.length;
  if (more > 0) lines.push([span(`+${more} more kinds`, "dim")]);
  return labelled("errors", lines.map((line) => cutLine(line, columns - LABEL)));
}

/** A server's message beside its line where it fits, else below it. */
function withExample(line: Line, example: string, columns: number): Line[] {
  if (example === "") return [line];
  if (lineWidth(line) + 2 + textWidth(example) <= columns) return [[...line, gap(2), span(example, "dim")]];
  const wrapped = wrapText(example, Math.max(EXAMPLE_MIN, columns - 2)).slice(0, EXAMPLE_LINES);
  return [line, ...wrapped.map((text): Line => [gap(2), span(text, "dim")])];
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

function machineLines(view: SummaryView, columns: number): Line[] {
  const parts = view.machine.map((part) => cleanText(part)).filter((part) => part !== "");
  return labelled("machine", joinedParts(parts, columns - LABEL).map((text) => [span(text)]));
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
