/** The verdict in one plain sentence: which objective decided it, by how much, and how the others fared. */
import {
  type Distribution,
  DISTRIBUTION_NAMES,
  DISTRIBUTIONS,
  type Figure,
  FIGURES,
  isFigureMeasure,
  type Measure,
  type Threshold,
} from "../plan/threshold/threshold.ts";
import { errorRate } from "../measure/series.ts";
import { formatCount, formatNumber } from "../plan/units.ts";
import type { Run, Selection } from "../result/run.ts";
import { abortedRun } from "./abort_event.ts";
import { leastKnown_us } from "./censoring.ts";
import { recoveryOf } from "./estimate.ts";
import { formatMeasure } from "./format_measure.ts";
import { describeErrors, describeNoneOk, reasonFor } from "./losses.ts";
import { describeCertainty } from "./run_length.ts";
import type { Inapplicable, PassCertainty, RuleOutcome, Verdict } from "./verdict.ts";
import { whenAndWhere } from "./when_and_where.ts";

/** What a verdict has to say. */
export interface Findings extends Pick<Verdict, "status" | "rules" | "certainty"> {
  /** Broken rules that decide a FAIL; the sentence names the worst of them. */
  named: readonly RuleOutcome[];
  /** Why the run cannot carry a PASS, or null. */
  invalid: string | null;
}

/** One plain sentence, or a few: what decided, when and where, and how the other rules fared. */
export function sentenceFor(run: Run, findings: Findings): string {
  const { status, rules, named, certainty, invalid } = findings;
  const broken = rules.filter((rule) => !rule.passed && rule.undecided === null && rule.threshold.level !== "warn");
  const first = broken.find(({ threshold }) => abortedRun(run, threshold)) ?? worstOf(named);
  if (status === "INVALID" || first === undefined) return invalid ?? allHold(run, rules, certainty);
  const rest = rules.filter(({ passed, undecided }) => passed && undecided === null).length;
  const others = broken.length > 1
    ? ` ${count(broken.length - 1, "more objective")} ${isAre(broken.length - 1)} broken.`
    : "";
  const held = rest > 0 ? ` The other ${rest === 1 ? "objective holds" : `${number(rest)} hold`}.` : "";
  const length = certainty === null ? null : describeCertainty(certainty);
  const longer = length === null ? "" : ` ${capital(length)}.`;
  const when = first.unsure === null ? whenAndWhere(run, first) : "";
  return `${describeBroken(run, first)}${when}${others}${held}${longer}${invalid === null ? "" : ` ${invalid}`}`;
}

/** Failed calls come first: what the others took says little then. Of equals the one furthest past its limit. */
function worstOf(broken: readonly RuleOutcome[]): RuleOutcome | undefined {
  const rank = ({ threshold: { measure }, observed, unsure }: RuleOutcome) =>
    unsure !== null ? 3 : measure.kind === "error_rate" ? 0 : observed === null ? 2 : 1;
  return broken.toSorted((a, b) => rank(a) - rank(b) || excess(b) - excess(a))[0];
}

/** How many times a value is past its limit, whichever side that is on. */
function excess({ ratio, observed, threshold }: RuleOutcome): number {
  if (ratio === null) return observed === null ? 0 : Infinity;
  return threshold.comparison.startsWith("<") ? ratio : 1 / ratio;
}

function allHold(run: Run, rules: readonly RuleOutcome[], certainty: PassCertainty | null): string {
  if (rules.length === 0) return "The run ended; no objective was set.";
  const held = rules.filter((rule) => rule.passed).length;
  const warned = rules.length - held;
  const warning = warned > 0 ? ` ${count(warned, "warning")} below.` : "";
  const length = certainty === null ? null : describeCertainty(certainty);
  const but = length === null ? "" : `, but ${length}`;
  const all = held === 0
    ? "No objective is broken"
    : held === 1
    ? "The objective holds"
    : length === null
    ? `All ${number(held)} objectives hold`
    : "All objectives hold";
  return `${all} at ${loadOf(run)}${but}.${warning}`;
}

/** What the run was under: users, or with an open load the arrivals. */
function loadOf(run: Run): string {
  if (run.plan.loads.every(({ kind }) => kind === "closed")) return `${run.peak_users} users`;
  const seconds = run.window_ms() / 1000;
  return seconds === 0 ? "no arrivals" : `${formatNumber(run.generator.due / seconds)} arrivals/s`;
}

