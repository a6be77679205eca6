/** Observers run beside the load of a session: resource sampling, server statistics, abort rules. */
import type { Plan } from "../plan/plan.ts";
import type { IntervalRecord, ResultRecord } from "../result/record.ts";
import type { Run } from "../result/run.ts";
import type { EndCause } from "./end_cause.ts";

/** An observer's view of its session. */
export interface Observed {
  readonly plan: Plan;
  /** The run so far. */
  readonly run: Run;
  /** Milliseconds since the start of the load; 0 before it. */
  now_ms(): number;
  /** Adds a line to the run and to the result. */
  keep(record: ResultRecord): void;
  /** Ends the run early. */
  end(cause: EndCause): void;
}

/** One observer; it may lack any method. */
export interface Observer {
  /** Called before the first task starts. */
  before?(): Promise<void>;
  /** Called when the load has begun. */
  begin?(): void;
  /** Called when the run holds another second of the load; after an early end no more. */
  second?(interval: IntervalRecord): void;
  /** Called when the last call has ended; the session accepts no records after this resolves. */
  finish?(): Promise<void>;
}

/** Makes an observer for a session that has not begun. */
export type CreateObserver = (session: Observed) => Observer;
