/** What goes on beside the load of a session: samplers, counters of servers, rules that end the run. */
import type { Plan } from "../plan/plan.ts";
import type { ResultRecord } from "../result/record.ts";
import type { Run } from "../result/run.ts";
import type { EndCause } from "./end_cause.ts";

/** What an observer sees of its session, and may do to it. */
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

/** One observer. What it need not do is absent. */
export interface Observer {
  /** Before the first task starts. */
  before?(): Promise<void>;
  /** The load has begun. */
  begin?(): void;
  /** A second of the load is in the run. */
  second?(): void;
  /** The last call has ended; nothing is kept after this resolves. */
  finish?(): Promise<void>;
}

/** Makes an observer of a session that has not begun. */
export type CreateObserver = (session: Observed) => Observer;
