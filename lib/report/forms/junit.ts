/** JUnit's XML, which every CI server reads: a test case for each threshold. */
import { HEADLINE } from "../../plan/threshold/threshold.ts";
import { formatCount, formatDuration, formatPercent } from "../../plan/units.ts";
import { errorRate } from "../../measure/series.ts";
import type { Run } from "../../result/run.ts";
import { generatorFit } from "../../verdict/generator_fit.ts";
import type { RuleOutcome, Verdict } from "../../verdict/verdict.ts";
import { figureText, plainPercentile } from "../figures/estimates.ts";
import { loadText } from "../figures/facts.ts";
import { percentileName, rowsOf, selectionOf } from "../figures/figures.ts";
import { dataText, intervalText, leftOutText, levelText, reachText, ruleState } from "../figures/rules.ts";
import { escapeXml } from "../format/escape.ts";

/** Longest text of a property or a message; characters. */
const TEXT_MAX = 1000;

/**
 * The thresholds as test cases, and one more: whether the run carries a verdict at all. The document is red exactly where
 * the verdict is not PASS: a rule that is broken is a failure, an INVALID run an error, a rule that nobody can decide is
 * skipped, and one that only warns passes with a note.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { makeRun } from "../../../tests/result/make_run.ts"; // sixty made-up seconds
 * import { evaluate } from "../../verdict/evaluate.ts";
 *
 * const run = makeRun({ errors: 0.1 });
 * assert.match(renderJunit(run, evaluate(run)), /<testcase .*name="error_rate &#60; 1%"[^]*<failure message="/);
 * ```
 */
export function renderJunit(run: Run, verdict: Verdict): string {
  const { plan, header } = run;
  const cases = [validCase(run, verdict), ...verdict.rules.map(ruleCase)];
  const count = (kind: Outcome) => cases.filter(({ outcome }) => outcome === kind).length;
  const totals = {
    tests: cases.length,
    failures: count("failure"),
    errors: count("error"),
    skipped: count("skipped"),
    time: seconds(run.load_end_ms),
    timestamp: header.started_at.replace(/\.\d+Z$/, ""),
  };
  const suite = { name: plan.scenario, ...totals, hostname: header.host.name };
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${attributes({ name: "june-load", ...totals })}>`,
    `  <testsuite${attributes(suite)}>`,
    ...properties(runFacts(run, verdict), "    "),
    ...cases.flatMap((one) => caseLines(plan.scenario, one)),
    "  </testsuite>",
    "</testsuites>",
    "",
  ].join("\n");
}

type Outcome = "passed" | "failure" | "error" | "skipped";
type Facts = ReadonlyArray<readonly [name: string, value: string]>;

/** One test case. */
interface Case {
  name: string;
  outcome: Outcome;
  /** In one line: what decided it; empty where it passed. */
  message: string;
  /** The same at length. */
  lines: readonly string[];
  facts: Facts;
  /** What a case that passed has to say; empty: nothing. */
  note: string;
}

/** An INVALID run must be red even where every rule holds: june-load itself was the limit, or it was cut short. */
function validCase(run: Run, { status, sentence }: Verdict): Case {
  const invalid = status === "INVALID";
  const broken = run.slots.length === 0 ? [] : generatorFit(run).filter(({ state }) => state === "invalid");
  return {
    name: "the run carries a verdict",
    outcome: invalid ? "error" : "passed",
    message: invalid ? sentence : "",
    lines: invalid ? [sentence, ...broken.map(({ name, value, advice }) => `${name}: ${value}; ${advice}`)] : [],
    facts: [],
    note: "",
  };
}

function ruleCase(rule: RuleOutcome): Case {
  const { threshold, observed_text, worst, n, undecided } = rule;
  const { tone, word } = ruleState(rule);
  const said = `${word}: ${observed_text}${worst === null ? "" : ` (${worst})`}`;
  const warned = tone === "warn" && undecided === null;
  const outcome = undecided !== null ? "skipped" : tone === "fail" ? "failure" : "passed";
  const facts = known([
    ["observed", observed_text],
    ["worst", worst ?? ""],
    ["interval_95", intervalText(rule)],
    ["n", n === 0 ? "" : formatCount(n)],
    ["data", rule.unsure ?? dataText(rule)],
    ["reach", reachText(rule)],
    ["left_out", leftOutText(rule)],
    ["level", levelText(rule)],
  ]);
  return {
    name: threshold.source,
    outcome,
    message: outcome === "passed" ? "" : said,
    lines: [`${threshold.source}`, said, ...facts.slice(1).map(([name, value]) => `${name}: ${value}`)],
    facts,
    note: warned ? `warning: ${said}` : "",
  };
}

/** What a reader of the CI server's page asks first: of what was this, and what came out. */
function runFacts(run: Run, { status, sentence }: Verdict): Facts {
  const { plan, header } = run;
  const { operations } = rowsOf(run);
  const p95 = (row: typeof operations[number]) =>
    figureText(plainPercentile(run, HEADLINE, 95, selectionOf(row)), formatDuration);
  return known([
    ["verdict", status],
    ["sentence", sentence],
    ["tool", header.tool],
    ["started_at", header.started_at],
    ["scenario", plan.scenario],
    ["load", loadText(plan)],
    ["seed", String(plan.seed)],
    ["complete", String(run.end !== null)],
    ["calls", formatCount(run.total().issued)],
    ...plan.services.map(({ name, address }) => [`target.${name}`, address] as const),
    ...operations.flatMap((row) => [
      [`${row.name}.${percentileName(95)}`, p95(row)] as const,
      [`${row.name}.error_rate`, formatPercent(errorRate(row.total))] as const,
    ]),
  ]);
}

const known = (facts: Facts): Facts => facts.filter(([, value]) => value !== "");

function caseLines(scenario: string, { name, outcome, message, lines, facts, note }: Case): string[] {
  const body = [
    ...properties(facts, "      "),
    ...(outcome === "passed" ? [] : [outcomeLine(outcome, message, lines)]),
    ...(note === "" ? [] : [`      <system-out>${escapeXml(note, TEXT_MAX)}</system-out>`]),
  ];
  const open = `    <testcase${attributes({ classname: `june-load.${scenario}`, name, time: "0" })}`;
  return body.length === 0 ? [`${open}/>`] : [`${open}>`, ...body, "    </testcase>"];
}

function outcomeLine(outcome: Exclude<Outcome, "passed">, message: string, lines: readonly string[]): string {
  const text = lines.map((line) => escapeXml(line, TEXT_MAX)).join("\n");
  const type = outcome === "skipped" ? {} : { type: outcome === "error" ? "INVALID" : "threshold" };
  return `      <${outcome}${attributes({ message, ...type })}>${text}</${outcome}>`;
}

function properties(facts: Facts, indent: string): string[] {
  if (facts.length === 0) return [];
  const lines = facts.map(([name, value]) => `${indent}  <property${attributes({ name, value })}/>`);
  return [`${indent}<properties>`, ...lines, `${indent}</properties>`];
}

function attributes(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values).map(([name, value]) => ` ${name}="${escapeXml(String(value), TEXT_MAX)}"`).join("");
}

const seconds = (ms: number) => (ms / 1000).toFixed(3);
