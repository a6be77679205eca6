/**
 * The words every room shares: a plan is a scenario with every default filled in and checked. It is plain data, so it
 * travels to the workers and into the saved result as JSON.
 */
import type { Threshold } from "./threshold.ts";
import type { ServiceKind, TaskName } from "./tasks.ts";

export type { ServiceKind } from "./tasks.ts";

/** The transports a plan may name: june-load's own HTTP/2 engine, or the gRPC project's JavaScript client. */
export type TransportName = "wire" | "grpc-js";

/** A whole load plan, as `run` prints it and the result keeps it. */
export interface Plan {
  /** The scenario's name; also the folder of its reports. */
  scenario: string;
  description: string;
  /** Where the scenario came from: a path, or `built-in`. */
  source: string;
  /** Seed of every random choice; the same seed and plan give the same choices with any number of workers. */
  seed: number;
  load: ClosedLoad;
  /** Time from the first start to the last, ramp included; milliseconds. */
  duration_ms: number;
  /** How long calls in flight may still run after the duration; then they are cut off as `unfinished`. */
  grace_ms: number;
  /** The stretches of the run, in order, without gaps, from 0 to `duration_ms`. */
  stages: Stage[];
  /** Web Workers that hold the users. */
  workers: number;
  transport: TransportName;
  services: ServicePlan[];
  /** The task mix; weights sum to more than 0. */
  tasks: TaskPlan[];
  thresholds: Threshold[];
  /** Percentiles the tables show, rising, each above 0 and at most 100. */
  percentiles: number[];
  /** Length of the sliding window that throughput charts average over; milliseconds. */
  throughput_window_ms: number;
  resources: ResourcePlan;
  output: OutputPlan;
}

/** Closed load: a fixed crowd, each user doing one task after another with think time between. */
export interface ClosedLoad {
  kind: "closed";
  users: number;
  /** Users started per second until all run. */
  spawn_rate_per_s: number;
  think_time: ThinkTime;
}

/** How long a user pauses between the end of one task and the intended start of the next. */
export type ThinkTime =
  | { kind: "constant"; value_ms: number }
  | { kind: "uniform"; min_ms: number; max_ms: number };

/** A named stretch of the run; every series is kept per stage. */
export interface Stage {
  name: string;
  start_ms: number;
  end_ms: number;
  /** No threshold reads a warm-up stage. */
  warm_up: boolean;
}

/** One service under test. */
export interface ServicePlan {
  /** The service's key in the scenario file, e.g. `stt` or `inference_api`. */
  name: string;
  kind: ServiceKind;
  protocol: "june";
  /** `host:port`, `[v6]:port` or `unix:/path`. */
  address: string;
  /** Connections each worker opens and shares among its users. */
  connections: number;
  /** Deadline of each call; milliseconds. For speech paced in real time the clip's length is added. */
  timeout_ms: number;
  /**
   * What becomes of a call that its connection provably did not process: it starts once more on another connection, or
   * fails with UNAVAILABLE. With grpc-js always `fail`.
   */
  moves: "move" | "fail";
  /** Sent with every call. Values never enter a result, a report or a log: see `redactPlan`. */
  metadata: MetadataEntry[];
  tls: TlsPlan | null;
  inputs: InputFile[];
  options: SttOptions | LlmOptions | TtsOptions;
}

/** One header sent with every call; the value of a `-bin` key is base64. */
export interface MetadataEntry {
  key: string;
  value: string;
}

/** How a connection is secured. Paths are absolute. */
export interface TlsPlan {
  ca_file: string | null;
  cert_file: string | null;
  key_file: string | null;
  /** Name checked in the certificate and sent as SNI; null: the host of the address. */
  server_name: string | null;
  /** Accept any certificate. Said loudly wherever it is in force. */
  insecure: boolean;
  /** SHA-256 of the server's certificate in hex; accepts exactly that one. */
  pinned_sha256: string | null;
}

/** A file or folder of inputs; built-in inputs are used where a service names none. */
export interface InputFile {
  /** Absolute path. */
  path: string;
  /** `file:line:column` of the line that named it, for messages. */
  at: string;
}

/** How speech is sent. */
export interface SttOptions {
  kind: "stt";
  /** `real_time`: as a microphone would, chunk by chunk; `fast`: as quickly as the stream takes it. */
  pacing: "real_time" | "fast";
  /** Length of an audio chunk, 20 to 100 ms. */
  chunk_ms: number;
  /** ISO 639-1. */
  language: string;
}

/** How text is asked for. */
export interface LlmOptions {
  kind: "llm";
  max_tokens: number;
  temperature: number;
  /** System message put before each chat; empty: none. */
  system: string;
}

/** How speech is asked for. */
export interface TtsOptions {
  kind: "tts";
  voice: string;
  language: string;
}

/** One entry of the task mix. */
export interface TaskPlan {
  name: TaskName;
  /** `name` of the service it calls. */
  service: string;
  weight: number;
}

/** What is sampled beside the run. */
export interface ResourcePlan {
  cpu: boolean;
  memory: boolean;
  gpu: boolean;
}

/** The files a run leaves. */
export interface OutputPlan {
  /** Folder that holds `<scenario>/<timestamp>/`. */
  dir: string;
  formats: OutputFormat[];
  include_charts: boolean;
  /** An earlier result to compare with, or null. */
  comparison_baseline: string | null;
}

/** Formats of the report tree; the analysis folder and result.ndjson are always written. */
export type OutputFormat = "html" | "json" | "csv";

/** A copy of the plan whose metadata values are hidden; the only form that may be saved or shown. */
export function redactPlan(plan: Plan): Plan {
  const services = plan.services.map((service) => ({
    ...service,
    metadata: service.metadata.map(({ key }) => ({ key, value: "***" })),
  }));
  return { ...plan, services };
}
