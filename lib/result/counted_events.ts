/** Events that say how often an earlier one happened. */
import type { EventRecord } from "./record.ts";

/** An event that counts an earlier one becomes a part of it; false: it is one of its own. */
export function countAgain(events: EventRecord[], { kind, text, count }: EventRecord): boolean {
  if (count === undefined) return false;
  const at = events.findIndex((one) => one.kind === kind && one.text === text && one.count === undefined);
  const first = events[at];
  if (first === undefined) return false;
  events[at] = { ...first, count, text: `${text} (${count} times)` };
  return true;
}
