/** The report as Markdown, for a pull request, a chat or the summary of a GitHub step. */
import { energyFacts } from "../figures/energy.ts";
import { errorRate } from "../../measure/series.ts";
import { HEADLINE } from "../../plan/threshold/threshold.ts";
import { formatClock, formatCount, formatDuration, formatPercent, formatRate } from "../../plan/units.ts";
import type { Run } from "../../result/run.ts";
import { generatorFit } from "../../verdict/generator_fit.ts";
import type { RuleOutcome, Verdict } from "../../verdict/verdict.ts";
import { figureText, plainPercentile } from "../figures/estimates.ts";
import { gpuFigures, hostFigures, loadText } from "../figures/facts.ts";
import { instantText, percentileName, type Row, rowsOf, selectionOf } from "../figures/figures.ts";
import { dataText, intervalText, leftOutText, levelText, omissions, reachText, ruleState } from "../figures/rules.ts";
import { escapeMarkdown } from "../format/escape.ts";
import { nameOf, ROWS_MAX, table } from "./markdown_table.ts";
import { answerLines, kindLines } from "../text/kind_lines.ts";

/** What the document shows besides the run, and how long it may be. */
export interface MarkdownOptions {
  /** The run beside an earlier one, as Markdown; null where there is none. */
  comparison: string | null;
  /** Most bytes of UTF-8; sections that do not fit are left out, the last ones first. Default: no limit. */
  limit_bytes?: number;
}

/** Most kinds of errors: nobody reads on. */
const ERRORS_MAX = 10;
const PERCENTILES = [50, 95, 99];
const MARKS = { PASS: "✅", FAIL: "❌", INVALID: "⚠️" } as const;

/**
 * The verdict first, then objectives, comparison, operations, errors and the machine. Nothing in it is markup but what
 * june-load itself wrote.
 */
export function renderMarkdown(run: Run, verdict: Verdict, options: MarkdownOptions): string {
  const { plan } = run;
  const open = run.end === null ? `\n\n**Incomplete**: the result breaks off at ${formatClock(run.elapsed_ms)}.` : "";
  const head = `## ${MARKS[verdict.status]} ${verdict.status}: ${escapeMarkdown(plan.scenario)}\n\n${
    escapeMarkdown(verdict.sentence, 1000)
  }${open}\n`;
  const sections = [
    section("Objectives", rulesTable(verdict.rules)),
    section("Compared with an earlier run", options.comparison ?? ""),
    section(`Response time of ok calls, ${omissions(run)} left out`, operationsTable(run)),
    section("Streams, speech and load", factList([...kindLines(run), ...answerLines(run)])),
    section("Could the generator keep up?", generatorList(run)),
    section("Errors", errorList(run)),
    details("Machine", factList([...hostFigures(run), ...gpuFigures(run), ...energyFacts(run)])),
    foot(run),
  ];
  return fit(head, sections.filter((text) => text !== ""), options.limit_bytes ?? Infinity);
}

/** As many sections as fit; the head always does. */
function fit(head: string, sections: readonly string[], limit_bytes: number): string {
  const size = (text: string) => new TextEncoder().encode(text).length;
  const rest = "\nThe rest is too long for this page; the whole report is among the files of the run.\n";
  let text = head;
  for (const [at, part] of sections.entries()) {
    const room = limit_bytes - (at === sections.length - 1 ? 0 : size(rest));
    if (size(text) + size(part) + 1 > room) return text + rest;
    text += `\n${part}`;
  }
  return text;
}

const section = (title: string, body: string) => body === "" ? "" : `### ${title}\n\n${body}`;

const details = (title: string, body: string) =>
  body === "" ? "" : `<details><summary>${title}</summary>\n\n${body}\n</details>\n`;

function rulesTable(rules: readonly RuleOutcome[]): string {
  const rows = rules.map((rule) => {
    const { tone } = ruleState(rule);
    const mark = rule.undecided !== null ? "❔" : { pass: "✅", warn: "⚠️", fail: "❌" }[tone];
    const data = rule.unsure ?? (rule.data === "too little" ? dataText(rule) : "");
    const notes = [data, reachText(rule), levelText(rule), leftOutText(rule), rule.worst ?? ""];
    return [
      mark,
      escapeMarkdown(rule.threshold.source),
      escapeMarkdown(rule.observed_text),
      escapeMarkdown(intervalText(rule)),
      escapeMarkdown(notes.filter((text) => text !== "").join(", ")),
    ];
  });
  return table(["", "objective", "observed", "95 % interval", "note"], rows, "llrrl");
}

function operationsTable(run: Run): string {
  const { operations, all } = rowsOf(run);
  const cells = (row: Row) => [
    nameOf(row.name),
    formatCount(row.calls),
    formatRate(row.rate_per_s),
    row.calls === 0 ? "–" : formatPercent(errorRate(row.total)),
    ...PERCENTILES.map((p) => figureText(plainPercentile(run, HEADLINE, p, selectionOf(row)), formatDuration)),
  ];
  const rows = operations.length > 1 ? [...operations, all] : operations;
  return table(["operation", "calls", "rate", "errors", ...PERCENTILES.map(percentileName)], rows.map(cells));
}

function factList(facts: ReadonlyArray<{ name: string; text: string }>): string {
  return facts.slice(0, ROWS_MAX).map(({ name, text }) => `- ${escapeMarkdown(name)}: ${escapeMarkdown(text, 1000)}\n`)
    .join("");
}

/** Only what may have gone wrong. */
function generatorList(run: Run): string {
  if (run.slots.length === 0) return "";
  return generatorFit(run).filter(({ state }) => state === "warn" || state === "invalid").map((check) => {
    const advice = check.advice === "" ? "" : `; ${check.advice}`;
    return `- ${escapeMarkdown(`${check.name}: ${check.value}${advice}`, 1000)}\n`;
  }).join("");
}

function errorList(run: Run): string {
  const lines = run.failures.slice(0, ERRORS_MAX).map(({ count, type, operation, first_ms, example }) => {
    const said = escapeMarkdown(example, 160);
    const what = `${formatCount(count)} × ${escapeMarkdown(type, 80)}, ${escapeMarkdown(operation)}`;
    return `- ${what}, first at ${formatClock(first_ms)}${said === "" ? "" : `: ${said}`}\n`;
  });
  const more = run.failures.length - lines.length;
  return lines.join("") + (more > 0 ? `- and ${more} more kinds\n` : "");
}

function foot({ plan, header, load_end_ms }: Run): string {
  const targets = plan.services.map(({ name, address }) => `${name} at ${address}`).join(", ");
  const facts = [
    header.tool,
    instantText(header.started_at),
    loadText(plan),
    formatDuration(load_end_ms * 1000),
    `seed ${plan.seed}`,
    `from ${header.host.name}`,
    targets,
  ];
  return `<sub>${escapeMarkdown(facts.join(" · "), 1000)}</sub>\n`;
}
