/** How much longer a run would have to be for its answers to be certain. */
import { formatDuration, formatRound } from "../plan/units.ts";
import type { Run } from "../result/run.ts";
import type { Part } from "../statistics/batch_means.ts";
import { neededAtShare } from "../statistics/early_stopping.ts";
import { agreeingTrials } from "../statistics/proportion.ts";
import type { ConfidenceInterval, PassCertainty, RuleOutcome } from "./verdict.ts";

/** Nobody runs longer than this to be sure of one rule. */
const LONGEST_MS = 24 * 3_600_000;

/** "At least this share of all calls keeps the limit", of which `over` of `n` did not. */
export interface Claim {
  n: number;
  over: number;
  share: number;
}

/** A value beside its limit. */
export interface Margin {
  value: number;
  interval: ConfidenceInterval;
  limit: number;
  /** The limit is an upper one. */
  below: boolean;
  /** What the value is a share of; null for any other. */
  share: Part | null;
}

/** How much longer to measure, given what is known after `window_ms`; null: no length would do. */
export function lacking_ms(window_ms: number, claim: Claim | null, margin: Margin | null): number | null {
  const factors = [
    ...(claim === null ? [] : [claimFactor(claim)]),
    ...(margin === null ? [] : [marginFactor(margin)]),
  ];
  const known = factors.filter((factor) => factor !== null);
  if (known.length < factors.length) return null;
  const more_ms = window_ms * (Math.max(1, ...known) - 1);
  return more_ms > LONGEST_MS ? null : more_ms;
}

/**
 * Calls needed / calls seen. Another run has more or fewer calls by chance, so we ask for two standard deviations of a Poisson
 * count more.
 */
function claimFactor({ n, over, share }: Claim): number | null {
  const needed = neededAtShare(over / n, share);
  return needed === null ? null : (needed + 2 * Math.sqrt(needed)) / n;
}

/**
 * The width of an interval falls with the root of the time; where all trials of a share agree, nearly with the time. Taken
 * on a linear scale: an interval on a logarithmic one needs less.
 */
function marginFactor({ value, interval, limit, below, share }: Margin): number | null {
  const room = below ? limit - value : value - limit;
  if (room <= 0) return null;
  const reach = below ? interval.high - value : value - interval.low;
  if (reach <= room) return 1;
  if (share !== null && (share.part <= 0 || share.part >= share.whole)) return agreeingTrials(room) / share.whole;
  return (reach / room) ** 2;
}

/** What is certain of the rules that hold, and how long a run of this plan would have to be for the others. */
export function certaintyOfAll(run: Run, rules: readonly RuleOutcome[]): PassCertainty | null {
  if (rules.length === 0) return null;
  const open = rules.filter(({ unproven }) => unproven !== null);
  const more = open.flatMap(({ unproven, threshold }) =>
    unproven === null || unproven.more_ms === null ? [] : [{ stage: threshold.stage, more_ms: unproven.more_ms }]
  );
  return {
    certain: rules.length - open.length,
    rules: rules.length,
    run_ms: more.length === 0 ? null : rounded_ms(run.load_end_ms + moreTogether_ms(more)),
    too_near: open.filter(({ unproven }) => unproven?.more_ms === null).map(({ threshold }) => threshold.source),
  };
}

/** Longer stages make the run longer one after another; what all stages share they share. */
function moreTogether_ms(more: readonly { stage: string | null; more_ms: number }[]): number {
  const longest = new Map<string | null, number>();
  for (const { stage, more_ms } of more) longest.set(stage, Math.max(more_ms, longest.get(stage) ?? 0));
  const stages = [...longest].reduce((sum, [stage, more_ms]) => stage === null ? sum : sum + more_ms, 0);
  return Math.max(stages, longest.get(null) ?? 0);
}

/** Up to whole ten seconds, from ten minutes on to whole minutes. */
function rounded_ms(ms: number): number {
  const step_ms = ms < 600_000 ? 10_000 : 60_000;
  return Math.ceil(ms / step_ms) * step_ms;
}

/**
 * `only 1 of 8 objectives is certain at this length: run 4 min 10 s for all`; null where all are certain.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const certainty = { certain: 1, rules: 8, run_ms: 250_000, too_near: [] };
 * assert.equal(
 *   describeCertainty(certainty),
 *   "only 1 of 8 objectives is certain at this length: run 4 min 10 s for all",
 * );
 * ```
 */
export function describeCertainty({ certain, rules, run_ms, too_near }: PassCertainty): string | null {
  if (certain === rules) return null;
  const some = certain === 0 ? "none" : `only ${certain}`;
  const what = rules === 1
    ? "it is not certain at this length"
    : `${some} of ${rules} objectives ${certain <= 1 ? "is" : "are"} certain at this length`;
  const near = `${too_near.map((source) => `"${source}"`).join(" and ")} ${
    too_near.length === 1 ? "is" : "are"
  } too near the limit for any length`;
  if (run_ms === null) return `${what}: ${near}`;
  const length = `run ${formatRound(formatDuration(run_ms * 1000))}`;
  const forAll = rules === 1 ? "" : too_near.length === 0 ? " for all" : " for the others";
  return `${what}: ${length}${forAll}${too_near.length === 0 ? "" : `; ${near}`}`;
}
