/** `analysis/summary.txt`: the report on one page of plain text. */
import { energyFacts } from "../figures/energy.ts";
import { HEADLINE } from "../../plan/threshold/threshold.ts";
import { damageText } from "../../result/damage.ts";
import type { Run } from "../../result/run.ts";
import { endedCalls, errorRate } from "../../measure/series.ts";
import { formatClock, formatCount, formatDuration, formatPercent, formatRate, NO_VALUE } from "../../plan/units.ts";
import { generatorFit } from "../../verdict/generator_fit.ts";
import { steeredText } from "../../verdict/steered.ts";
import type { Verdict } from "../../verdict/verdict.ts";
import { figureOf, figureText, plainPercentile } from "../figures/estimates.ts";
import { instantText, percentileName, type Row, rowsOf, selectionOf } from "../figures/figures.ts";
import { answerLines, kindLines } from "./kind_lines.ts";
import { targetText } from "../figures/load_reached.ts";
import { slowestOf } from "../figures/slowest.ts";
import { driftLines } from "../figures/trends.ts";
import { dataText, intervalText, leftOutText, levelText, omissions, reachText, ruleState } from "../figures/rules.ts";
import { knownRises, riseText } from "../figures/what_changed.ts";
import { repeatsText } from "../figures/repeats.ts";
import { serverTexts } from "../figures/servers.ts";
import { plainText } from "../format/escape.ts";
import { textTable } from "./table.ts";
import { accounting, type Fact, gpuFigures, hostFigures, loadText } from "../figures/facts.ts";

/**
 * The verdict, the objectives, the operations, errors and the machine.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { makeRun } from "../../../tests/result/make_run.ts"; // sixty made-up seconds
 * import { evaluate } from "../../verdict/evaluate.ts";
 *
 * const run = makeRun();
 * assert.match(renderSummary(run, evaluate(run)), /llm\.chat_stream/);
 * ```
 */
export function renderSummary(run: Run, verdict: Verdict): string {
  const { plan } = run;
  const head = [
    `june-load: ${plainText(plan.scenario)}, ${instantText(run.header.started_at)}`,
    `${loadText(plan)}, ${formatDuration(run.load_end_ms * 1000)}, seed ${plan.seed}`,
    ...(run.steered.length === 0 ? [] : [`steered by hand: ${steeredText(run)}`]),
    "",
    ...(run.end === null ? [`INCOMPLETE: the result breaks off at ${formatClock(run.elapsed_ms)}`] : []),
    ...(run.damage === null ? [] : [`DAMAGED: ${damageText(run.damage)}`]),
    `${verdict.status}: ${plainText(verdict.sentence, 1000)}`,
  ];
  const parts = [
    head.map((line) => line + "\n").join(""),
    section("Objectives", objectives(run, verdict)),
    section(`Operations (response time of ok calls, ${omissions(run)} left out)`, operationsTable(run)),
    section("Streams, speech and load", factLines([...kindLines(run), ...answerLines(run)])),
    section("Stage by stage (all operations; response time of the slowest)", stagesTable(run)),
    section("When the P95 rose", knownRises(run).map((rise) => `${riseText(rise)}\n`).join("")),
    section("Drift", driftText(run)),
    section("What the servers counted (warm-up included)", serverLines(run)),
    section("Could the generator keep up?", generatorLines(run)),
    section("Errors", errors(run)),
    section("Machine", machine(run)),
    section("Accounting", accountingLines(run)),
  ];
  return parts.filter((part) => part !== "").join("\n");
}

function section(title: string, body: string): string {
  return body === "" ? "" : `${title}\n${body}`;
}

function objectives({ plan }: Run, verdict: Verdict): string {
  const rows = verdict.rules.map((rule) => {
    const { tone } = ruleState(rule);
    const mark = rule.undecided !== null ? "open  " : { pass: "ok    ", warn: "warn  ", fail: "BROKEN" }[tone];
    return [
      `${mark}  ${rule.threshold.source}`,
      rule.observed_text,
      intervalText(rule),
      rule.unsure ?? dataText(rule),
      reachText(rule),
      levelText(rule),
      leftOutText(rule),
      rule.worst ?? "",
    ];
  });
  if (rows.length === 0) return "";
  const shown = (rows[0] ?? []).map((_, column) => column).filter((column) => rows.some((row) => row[column] !== ""));
  const strict = plan.strict ? "Strict: a rule holds only where enough was measured to be sure of it.\n" : "";
  return textTable(rows.map((row) => shown.map((column) => row[column] ?? ""))) + strict;
}

