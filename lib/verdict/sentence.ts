/** The verdict in one plain sentence: which objective decided it, by how much, and how the others fared. */
import {
  type Distribution,
  DISTRIBUTION_NAMES,
  DISTRIBUTIONS,
  type Figure,
  type Measure,
} from "../plan/threshold/threshold.ts";
import { formatNumber } from "../plan/units.ts";
import type { Run } from "../result/run.ts";
import { abortedRun } from "./abort_event.ts";
import { recoveryOf } from "./estimate.ts";
import { formatMeasure } from "./format_measure.ts";
import type { RuleOutcome, Verdict } from "./verdict.ts";

/** @param invalid why the run cannot carry a PASS, or null */
export function sentenceFor(
  run: Run,
  status: Verdict["status"],
  rules: readonly RuleOutcome[],
  invalid: string | null,
): string {
  const broken = rules.filter((rule) => !rule.passed && rule.threshold.level !== "warn");
  const first = broken.find(({ threshold }) => abortedRun(run, threshold)) ?? worstOf(broken);
  if (status === "INVALID" || first === undefined) return invalid ?? allHold(run, rules);
  const rest = rules.length - broken.length;
  const others = broken.length > 1
    ? ` ${count(broken.length - 1, "more objective")} ${isAre(broken.length - 1)} broken.`
    : "";
  const held = rest > 0 ? ` The other ${rest === 1 ? "objective holds" : `${number(rest)} hold`}.` : "";
  return `${describeBroken(run, first)}${others}${held}${invalid === null ? "" : ` ${invalid}`}`;
}

/** Failed calls come first: what the others took says little then. Of equals the one furthest past its limit. */
function worstOf(broken: readonly RuleOutcome[]): RuleOutcome | undefined {
  const rank = ({ threshold: { measure }, observed }: RuleOutcome) =>
    measure.kind === "error_rate" ? 0 : observed === null ? 2 : 1;
  return broken.toSorted((a, b) => rank(a) - rank(b) || (b.ratio ?? 0) - (a.ratio ?? 0))[0];
}

function allHold(run: Run, rules: readonly RuleOutcome[]): string {
  if (rules.length === 0) return "The run ended; no objective was set.";
  const warned = rules.filter((rule) => !rule.passed).length;
  const warning = warned > 0 ? ` ${count(warned, "warning")} below.` : "";
  return `${rules.length === 1 ? "The objective holds" : `All ${number(rules.length)} objectives hold`} at ${
    loadOf(run)
  }.${warning}`;
}

/** What the run was under: users, or with an open load the arrivals. */
function loadOf(run: Run): string {
  if (run.plan.loads.every(({ kind }) => kind === "closed")) return `${run.peak_users} users`;
  const seconds = run.window_ms() / 1000;
  return seconds === 0 ? "no arrivals" : `${formatNumber(run.generator.due / seconds)} arrivals/s`;
}

function describeBroken(run: Run, rule: RuleOutcome): string {
  const { threshold, observed, observed_text, worst, unsure } = rule;
  const { measure, comparison } = threshold;
  const who = worst ?? threshold.operations;
  const where = threshold.stage === null ? "" : ` in stage ${threshold.stage}`;
  if (observed === null) return describeNothing(run, rule, where);
  const seen = `${subjectOf(measure)} ${observed_text}`;
  const limit = formatMeasure(measure, threshold.limit);
  if (unsure !== null) return `${who ?? "All calls together"}: ${seen}${where} keeps ${limit}, but on ${unsure}.`;
  const allowed = `where ${limit} is ${comparison.startsWith("<") ? "allowed" : "asked"}`;
  const complaint = complaintOf(measure, who);
  if (complaint !== null) return `${complaint}${where}: ${observed_text} ${allowed}.`;
  const slow = "of" in measure && comparison.startsWith("<") && SLOW.has(measure.of as Distribution);
  return `${who ?? "All calls together"}${slow ? " answered too slowly" : ""}${where}: ${seen} ${allowed}.`;
}

function describeNothing(run: Run, { threshold, worst }: RuleOutcome, where: string): string {
  const { measure, operations, source, stage } = threshold;
  const who = worst ?? operations ?? "All calls together";
  if (measure.kind === "recovery_time") {
    const recovery = recoveryOf(run);
    return `No recovery can be judged for ${source}${recovery.state === "unknown" ? `: ${recovery.why}` : ""}.`;
  }
  if (measure.kind === "drift") return `Too few minutes${where} to tell a drift from noise (${source}).`;
  if (measure.kind === "resource") return `Nothing was read of ${measure.of}${where} for ${source}.`;
  const operation = worst ?? operations;
  const total = run.total({
    ...(operation === null ? {} : { operations: operation }),
    ...(stage === null ? {} : { stage }),
  });
  const none = total.issued === 0 ? "; no call was started" : "; no call succeeded";
  const why = total.outcomes.ok === 0 ? none : "";
  return `${who}: nothing to measure${where} for ${source}${why}.`;
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
      return `${measure.shape} ${measure.of}`;
    case "drift":
      return `drift of ${readable(measure.of)}`;
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
  error_rate: (who) => who === null ? "Too many calls failed" : `${who} failed too often`,
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
};

const ofWhom = (who: string | null) => who === null ? "" : ` of ${who}`;

function complaintOf(measure: Measure, who: string | null): string | null {
  if (measure.kind === "drift") return `${readable(measure.of).replace(/^./, (c) => c.toUpperCase())} drifts`;
  return measure.kind in COMPLAINTS ? COMPLAINTS[measure.kind as Figure](who) : null;
}

const readable = (name: string) => name.replaceAll("_", " ");
const isAre = (n: number) => n === 1 ? "is" : "are";
const WORDS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];
const number = (n: number) => WORDS[n] ?? String(n);
const count = (n: number, noun: string) =>
  `${number(n).replace(/^./, (c) => c.toUpperCase())} ${noun}${n === 1 ? "" : "s"}`;
