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
  /** The file of the result was removed or replaced during the run, which goes on in another. */
  | "result_moved"
  /** A user pool failed. */
  | "worker_failed"
  /** This machine lacked a local port, a descriptor or memory for a connection. */
  | "local_shortage"
  /** A peer or the network ended a connection. */
  | "connection_lost"
  /** A peer told a connection to go, in its own words. */
  | "connection_goaway"
  /** An attempt to connect failed. */
  | "connection_failed"
  /** A connection was opened in place of another. */
  | "connection_back"
  /** All threads of june-load stood still at once: it was stopped, or had no processor. */
  | "process_stalled"
  /** Some of its workers stood still. */
  | "worker_stalled"
  /** Its main thread alone stood still, which touches no call. */
  | "main_stalled"
  /** The user changed the running load. */
  | "steered"
  /** A worker took a change of the load after the instant from which it holds. */
  | "steered_late"
  /** A server did not report its statistics. */
  | "no_server_statistics"
  | ResourceNoteKind;

interface EventFacts {
  /** No task starts after the event. */
  readonly ends_load: boolean;
  /** The live view shows it. */
  readonly is_news: boolean;
  /** The live view shows only the newest of its kind: there may be many. */
  readonly repeats: boolean;
}

const NEWS: EventFacts = { ends_load: false, is_news: true, repeats: false };
const ENDS_LOAD: EventFacts = { ...NEWS, ends_load: true };
const REPEATED: EventFacts = { ...NEWS, repeats: true };

const EVENT_KINDS: Readonly<Record<EventKind, EventFacts>> = {
  stop_requested: ENDS_LOAD,
  aborted_by_rule: ENDS_LOAD,
  write_failed: ENDS_LOAD,
  result_moved: NEWS,
  worker_failed: NEWS,
  local_shortage: NEWS,
  connection_lost: NEWS,
  connection_goaway: NEWS,
  connection_failed: NEWS,
  // The report counts them; each is the good end of a piece of news.
  connection_back: { ...REPEATED, is_news: false },
  process_stalled: REPEATED,
  worker_stalled: REPEATED,
  main_stalled: REPEATED,
  steered: NEWS,
  steered_late: REPEATED,
  no_server_statistics: NEWS,
  // Most machines have no GPU, so this is not worth showing.
  gpu_absent: { ...NEWS, is_news: false },
  gpu_unavailable: NEWS,
  gpu_lost: NEWS,
  gpu_silent: NEWS,
  gpu_device_lost: NEWS,
  gpu_fields_missing: NEWS,
  gpu_mig: NEWS,
  gpu_value_unknown: NEWS,
  gpu_memory_unreadable: NEWS,
  gpu_utilization_unreadable: NEWS,
  gpu_power_unreadable: NEWS,
  gpu_back: NEWS,
  gpu_flood: NEWS,
  gpu_message: NEWS,
  gpu_rows_late: NEWS,
  process_absent: NEWS,
  process_gone: NEWS,
  process_restarted: NEWS,
  oom_killed: NEWS,
  host_cpu_unreadable: NEWS,
  host_memory_unreadable: NEWS,
  remote_unreachable: NEWS,
  remote_back: NEWS,
  metrics_found: NEWS,
  // Many services have no such page, which is as well.
  metrics_absent: { ...NEWS, is_news: false },
  metrics_unreadable: NEWS,
  metrics_back: NEWS,
  metrics_unknown: NEWS,
  metrics_missing: NEWS,
  metrics_fields_off: NEWS,
  metrics_restarted: REPEATED,
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

/**
 * The events that the live view shows: news, and of kinds that may come often only the newest.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const event = (t_ms: number, kind: EventKind) => ({ t_ms, kind });
 * const events = [event(1, "main_stalled"), event(2, "gpu_lost"), event(3, "main_stalled"), event(4, "gpu_absent")];
 * assert.deepEqual(newsOf(events).map(({ t_ms }) => t_ms), [2, 3]);
 * ```
 */
export function newsOf<E extends { kind: EventKind }>(events: readonly E[]): E[] {
  const newest = new Map(events.map((event) => [event.kind, event]));
  return events.filter((event) => {
    const { is_news, repeats } = factsOf(event.kind);
    return is_news && (!repeats || newest.get(event.kind) === event);
  });
}

/** Whether there may be many events of a kind, each of little weight. */
export function mayRepeat(kind: EventKind): boolean {
  return factsOf(kind).repeats;
}
