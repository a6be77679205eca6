/** What the server can be asked to do: `lib/cli/ui` does it, with the same code as the command line. */
import type { Change } from "../plan/steering.ts";
import type { EventRecord } from "../result/record.ts";
import type { CheckReply, PlanProblem, PlanReply, PlanRequest, Started } from "../ui/web/api.ts";

/** A command that cannot be obeyed now, and why in words. */
export interface Declined {
  declined: string;
}

/** A bench on which runs are chosen, started, steered and ended. What happens shows on the board. */
export interface Workbench {
  /** Checks and draws a plan; sends nothing. */
  plan(request: PlanRequest): Promise<PlanReply>;
  /** Asks every target for its health. */
  check(request: PlanRequest): Promise<CheckReply>;
  /** Begins a run, of which the state tells more. */
  start(request: PlanRequest): Promise<Started | { problems: PlanProblem[] } | Declined>;
  /** Changes the running load. */
  steer(change: Change): { event: EventRecord } | Declined;
  /** No new tasks; calls in flight may end. */
  stop(): Declined | null;
  /** Ends at once. */
  abort(): Declined | null;
  /** Whether a run is under way, and the folder that its result is in; null where it has none yet. */
  readonly isBusy: boolean;
  readonly currentFolder: string | null;
  /** june-load's version, for the foot of reports. */
  readonly version: string;
}
