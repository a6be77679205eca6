/** The mark that a rule leaves in a run that it ended. */
import type { Threshold } from "../plan/threshold/threshold.ts";
import type { EventRecord } from "../result/record.ts";
import type { Run } from "../result/run.ts";

/** Kind of that event. */
export const ABORTED_BY_RULE = "aborted_by_rule";

/** Text of the event: the rule, and what was seen of it. */
export function abortText({ source }: Threshold, observed_text: string): string {
  return `${source}: ${observed_text} so far`;
}

/** The event that says which rule ended the run, or null. */
export function abortEvent(run: Run): EventRecord | null {
  return run.events.find(({ kind }) => kind === ABORTED_BY_RULE) ?? null;
}

/** Whether this rule ended the run: it stays broken, even if the calls still in flight brought it back. */
export function abortedRun(run: Run, rule: Threshold): boolean {
  return abortEvent(run)?.text.startsWith(`${rule.source}: `) ?? false;
}