function describeBroken(run: Run, rule: RuleOutcome): string {
  const { threshold, observed, unsure } = rule;
  const selection = selectionOf(rule);
  const lost = readsCalls(threshold.measure) && unsure === null ? describeNoneOk(run, selection) : null;
  if (lost !== null) return `${lost}.`;
  if (observed === null) return describeNothing(run, rule);
  if (threshold.measure.kind === "error_rate" && unsure === null) return describeErrorRate(run, rule);
  return `${describeMostErrors(run, rule)}${describeValue(run, rule)}`;
}

function describeErrorRate(run: Run, rule: RuleOutcome): string {
  const { threshold: { measure, limit }, observed_text } = rule;
  const selection = selectionOf(rule);
  const allowed = `${observed_text} where ${formatMeasure(measure, limit)} is allowed`;
  const errors = describeErrors(run, selection) ?? "Too few calls failed";
  return `${errors}, ${allowed}${reasonFor(run, selection)}.`;
}

/** Where most calls failed, what the others took is no headline; a sentence of its own goes before it. */
function describeMostErrors(run: Run, rule: RuleOutcome): string {
  if (!readsCalls(rule.threshold.measure)) return "";
  const selection = selectionOf(rule);
  if (errorRate(run.total(selection)) < MOST_FAILED) return "";
  return `${describeErrors(run, selection)}${reasonFor(run, selection)}. `;
}

/** Share of failed calls from which they are the news, whatever rule is broken. */
const MOST_FAILED = 0.5;

function describeValue(run: Run, rule: RuleOutcome): string {
  const { threshold, observed_text, worst, unsure } = rule;
  const { measure, comparison } = threshold;
  const who = worst ?? threshold.operations;
  const where = whereOf(rule);
  const seen = `${subjectOf(measure)} ${observed_text}`;
  const limit = formatMeasure(measure, threshold.limit);
  if (unsure !== null) return `${who ?? "All calls together"}: ${seen}${where} keeps ${limit}, but on ${unsure}.`;
  const allowed = `where ${limit} is ${comparison.startsWith("<") ? "allowed" : "asked"}`;
  const complaint = complaintOf(measure, who);
  if (complaint !== null) return `${complaint}${where}: ${observed_text} ${allowed}.`;
  if (isHidden(run, rule)) return describeHidden(run, rule);
  const slow = "of" in measure && comparison.startsWith("<") && SLOW.has(measure.of as Distribution);
  return `${who ?? "All calls together"}${slow ? " answered too slowly" : ""}${where}: ${seen} ${allowed}.`;
}

/** Of the value only a lower bound is known, and that keeps the limit: calls were given up before it. */
function isHidden(run: Run, rule: RuleOutcome): boolean {
  const { measure, comparison, limit } = rule.threshold;
  const least_us = comparison.startsWith("<") ? leastKnown_us(run, measure, selectionOf(rule)) : null;
  return least_us !== null && least_us < limit;
}

function describeHidden(run: Run, rule: RuleOutcome): string {
  const { threshold: { measure, limit }, worst, observed_text } = rule;
  const { outcomes, issued } = run.total(selectionOf(rule));
  const { timed_out, unfinished } = outcomes;
  const how = [
    ...(timed_out > 0 ? ["timed out"] : []),
    ...(unfinished > 0 ? ["were cut off by the end of the run"] : []),
  ].join(" or ");
  const who = worst ?? rule.threshold.operations;
  const given = `${formatCount(timed_out + unfinished)} of ${formatCount(issued)} calls${ofWhom(who)} ${how}`;
  return `${given}${whereOf(rule)}: ${subjectOf(measure)} is ${observed_text}, so that nobody knows whether it keeps ${
    formatMeasure(measure, limit)
  }.`;
}

function selectionOf({ threshold: { operations, stage }, worst }: RuleOutcome): Selection {
  const operation = worst ?? operations;
  return { ...(operation === null ? {} : { operations: operation }), ...(stage === null ? {} : { stage }) };
}

const whereOf = ({ threshold: { stage } }: RuleOutcome) => stage === null ? "" : ` in stage ${stage}`;

/** Measures of calls; those of machines, trends and the whole run have words of their own. */
function readsCalls(measure: Measure): boolean {
  if (measure.kind === "resource" || measure.kind === "drift") return false;
  return !isFigureMeasure(measure) || (FIGURES[measure.kind].kind !== "whole_run" && measure.kind !== "dropped");
}

