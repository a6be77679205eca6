/** Why a run ends before its plan does, and what each cause means to the pools and to the result. */
import type { PoolOrder } from "../pool/messages.ts";
import type { EndReason, EventRecord } from "../result/record.ts";
import type { AbortReason } from "../verdict/abort_event.ts";

/** A cause. */
export type EndCause =
  /** The user wants no new tasks. */
  | { tag: "user_stop" }
  /** The user does not even wait for the calls in flight. */
  | { tag: "user_abort" }
  /** A threshold with `else abort` failed. */
  | { tag: "rule"; why: AbortReason }
  /** The result cannot be written any more. */
  | { tag: "write_failure"; error: Error }
  /** A user pool failed; the others were stopped for it, and have ended. */
  | { tag: "pool_failure"; error: Error };

/** What follows from a cause. */
export interface Ending {
  /** How the result says that the run ended. */
  reason: EndReason;
  /** What goes into the result. */
  event: Omit<EventRecord, "type" | "t_ms">;
  /** `first`: the event is kept only where no other cause came before. */
  kept: "first" | "always";
  /** It takes the place of an earlier cause; else the first one stands. */
  overrides: boolean;
  /** What the pools are to do; null: nothing, they have ended. */
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
