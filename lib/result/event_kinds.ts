/** The kinds of events, and how readers of a run treat each. */
import type { ResourceNoteKind } from "../measure/resource.ts";

/** What an event is about. A result of another version may hold kinds that are not listed here. */
export type EventKind =
  /** The user stopped or ended the run. */
  | "stop_requested"
  /** A threshold with `else abort` ended the run. */
  | "aborted_by_rule"
  /** The result could not be written any more, which ends the run. */
  | "write_failed"
  /** A user pool failed. */
  | "worker_failed"
  /** This machine lacked a local port, a descriptor or memory for a connection. */
  | "local_shortage"
  /** A server did not report its statistics. */
  | "no_server_statistics"
  | ResourceNoteKind;

interface EventFacts {
  /** No task starts after the event. */
  readonly ends_load: boolean;
  /** The live view shows it. */
  readonly is_news: boolean;
}

const NEWS: EventFacts = { ends_load: false, is_news: true };
const ENDS_LOAD: EventFacts = { ends_load: true, is_news: true };

const EVENT_KINDS: Readonly<Record<EventKind, EventFacts>> = {
  stop_requested: ENDS_LOAD,
  aborted_by_rule: ENDS_LOAD,
  write_failed: ENDS_LOAD,
  worker_failed: NEWS,
  local_shortage: NEWS,
  no_server_statistics: NEWS,
  // Most machines have no GPU, so this is not worth showing.
  gpu_absent: { ends_load: false, is_news: false },
  gpu_unavailable: NEWS,
  gpu_lost: NEWS,
  gpu_silent: NEWS,
  gpu_device_lost: NEWS,
  gpu_fields_missing: NEWS,
  gpu_mig: NEWS,
  gpu_value_unknown: NEWS,
  gpu_message: NEWS,
  gpu_rows_late: NEWS,
  host_cpu_unreadable: NEWS,
  host_memory_unreadable: NEWS,
};

const factsOf = (kind: EventKind): EventFacts => Object.hasOwn(EVENT_KINDS, kind) ? EVENT_KINDS[kind] : NEWS;

/**
 * Whether no task starts after such an event.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.deepEqual([endsLoad("stop_requested"), endsLoad("gpu_lost")], [true, false]);
 * ```
 */
export function endsLoad(kind: EventKind): boolean {
  return factsOf(kind).ends_load;
}

/** Whether the live view shows such an event. */
export function isNews(kind: EventKind): boolean {
  return factsOf(kind).is_news;
}
