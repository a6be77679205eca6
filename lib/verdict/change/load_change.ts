/** Whether the load itself changed at an instant: then that is to be said before anything else. */
import type { Stage } from "../../plan/plan.ts";
import type { Run } from "../../result/run.ts";
import { median } from "../../statistics/trend.ts";

/** A stretch of the run, with what the load was in it. */
export interface LoadBin {
  start_ms: number;
  length_ms: number;
  users: number;
  /** Arrivals that fell due. */
  due: number;
}

/** How the load changed. */
export interface LoadChange {
  of: "users" | "arrivals";
  /** Users, or arrivals per second, shortly before and after. */
  before: number;
  after: number;
  /** The stage that begins then; null: none does. */
  stage: string | null;
}

/** A smaller change of the load is none. */
const LEAST_SHARE = 0.1;
/** Arrivals that come at random differ by so many standard errors by chance. */
const MOST_ERRORS = 3;
/** What is shortly before and after: windows of the change. */
const NEAR_WINDOWS = 3;

/** How the load changed around bin `at`; null where it went on as before. */
export function loadChange(run: Run, bins: readonly LoadBin[], at: number, window_ms: number): LoadChange | null {
  const at_ms = (bins[at] as LoadBin).start_ms;
  const reach_ms = NEAR_WINDOWS * window_ms;
  const before = bins.filter(({ start_ms }) => start_ms < at_ms && start_ms >= at_ms - reach_ms);
  const after = bins.filter(({ start_ms }) => start_ms >= at_ms && start_ms < at_ms + reach_ms);
  if (before.length === 0 || after.length === 0) return null;
  const stage = stageNear(run, at_ms, window_ms)?.name ?? null;
  for (const { kind } of run.plan.loads) {
    const read = kind === "closed" ? usersIn : arrivalsIn;
    const [from, to] = [read(before), read(after)];
    const chance = kind === "closed" ? 0 : MOST_ERRORS * Math.sqrt(1 / (1 + dueIn(before)) + 1 / (1 + dueIn(after)));
    if (Math.abs(to - from) <= Math.max(LEAST_SHARE, chance) * Math.max(from, to)) continue;
    return { of: kind === "closed" ? "users" : "arrivals", before: from, after: to, stage };
  }
  return null;
}

type Bins = readonly LoadBin[];
const usersIn = (bins: Bins) => median(bins.map(({ users }) => users));
const dueIn = (bins: Bins) => bins.reduce((sum, { due }) => sum + due, 0);
const arrivalsIn = (bins: Bins) => 1000 * dueIn(bins) / bins.reduce((sum, { length_ms }) => sum + length_ms, 0);

/** The stage whose begin is nearest to an instant; the first of the run begins nothing that was otherwise before. */
function stageNear({ plan }: Run, at_ms: number, reach_ms: number): Stage | undefined {
  const distance = ({ start_ms }: Stage) => Math.abs(start_ms - at_ms);
  return plan.stages.filter((stage) => stage.start_ms > 0 && distance(stage) <= reach_ms)
    .sort((a, b) => distance(a) - distance(b))[0];
}
