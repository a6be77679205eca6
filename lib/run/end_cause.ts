/** Causes that end a run early, and their effects on the pools and on the result. */
import type { PoolOrder } from "../pool/messages.ts";
import type { EndReason, EventRecord } from "../result/record.ts";
import type { AbortReason } from "../verdict/abort_event.ts";

/** A cause. */
export type EndCause =
  /** The user wants no new tasks. */
  | { tag: "user_stop" }
  /** The user wants to end at once, without waiting for the calls in flight. */
  | { tag: "user_abort" }
  /** A threshold with `else abort` failed. */
  | { tag: "rule"; why: AbortReason }
  /** The result can no longer be written. */
  | { tag: "write_failure"; error: Error }
  /** A user pool failed; the other pools were stopped and have ended. */
  | { tag: "pool_failure"; error: Error };

/** The effects of a cause. */
export interface Ending {
  /** The reason of the end in the result. */
  reason: EndReason;
  /** The event in the result. */
  event: Omit<EventRecord, "type" | "t_ms">;
  /** `first`: keep the event only if there was no earlier cause. */
  kept: "first" | "always";
  /** Whether it replaces an earlier cause; otherwise the first cause stays. */
  overrides: boolean;
  /** The order to the pools; null: none, because they have ended. */
  order: PoolOrder | null;
}

const STOP = { kept: "first", overrides: false, order: { type: "stop" } } as const;

/** What follows from a cause. */
export function endingOf(cause: EndCause): Ending {
  switch (cause.tag) {
    case "user_stop":
      return { ...STOP, reason: "stopped", event: { kind: "stop_requested", text: "stopped by the user" } };
    case "user_abort": {
      const event = { kind: "stop_requested", text: "ended at once by the user" } as const;
      return { reason: "aborted", event, kept: "first", overrides: true, order: { type: "abort" } };
    }
    case "rule":
      return { ...STOP, reason: "aborted", event: { kind: "aborted_by_rule", ...cause.why } };
    case "write_failure":
      return { ...STOP, reason: "aborted", event: { kind: "write_failed", text: cause.error.message } };
    case "pool_failure": {
      const event = { kind: "worker_failed", text: cause.error.message } as const;
      return { reason: "failed", event, kept: "always", overrides: true, order: null };
    }
  }
}
