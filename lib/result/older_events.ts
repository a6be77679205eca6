/** Events as results of older builds hold them, read as they are written now. */
import type { Plan } from "../plan/plan.ts";
import type { EventRecord } from "./record.ts";

/**
 * An event with its rule. Older builds named the rule of an abort in the event's text alone, before a colon. This is the
 * one place that reads it there.
 */
export function withRule(event: EventRecord, { thresholds }: Plan): EventRecord {
  if (event.kind !== "aborted_by_rule" || event.rule !== undefined) return event;
  const rule = thresholds.find(({ source }) => event.text.startsWith(`${source}: `));
  return rule === undefined ? event : { ...event, rule: rule.source };
}
