/** The mark that a rule leaves in a run that it ended. */
import type { Threshold } from "../plan/threshold/threshold.ts";
import type { EventRecord } from "../result/record.ts";
import type { Run } from "../result/run.ts";

/** What the event of an abort says: which rule, and what was seen of it. */
export type AbortReason = Required<Pick<EventRecord, "rule" | "text">>;

/** The reason for an abort by a rule. */
export function abortReason({ source }: Threshold, observedText: string): AbortReason {
  return { rule: source, text: `${source}: ${observedText} so far` };
}

/** Whether this rule ended the run: it stays broken, even if the calls still in flight brought it back. */
export function abortedRun(run: Run, { source }: Threshold): boolean {
  return run.events.find(({ kind }) => kind === "aborted_by_rule")?.rule === source;
}
