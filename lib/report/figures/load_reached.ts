/** The load that each stage planned, and the load reached. */
import type { LoadPlan, LoadSegment, Stage } from "../../plan/plan.ts";
import { formatCount, formatDuration, formatNumber, formatRate } from "../../plan/units.ts";
import type { Run } from "../../result/run.ts";
import { targetAt } from "../../verdict/target.ts";

/** A stage of an open load: arrivals due, begun and dropped. */
export interface Reached {
  /** Arrivals that fell due, per second. */
  offered_per_s: number;
  /** Tasks begun, per second. */
  begun_per_s: number;
  /** Arrivals that could not start within the load's longest wait. */
  dropped: number;
}

/** The load that a stage of an open load reached; null for closed loads, whose users set their own rate. */
export function reachedIn(run: Run, stage: Stage): Reached | null {
  if (run.plan.loads[stage.load]?.kind !== "open") return null;
  const seconds = run.window_ms({ stage: stage.name }) / 1000;
  if (seconds === 0) return null;
  const { issued, outcomes } = run.total({ stage: stage.name });
  return {
    offered_per_s: issued / seconds,
    begun_per_s: (issued - outcomes.dropped) / seconds,
    dropped: outcomes.dropped,
  };
}

/** Whether any load of the run has arrivals of its own. */
export function hasOpenLoad(run: Run): boolean {
  return run.plan.loads.some(({ kind }) => kind === "open");
}

/** Whether any load of the run has users; an open load has calls in flight. */
export function hasUsers(run: Run): boolean {
  return run.plan.loads.some(({ kind }) => kind === "closed");
}

/** Just before the end: at the end itself the next segment begins. */
const INSTANT_MS = 1e-3;

/** `20 users`, `5 to 50/s`: the load a stage plans. */
export function targetText(run: Run, stage: Stage): string {
  const load = run.plan.loads[stage.load];
  if (load === undefined) return "";
  const courses = load.courses.filter(({ start_ms, end_ms }) => start_ms < stage.end_ms && end_ms > stage.start_ms);
  if (courses.length === 0) return "nothing";
  if (run.steered.length === 0 && courses.every(({ kind }) => kind === "linear")) {
    return fromTo(targetAt(load, stage.start_ms), targetAt(load, stage.end_ms - INSTANT_MS), load.kind);
  }
  const isPause = ({ start_ms, end_ms }: LoadSegment) =>
    run.plan.pauses?.some((pause) => pause.start_ms <= start_ms && pause.end_ms >= end_ms) === true;
  return [...new Set(courses.filter((course) => !isPause(course)).map((course) => courseText(course, load.kind)))].join(
    ", ",
  );
}

function courseText(course: LoadSegment, kind: LoadPlan["kind"]): string {
  switch (course.kind) {
    case "linear":
      return fromTo(course.from, course.to, kind);
    case "sine": {
      const { mean, amplitude, period_ms } = course;
      return `${amount(mean, kind)} ± ${formatNumber(amplitude)} every ${formatDuration(period_ms * 1000)}`;
    }
    case "replay":
      return `${formatCount(course.arrivals)} recorded arrivals`;
  }
}

function fromTo(from: number, to: number, kind: LoadPlan["kind"]): string {
  const [first, last] = [from, to].map((value) => amount(value, kind));
  if (first === last) return `${last}`;
  return `${kind === "open" ? formatNumber(from) : formatCount(from)} to ${last}`;
}

function amount(value: number, kind: LoadPlan["kind"]): string {
  return kind === "open" ? formatRate(value) : `${formatCount(value)} users`;
}
