/** What the page reads of a running test, each part of which an older server may leave out. */
import type { LiveView } from "../../../views/live_view.ts";
import type { OperationRow } from "../../../views/operation_row.ts";
import type { PlanView, Seconds } from "../../api.ts";

/** An objective so far. */
export interface ShownObjective {
  words: string;
  source: string;
  tone: "pass" | "warn" | "fail" | "quiet";
  mark: string;
  word: string;
  observed: string;
  used: number | null;
  used_interval: readonly [number, number] | null;
  interval: string;
  worst: string | null;
  sure: string;
  sure_more: string;
  notes: string;
}

/** An operation so far, with Locust's columns. */
export interface ShownOperation extends OperationRow {
  now_per_s?: number;
  failed_now_per_s?: number;
  min_us?: number | null;
  mean_us?: number | null;
  p90_us?: number | null;
  max_us?: number | null;
  bytes_mean?: number | null;
}

/** Calls that failed in the same way. */
export interface ShownFailure {
  type: string;
  operation: string;
  count: number;
  first_ms: number;
  last_ms: number;
  example: string;
}

/** How the load generator fares in one respect. */
export interface ShownHealth {
  name: string;
  value: string;
  state: "ok" | "unknown" | "warn" | "invalid";
  advice: string;
}

/** The limit of a percentile of an operation. */
export interface ShownLimit {
  operation: string;
  of: "response_time" | "first_message";
  name: string;
  /** Milliseconds. */
  value: number;
  percentile: number;
  from_s?: number;
  to_s?: number;
}

/** The tables of statistics. */
export interface ShownTables {
  operations: readonly ShownOperation[];
  failures: readonly ShownFailure[];
}

/** A service's connections. */
export interface ShownConnections {
  service: string;
  connections: number;
  streams_in_flight: number;
  waiting: number;
  reconnects_total: number;
}

/** A running test. */
export interface ShownView extends Omit<LiveView, "p95_history_us" | "error_history" | "rules" | "operations"> {
  operations: readonly ShownOperation[];
  objectives?: readonly ShownObjective[];
  failures?: readonly ShownFailure[];
  health?: readonly ShownHealth[];
  connections?: readonly ShownConnections[];
  own?: { cpu_percent: number | null; memory_bytes: number | null } | null;
}

/** The view of a second. */
export function viewOf({ view }: Seconds): ShownView {
  return view as unknown as ShownView;
}

/** The tables since the last reset, where there was one. */
export function sinceOf(seconds: Seconds): (ShownTables & { at_ms: number }) | null {
  return (seconds as Seconds & { since?: (ShownTables & { at_ms: number }) | null }).since ?? null;
}

/** The plan's limits on percentiles. */
export function limitsOf(plan: PlanView): readonly ShownLimit[] {
  return (plan as PlanView & { limits?: readonly ShownLimit[] }).limits ?? [];
}
