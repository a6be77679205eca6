/**
 * What the page shows of a running test besides the live view, as plain data: objectives with their margins, failures, the
 * generator's health, stages and connections. Numbers and strings are as in the live view.
 */
import type { ConnectionData, FailureData } from "../../measure/interval.ts";
import type { Run } from "../../result/run.ts";
import { closestFirst, markOf, sureMore, sureText, usedInterval, usedShare } from "../../report/figures/margin.ts";
import { ruleWords } from "../../report/figures/rule_words.ts";
import { intervalText, leftOutText, levelText, reachText } from "../../report/figures/rules.ts";
import { type FitCheck, generatorFit } from "../../verdict/generator_fit.ts";
import { waitsForEnd } from "./so_far.ts";
import { evaluate } from "../../verdict/evaluate.ts";
import type { RuleOutcome, Verdict } from "../../verdict/verdict.ts";

/** One rule with its margin. */
export interface ObjectiveView {
  /** The rule in words, and as the plan writes it. */
  words: string;
  source: string;
  tone: "pass" | "warn" | "fail" | "quiet";
  /** `·`: nothing measured yet. */
  mark: "✓" | "!" | "✕" | "?" | "~" | "·";
  /** What the mark means. */
  word: string;
  /** With its unit; empty when nothing was measured. */
  observed: string;
  /** Share of the limit that is used up: 1 at the limit, more past it. Null without a value. */
  used: number | null;
  /** Both ends of the interval as such shares, and in words; null and empty without one. */
  used_interval: readonly [number, number] | null;
  interval: string;
  /** The operation that is worst, where the rule is held by each. */
  worst: string | null;
  /** `certain`, `likely`, `counted`, ..., and what it would take; may be empty. */
  sure: string;
  sure_more: string;
  /** Stages left out, what a failure does; may be empty. */
  notes: string;
}

/** Calls that failed in the same way. Texts are a server's. */
export type FailureView = Pick<FailureData, "operation" | "type" | "count" | "first_ms" | "last_ms" | "example">;

/** How the load generator fares in one respect. */
export type HealthView = FitCheck;

/** A stage, and how far it is. */
export interface StageView {
  name: string;
  from_ms: number;
  to_ms: number;
  warm_up: boolean;
  /** 0 before it, 1 after it. */
  done: number;
}

/** What the page shows besides the live view. */
export interface DetailView {
  objectives: ObjectiveView[];
  /** The most frequent first; at most so many kinds as the result keeps. */
  failures: FailureView[];
  health: HealthView[];
  stages: StageView[];
  /** By service. */
  connections: ConnectionData[];
  /** June-load's own processor (100 = one core) and memory; null where it cannot be read. */
  own: { cpu_percent: number | null; memory_bytes: number | null } | null;
}

/** What takes a while to work out: every few seconds is enough. */
export interface Judgement {
  verdict: Verdict;
  health: readonly HealthView[];
}

/** Time between judgements of a running test. A verdict with all its intervals takes a tenth of a second to compute. */
export const JUDGED_EVERY_MS = 5000;

/** Judges a running test now and then: gives the last judgement until the next is due. */
export function createJudge(): (run: Run) => Judgement {
  let last: Judgement | null = null;
  let due_ms = 0;
  return (run) => {
    if (last !== null && run.elapsed_ms < due_ms) return last;
    due_ms = run.elapsed_ms + JUDGED_EVERY_MS;
    return last = { verdict: evaluate(run), health: generatorFit(run) };
  };
}

/**
 * The details of a run.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { makeRun } from "../../../tests/result/make_run.ts"; // thirty made-up seconds
 *
 * const run = makeRun({ seconds: 30 });
 * const { objectives, stages } = detailView(run, createJudge()(run));
 * assert.ok(objectives.every(({ used }) => used === null || used >= 0));
 * assert.equal(stages.find(({ name }) => name === "hold")?.done.toFixed(2), "0.45");
 * ```
 */
export function detailView(run: Run, { verdict, health }: Judgement): DetailView {
  const own = run.host.at(-1);
  return {
    objectives: verdict.rules.toSorted(closestFirst).map((rule) => objectiveView(rule, run.end !== null)),
    failures: run.failures.map(({ operation, type, count, first_ms, last_ms, example }) => ({
      operation,
      type,
      count,
      first_ms,
      last_ms,
      example,
    })),
    health: [...health],
    stages: stageViews(run),
    connections: run.slots.at(-1)?.connections ?? [],
    own: own === undefined ? null : { cpu_percent: own.own_cpu_percent, memory_bytes: own.own_memory_bytes },
  };
}

function objectiveView(rule: RuleOutcome, ended: boolean): ObjectiveView {
  const { threshold, observed, observed_text, worst, unsure } = rule;
  const used = usedShare(rule);
  const waits = !ended && waitsForEnd(rule);
  const isOpen = waits || (observed === null && !ended && rule.undecided === null);
  const word = waits ? "known at the end" : "nothing measured yet";
  const mark = isOpen ? { tone: "quiet", mark: "·", word } as const : markOf(rule);
  const isKnown = used >= 0 && Number.isFinite(used);
  const notes = [levelText(rule), unsure ?? "", leftOutText(rule), reachText(rule)].filter((text) => text !== "");
  return {
    words: ruleWords(threshold),
    source: threshold.source,
    ...mark,
    observed: observed === null ? "" : observed_text,
    used: isKnown ? used : null,
    used_interval: finite(usedInterval(rule)),
    interval: intervalText(rule),
    worst: worst === threshold.operations ? null : worst,
    sure: isOpen ? "not yet" : sureText(rule),
    sure_more: isOpen ? "" : sureMore(rule),
    notes: notes.join(", "),
  };
}

/** JSON has no infinity. */
const finite = (ends: [number, number] | null) => ends === null || !ends.every(Number.isFinite) ? null : ends;

function stageViews({ plan, elapsed_ms }: Run): StageView[] {
  return plan.stages.map(({ name, start_ms, end_ms, warm_up }) => ({
    name,
    from_ms: start_ms,
    to_ms: end_ms,
    warm_up,
    done: Math.max(0, Math.min(1, (elapsed_ms - start_ms) / Math.max(1, end_ms - start_ms))),
  }));
}
