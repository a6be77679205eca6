/** The verdict in one plain sentence: which objective decided it, by how much, and how the others fared. */
import type { Run } from "../result/run.ts";
import { formatMeasure } from "./format_measure.ts";
import type { RuleOutcome, Verdict } from "./verdict.ts";

/** @param invalid why the run cannot carry a PASS, or null */
export function sentenceFor(
  run: Run,
  status: Verdict["status"],
  rules: readonly RuleOutcome[],
  invalid: string | null,
): string {
  const broken = rules.filter((rule) => !rule.passed && rule.threshold.level === "fail");
  const [first] = broken;
  if (status === "INVALID" || first === undefined) return invalid ?? allHold(run, rules);
  const rest = rules.length - broken.length;
  const others = broken.length > 1
    ? ` ${count(broken.length - 1, "more objective")} ${isAre(broken.length - 1)} broken.`
    : "";
  const held = rest > 0 ? ` The other ${rest === 1 ? "objective holds" : `${number(rest)} hold`}.` : "";
  return `${describeBroken(first)}${others}${held}${invalid === null ? "" : ` ${invalid}`}`;
}

function allHold(run: Run, rules: readonly RuleOutcome[]): string {
  if (rules.length === 0) return "The run ended; no objective was set.";
  const warned = rules.filter((rule) => !rule.passed).length;
  const users = `${run.peak_users} users`;
  const warning = warned > 0 ? ` ${count(warned, "warning")} below.` : "";
  return `${
    rules.length === 1 ? "The objective holds" : `All ${number(rules.length)} objectives hold`
  } at ${users}.${warning}`;
}

function describeBroken({ threshold, observed, observed_text, worst }: RuleOutcome): string {
  const { measure, comparison } = threshold;
  const who = worst ?? threshold.operations ?? "All calls together";
  const where = threshold.stage === null ? "" : ` in stage ${threshold.stage}`;
  if (observed === null) return `${who}: nothing to measure${where} for ${threshold.source}; no call succeeded.`;
  const limit = formatMeasure(measure, threshold.limit);
  const allowed = comparison.startsWith("<") ? `where ${limit} is allowed` : `where ${limit} is asked`;
  switch (measure.kind) {
    case "error_rate":
      return worst === null
        ? `Too many calls failed${where}: ${observed_text} ${allowed}.`
        : `${worst} failed too often${where}: ${observed_text} ${allowed}.`;
    case "load":
      return `The scenario's load was not reached: ${observed_text} of the users ${allowed}.`;
    case "throughput":
    case "calls":
      return `${who} fell short${where}: ${observed_text} ${allowed}.`;
    case "percentile":
      return `${who} answered too slowly${where}: P${measure.percentile} ${
        readable(measure.of)
      } ${observed_text} ${allowed}.`;
    default:
      return `${who} answered too slowly${where}: ${measure.kind} ${readable(measure.of)} ${observed_text} ${allowed}.`;
  }
}

const readable = (name: string) => name.replaceAll("_", " ");
const isAre = (n: number) => n === 1 ? "is" : "are";
const WORDS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];
const number = (n: number) => WORDS[n] ?? String(n);
const count = (n: number, noun: string) =>
  `${number(n).replace(/^./, (c) => c.toUpperCase())} ${noun}${n === 1 ? "" : "s"}`;
