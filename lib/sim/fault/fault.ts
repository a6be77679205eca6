/** Faults that the simulator produces on request, as data. `parser.ts` reads their text form. */
import type { VoiceKind } from "../../plan/plan.ts";

/** Kinds of faults. Rates are shares of calls, 0 to 1. */
export type FaultEffect =
  /** Calls that end with a status other than OK. */
  | { kind: "error_rate"; rate: number; code: number }
  /** Calls that end OK with an error in their message, like June's services. */
  | { kind: "in_band_error_rate"; rate: number }
  /** Calls that end OK without content. */
  | { kind: "empty_rate"; rate: number }
  /** The service accepts calls and answers nothing from `at_ms` for `for_ms`; then everything held back goes out. */
  | { kind: "stall"; at_ms: number; for_ms: number }
  /** Everything takes `factor` times as long at the start, falling evenly to 1 over `for_ms`. */
  | { kind: "slow_start"; for_ms: number; factor: number }
  /** Everything takes `factor` times as long. */
  | { kind: "latency_factor"; factor: number }
  /** All connections are closed without GOAWAY. */
  | { kind: "drop_connections_every"; every_ms: number }
  /** All connections get GOAWAY; their calls continue to the end. */
  | { kind: "goaway_every"; every_ms: number }
  /** Calls of one user (metadata `user_id`, `x-user-id` or `service_name`) beyond this many a minute are refused. */
  | { kind: "rate_limit"; per_minute: number }
  /** The service does not listen. */
  | { kind: "refuse" }
  /** The service reports that it is not healthy. */
  | { kind: "unhealthy" };

/** An effect on one service, or on all. */
export type Fault = FaultEffect & { service: VoiceKind | null };

/** Name of an effect. */
export type FaultKind = FaultEffect["kind"];
