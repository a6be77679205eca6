/** The lines of result.ndjson: a header, then intervals, resource samples and events as they come, then an end mark. */
import type { Calibration } from "./calibration.ts";
import type { IntervalData } from "../measure/interval.ts";
import type { ModelCounts } from "../measure/server_statistics.ts";
import type { GpuSample, HostSample, ServiceSample } from "../measure/resource.ts";
import type { Plan } from "../plan/plan.ts";
import type { Change } from "../plan/steering.ts";
import type { EventKind } from "./event_kinds.ts";

/** Version of the format; a reader refuses any other. */
export const RESULT_FORMAT = 2;

/** First line: the plan, the machine and the tool. */
export interface HeaderRecord {
  type: "header";
  format: number;
  /** `june-load 0.1.0`. */
  tool: string;
  /** ISO 8601, UTC. */
  started_at: string;
  /** The machine that generated the load. */
  host: { name: string; os: string; cpus: number; memory_bytes: number };
  /** Redacted: see `redactPlan`. */
  plan: Plan;
  /** What preflight found, one entry a service; empty when it was skipped. */
  services: ServiceRecord[];
  /** The input files that were read; absent where the plan names none. */
  inputs?: InputRecord[];
  /** What june-load adds on this host, measured before; absent: it was not calibrated. */
  calibration?: Calibration;
}

/** One file or folder of inputs. */
export interface InputRecord {
  /** The service's name. */
  service: string;
  /** As in the plan. */
  path: string;
  /** Number of files in the folder; 1 for a file. */
  files: number;
  entries: number;
  /** Size on disk; for manifests, without the recordings that they name. */
  bytes: number;
  /** Fields of its entries that june-load did not use; absent: none. */
  unused?: string[];
}

/** What preflight found of one service. */
export interface ServiceRecord {
  name: string;
  address: string;
  state: string;
  details: string;
  /** Addresses over which connections are spread; absent: one. */
  addresses?: number;
}

/** One second, all pools together. */
export interface IntervalRecord extends IntervalData {
  type: "interval";
}

/** Something worth knowing that happened during the run. */
export interface EventRecord {
  type: "event";
  t_ms: number;
  kind: EventKind;
  text: string;
  /** The threshold behind an `aborted_by_rule`, as the plan writes it. */
  rule?: string;
  /** How often it happened in all; it counts what an earlier event of the same kind and text told. Absent: once. */
  count?: number;
  /** The stalls that a `..._stalled` tells of: those of a second, or of a longer time where there were many. */
  stalls?: { count: number; longest_ms: number };
  /** The machine that resources were read of, as the plan names it; absent: the one that june-load runs on. */
  host?: string;
  /** What a `steered` changed. */
  change?: Change;
  /** From when the change of a `steered` holds. */
  at_ms?: number;
}

/** A change of the running load. */
export interface SteeredEvent extends EventRecord {
  kind: "steered";
  change: Change;
  at_ms: number;
}

/** The server's own statistics by model, before the first task or after the last. */
export interface ServiceStatisticsRecord {
  type: "service_statistics";
  t_ms: number;
  service: string;
  when: "before" | "after";
  models: ModelCounts[];
}

/** How a run ended. */
export type EndReason = "completed" | "stopped" | "aborted" | "failed";

/** Last line; a result without one is incomplete. */
export interface EndRecord {
  type: "end";
  t_ms: number;
  reason: EndReason;
  /** Why, when not completed; empty otherwise. */
  text: string;
  /** Issued calls less the sum of all outcomes; anything but 0 is a fault of june-load. */
  unaccounted: number;
}

/** Any line. */
export type ResultRecord =
  | HeaderRecord
  | IntervalRecord
  | HostSample
  | GpuSample
  | ServiceSample
  | ServiceStatisticsRecord
  | EventRecord
  | EndRecord;
