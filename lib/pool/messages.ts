/** Everything that crosses the border between the main thread and a user pool. One interval a second, never one a call. */
import type { IntervalData } from "../measure/interval.ts";
import type { UserError } from "../plan/errors.ts";
import type { LoadPlan, Plan, Stage } from "../plan/plan.ts";
import type { Causes } from "./aftermath.ts";
import type { InputIndexes } from "./prepare.ts";

/** To a pool while it runs. A run's session hands these to all pools alike: a further one is added here. */
export type PoolOrder =
  /** Start no more tasks; let those in flight end within the grace period. */
  | { type: "stop" }
  /** Cut off what is in flight and end now. */
  | { type: "abort" }
  | SteerOrder;

/** From an instant on the loads are others; what lies before it stays. */
export interface SteerOrder {
  type: "steer";
  /** Since the run's epoch; orders come in rising order. */
  at_us: number;
  loads: LoadPlan[];
  /** As many as before, in the same order. */
  stages: Stage[];
  duration_ms: number;
  /** No task starts from then on until the next order. */
  paused: boolean;
}

/** Under what conditions pools get ready. */
export interface PoolConditions {
  /** Descriptors may run out: connections are opened only once all threads run. */
  scarce: boolean;
  /** A service that cannot be reached does not end the run: its calls fail until it is there. */
  absent: boolean;
}

/** Enough of everything, and every service must be there. */
export const USUAL: PoolConditions = { scarce: false, absent: false };

/** To a pool. */
export type ToPool =
  /** Get ready: read inputs, open connections; `causes` is memory that all pools share. */
  | (
    & { type: "prepare"; plan: Plan; part: number; parts: number; inputs: InputIndexes; causes: Causes }
    & PoolConditions
  )
  /** What time is it there? Answered at once; used to put all pools on one epoch. */
  | { type: "time" }
  /** Begin; `epoch_ms` is the run's start on the pool's own `performance.now()`. */
  | { type: "start"; epoch_ms: number }
  | PoolOrder;

/** From a pool. */
export type FromPool =
  | { type: "time"; now_ms: number }
  | { type: "ready" }
  /** One second's measurements; also the pool's sign of life. */
  | { type: "interval"; interval: IntervalData }
  /** An order came after the instant from which it holds; it holds from now on. */
  | { type: "late"; at_us: number; late_us: number }
  /** All calls have ended and the last interval was sent. */
  | { type: "done" }
  /** The pool cannot go on. `user_error` is set when it is the user's to mend. */
  | { type: "failed"; message: string; stack: string; user_error: Pick<UserError, "kind" | "message"> | null };