function describeNothing(run: Run, rule: RuleOutcome): string {
  const { threshold, worst, inapplicable } = rule;
  const { measure, operations, source } = threshold;
  if (inapplicable?.all === true) return describeInapplicable(threshold, inapplicable);
  const where = whereOf(rule);
  const who = worst ?? operations ?? "All calls together";
  if (measure.kind === "recovery_time") {
    const recovery = recoveryOf(run);
    return `No recovery can be judged for ${source}${recovery.state === "unknown" ? `: ${recovery.why}` : ""}.`;
  }
  if (measure.kind === "drift") return `Too few minutes${where} to tell a drift from noise (${source}).`;
  if (isEnergy(measure)) return `No power was read for ${source}.`;
  if (measure.kind === "resource") {
    return `Nothing was read of ${measure.of}${
      measure.device === undefined ? "" : ` of ${measure.device}`
    }${where} for ${source}.`;
  }
  const none = run.total(selectionOf(rule)).issued === 0 ? "; no call was started" : "";
  return `${who}: nothing to measure${where} for ${source}${none}.`;
}

function describeInapplicable({ source }: Threshold, { operations, needs, instead }: Inapplicable): string {
  const [first] = operations;
  const others = operations.length > 1 ? ` and ${count(operations.length - 1, "other operation").toLowerCase()}` : "";
  const judged = instead === null ? "" : `; judge ${operations.length > 1 ? "them" : "it"} by ${readable(instead)}`;
  return `"${source}" does not apply to ${first}${others}: it needs ${needs}${judged}.`;
}

/** What a rule reads, as it is said: `P95 latency`, `mean gap`, `gpu.memory_used`. */
function subjectOf(measure: Measure): string {
  switch (measure.kind) {
    case "percentile":
      return `P${measure.percentile} ${readable(measure.of)}`;
    case "mean":
    case "min":
    case "max":
      return `${measure.kind} ${readable(measure.of)}`;
    case "resource":
      return `${measure.shape} ${measure.of}${measure.device === undefined ? "" : ` of ${measure.device}`}`;
    case "drift":
      return `drift of ${readable(measure.of)}${ofProcess(measure)}`;
    default:
      return readable(measure.kind);
  }
}

/** Times that an answer takes; of other distributions it would be wrong to say that something answered too slowly. */
const SLOW: ReadonlySet<Distribution> = new Set(
  DISTRIBUTION_NAMES.filter((name) => DISTRIBUTIONS[name].is_answer_time),
);

/** What is wrong, in words of the measure's own; null where its name says enough. */
const COMPLAINTS: Record<Figure, (who: string | null) => string> = {
  error_rate: (who) => who === null ? "Too few calls failed" : `Too few calls of ${who} failed`,
  throughput: (who) => `${who ?? "All calls together"} fell short`,
  calls: (who) => `${who ?? "All calls together"} fell short`,
  goodput: (who) => `Too few good calls${ofWhom(who)}`,
  good_rate: (who) => `Too few calls${ofWhom(who)} were good`,
  dropped: (who) => `Too many arrivals${ofWhom(who)} were dropped`,
  token_rate: (who) => `${who ?? "All calls together"} made too few tokens`,
  wer: (who) => `Speech was recognised too badly${who === null ? "" : ` by ${who}`}`,
  wer_basic: (who) => `Speech was recognised too badly${who === null ? "" : ` by ${who}`}`,
  stalled: (who) => `Audio stalled too often${ofWhom(who)}`,
  load: () => "The scenario's load was not reached",
  recovery_time: () => "Recovery took too long",
  lost_connections: () => "Too many connections were lost",
  reconnects: () => "Too many connections were opened again",
  goaways: () => "Too many connections were told to go",
  energy: () => "Too much energy was used",
  energy_per_call: () => "A call took too much energy",
  energy_per_token: () => "A token took too much energy",
  energy_per_audio_second: () => "A second of audio took too much energy",
  energy_per_turn: () => "A voice turn took too much energy",
};

const ofWhom = (who: string | null) => who === null ? "" : ` of ${who}`;

function complaintOf(measure: Measure, who: string | null): string | null {
  if (measure.kind === "drift") return `${capital(readable(measure.of))}${ofProcess(measure)} drifts`;
  return measure.kind in COMPLAINTS ? COMPLAINTS[measure.kind as Figure](who) : null;
}

const ofProcess = ({ process }: { process?: string }) => process === undefined ? "" : ` of ${process}`;

function isEnergy(measure: Measure): boolean {
  return isFigureMeasure(measure) && FIGURES[measure.kind].unit === "joule";
}

const readable = (name: string) => name.replaceAll("_", " ");
const capital = (text: string) => text.replace(/^./, (letter) => letter.toUpperCase());
const isAre = (n: number) => n === 1 ? "is" : "are";
const WORDS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];
const number = (n: number) => WORDS[n] ?? String(n);
const count = (n: number, noun: string) => `${capital(number(n))} ${noun}${n === 1 ? "" : "s"}`;
