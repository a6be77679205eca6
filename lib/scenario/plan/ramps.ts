/** Which stages of a closed load are ramps, in which users start or leave one after another. */
import type { LoadPlan, Stage } from "../../plan/plan.ts";

/**
 * The stages with their ramps marked: those in which the number of users rises or falls evenly. Steps, waves and jumps are
 * levels that somebody asks for, and so are the arrivals of an open load, whatever their number. A load whose judged stages
 * are all ramps has none to leave out.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const courses = [
 *   { kind: "linear" as const, start_ms: 0, end_ms: 5000, from: 0, to: 10 },
 *   { kind: "linear" as const, start_ms: 5000, end_ms: 60_000, from: 10, to: 10 },
 * ];
 * const stages = [
 *   { name: "ramp", load: 0, start_ms: 0, end_ms: 5000, warm_up: false },
 *   { name: "hold", load: 0, start_ms: 5000, end_ms: 60_000, warm_up: false },
 * ];
 * const marked = withRamps({ kind: "closed", courses }, stages);
 * assert.deepEqual(marked.map(({ ramp }) => ramp), [true, undefined]);
 * ```
 */
export function withRamps({ kind, courses }: Pick<LoadPlan, "kind" | "courses">, stages: Stage[]): Stage[] {
  if (kind === "open") return stages;
  const isRamp = ({ start_ms, end_ms, warm_up }: Stage) =>
    !warm_up &&
    courses.some((course) =>
      course.kind === "linear" && course.from !== course.to && course.start_ms < end_ms && course.end_ms > start_ms
    );
  const isLevel = (stage: Stage) => !stage.warm_up && !isRamp(stage);
  return stages.some(isLevel) ? stages.map((stage) => isRamp(stage) ? { ...stage, ramp: true } : stage) : stages;
}
