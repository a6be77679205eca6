/** The thresholds of a plan: given, default and from flags, checked against what the plan does. */
import { matchesGlob } from "../../plan/glob.ts";
import { withRemedy } from "../../plan/nearest.ts";
import type { ServicePlan, Stage, TaskPlan } from "../../plan/plan.ts";
import type { Threshold } from "../../plan/threshold/threshold.ts";
import { isThresholdError, parseThreshold } from "../../plan/threshold/parser.ts";
import type { Problems } from "../read/problems.ts";
import type { Setting } from "../shape/shape.ts";

/**
 * June's acceptance criteria: P95 below 2 s for each operation, the error rate below the limit, the load reached. The
 * latency of speech paced in real time contains the clip itself; there the time after the last chunk is judged, and of a
 * voice turn the time from the end of speech to the first audio of the answer.
 * @param error_rate limit of the error rate, a ratio of 1
 * @param load share of the load that must be reached, e.g. `100%`
 */
export function defaultThresholds(
  tasks: readonly TaskPlan[],
  services: readonly ServicePlan[],
  error_rate: number,
  load: string,
): Threshold[] {
  const isPaced = services.some(({ options }) => options.kind === "stt" && options.pacing === "real_time");
  const operations = [...new Map(tasks.map((task) => [task.operation, task])).values()];
  const latencies = operations.map(({ name, operation }) => {
    const isSpeech = name === "stt.recognize_stream" && isPaced;
    const distribution = name === "voice_turn" ? "voice_to_voice" : isSpeech ? "final_latency" : "latency";
    return own(`p95(${distribution}, ${operation}) < 2s`);
  });
  return [...latencies, own(`error_rate < ${writePercent(error_rate)}`), own(`load >= ${load}`)];
}

/** Short and exact: 0.07 is `7%`, not `7.000000000000001%`. */
function writePercent(ratio: number): string {
  return `${Number((ratio * 100).toPrecision(12)).toFixed(10).replace(/\.?0+$/, "")}%`;
}

function own(text: string): Threshold {
  const rule = parseThreshold(text);
  if (isThresholdError(rule)) throw new Error(`The default rule "${text}" cannot be read: ${rule.error}`);
  return rule;
}

/** Tells rules that could never be judged: no operation matches, or there is no such stage. */
export function checkThresholds(
  rules: readonly Setting<Threshold>[],
  tasks: readonly TaskPlan[],
  stages: readonly Stage[],
  problems: Problems,
): void {
  const operations = [...new Set(tasks.map(({ operation }) => operation))];
  const judged = stages.filter(({ warm_up }) => !warm_up).map(({ name }) => name);
  for (const { value: rule, at, path } of rules) {
    const { operations: glob, stage } = rule;
    if (glob !== null && !operations.some((operation) => matchesGlob(glob, operation))) {
      const fault = `No operation matches "${glob}" in "${rule.source}"`;
      problems.add(at, path, withRemedy(fault, glob, "the scenario's operations are", operations));
    }
    if (stage !== null && !judged.includes(stage)) {
      const fault = `The plan has no stage "${stage}" to judge, which "${rule.source}" reads`;
      problems.add(at, path, withRemedy(fault, stage, "its stages are", judged));
    }
  }
}

/**
 * What is left of rules, or objectives, where `--test-type` takes tasks away: one that is of those alone is left out, with
 * a warning.
 * @param tasks those that run
 * @param all those that would run without the flag
 */
export function ofTheTypeRun<R extends { operations: string | null }>(
  rules: readonly Setting<R>[],
  tasks: readonly TaskPlan[],
  all: readonly TaskPlan[],
  problems: Problems,
): Setting<R>[] {
  return rules.filter(({ value: { operations: glob }, at, path }) => {
    const matches = (task: TaskPlan) => glob === null || matchesGlob(glob, task.operation);
    const isUncalled = !tasks.some(matches) && all.some(matches);
    if (isUncalled) problems.warn(at, path, `Left out: --test-type takes away the operations of "${glob}"`);
    return !isUncalled;
  });
}

/** Rules in order, each source once. */
export function withoutRepeats(rules: readonly Threshold[]): Threshold[] {
  return [...new Map(rules.map((rule) => [rule.source, rule])).values()];
}