function operationsTable(run: Run): string {
  const { operations, all } = rowsOf(run);
  const { percentiles } = run.plan;
  const cutOff = all.total.outcomes.unfinished > 0;
  const head = [
    "operation",
    "calls",
    "share",
    "rate",
    "errors",
    ...(cutOff ? ["unfinished"] : []),
    "min",
    "mean",
    ...percentiles.map(percentileName),
    "max",
  ];
  const cells = (row: Row) => {
    const { name, calls, share, rate_per_s, total, values } = row;
    const response = values.histogram(HEADLINE);
    const time = (us: number) => response.count === 0 ? NO_VALUE : formatDuration(us);
    return [
      name,
      formatCount(calls),
      formatPercent(share),
      formatRate(rate_per_s),
      formatPercent(errorRate(total)),
      ...(cutOff ? [formatCount(total.outcomes.unfinished)] : []),
      time(response.min),
      time(response.mean),
      ...percentiles.map((p) => figureText(plainPercentile(run, HEADLINE, p, selectionOf(row)), formatDuration)),
      figureText(figureOf(run, { kind: "max", of: HEADLINE }, selectionOf(row)), formatDuration),
    ];
  };
  return textTable([head, ...[...operations, all].map(cells)]);
}

function errors(run: Run): string {
  const shown = run.failures.slice(0, 20).map(({ count, type, operation, first_ms, example }) => {
    const details = plainText(example, 160);
    return `${formatCount(count)} ${plainText(type, 80)} ${operation} (first at ${formatClock(first_ms)})${
      details === "" ? "" : `: ${details}`
    }\n`;
  });
  const rest = run.failures.length - shown.length;
  const repeats = repeatsText(run.total());
  if (repeats !== "") shown.unshift(`${repeats}\n`);
  return shown.join("") + (rest > 0 ? `and ${rest} more kinds, in the failures file\n` : "");
}

function stagesTable(run: Run): string {
  const { stages } = run.plan;
  if (stages.length < 2) return "";
  const head = ["stage", "asked for", "calls", "rate", "errors", "slowest", "P50", "P95", "P99"];
  const rows = stages.map((stage) => {
    const { all } = rowsOf(run, stage.name);
    const slowest = slowestOf(run, { stage: stage.name })?.operation;
    const time = (percentile: number) => {
      if (slowest === undefined) return NO_VALUE;
      const selection = { operations: slowest, stage: stage.name };
      return figureText(plainPercentile(run, HEADLINE, percentile, selection), formatDuration);
    };
    return [
      `${stage.name}${stage.warm_up && !/warm/.test(stage.name) ? " (warm-up)" : ""}`,
      targetText(run, stage),
      formatCount(all.calls),
      formatRate(all.rate_per_s),
      all.calls === 0 ? NO_VALUE : formatPercent(errorRate(all.total)),
      slowest ?? NO_VALUE,
      ...[50, 95, 99].map(time),
    ];
  });
  return textTable([head, ...rows]);
}

function driftText(run: Run): string {
  return driftLines(run).map(({ name, stage, per_hour, interval, sure }) =>
    `${name} in ${stage}: ${per_hour}${interval === "" ? "" : ` (${interval})`}${sure ? "" : ", no sure trend"}\n`
  ).join("");
}

function generatorLines(run: Run): string {
  if (run.slots.length === 0) return "";
  return generatorFit(run).map(({ name, value, state, advice }) => {
    const mark = { ok: "ok    ", unknown: "?     ", warn: "warn  ", invalid: "BROKEN" }[state];
    return `${mark}  ${name}: ${value}${advice === "" ? "" : `; ${advice}`}\n`;
  }).join("");
}

function serverLines(run: Run): string {
  return serverTexts(run).map((line) => `${line}\n`).join("");
}

function machine(run: Run): string {
  return factLines([...hostFigures(run), ...gpuFigures(run), ...energyFacts(run)]);
}

function factLines(facts: readonly Fact[]): string {
  return facts.map(({ name, text }) => `${plainText(name)}: ${text}\n`).join("");
}

function accountingLines(run: Run): string {
  const { issued, outcomes, unaccounted, in_flight } = accounting(run);
  const parts = outcomes.filter(({ count }) => count > 0).map(({ name, count }) => `${formatCount(count)} ${name}`);
  const sum = parts.length === 0 ? "none" : parts.join(" + ");
  const ended = formatCount(endedCalls(run.total({}, true).outcomes));
  const rest = run.end === null
    ? `${formatCount(in_flight)} in flight when it broke off`
    : `${formatCount(unaccounted)} unaccounted`;
  return `${formatCount(issued)} issued = ${ended} ended (${sum}) + ${rest}\n`;
}
