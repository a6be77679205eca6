/** Converts events of older builds to today's form. */
import type { Plan } from "../plan/plan.ts";
import type { EventRecord } from "./record.ts";

/**
 * An event with its rule. Older builds named the rule of an abort only in the event's text, before a colon. Only this
 * function reads it there.
 */
export function withRule(event: EventRecord, { thresholds }: Plan): EventRecord {
  if (event.kind !== "aborted_by_rule" || event.rule !== undefined) return event;
  const rule = thresholds.find(({ source }) => event.text.startsWith(`${source}: `));
  return rule === undefined ? event : { ...event, rule: rule.source };
}
