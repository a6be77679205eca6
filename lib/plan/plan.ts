/**
 * The words every room shares: a plan is a scenario with every default filled in and checked. It is plain data, so it
 * travels to the workers and into the saved result as JSON.
 */
import type { InputPlan } from "./inputs.ts";
import type { AuthPlan, ProxyPlan, TlsPlan } from "./credentials.ts";
import type { Distribution, Threshold } from "./threshold/threshold.ts";
import type { Protocol, ProtocolSettings } from "./protocols.ts";
import { HIDDEN, redactAuth, redactProxy, redactSettings } from "./redact.ts";
import type { ServiceKind, TaskName } from "./tasks.ts";

export type { AuthPlan, OAuth2Plan, ProxyPlan, TlsPlan } from "./credentials.ts";
export type { ServiceKind, VoiceKind } from "./tasks.ts";

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
  /** What makes the load; several run at the same time, each with its own tasks and stages. At least one. */
  loads: LoadPlan[];
  /** Time from the first start to the last of the longest load, ramp included; milliseconds. */
  duration_ms: number;
  /** How long calls in flight may still run after the duration; then they are cut off as `unfinished`. */
  grace_ms: number;
  /** The stretches of the run, load by load; those of one load are in order, without gaps, from 0 to its end. */
  stages: Stage[];
  /** Web Workers that hold the users. */
  workers: number;
  transport: TransportName;
  services: ServicePlan[];
  /** The task mix; weights sum to more than 0. */
  tasks: TaskPlan[];
  thresholds: Threshold[];
  /** What a call must meet to count as good; empty: every ok call is good. */
  objectives: Objective[];
  /** A rule passes only where enough was measured to be sure of it. */
  strict: boolean;
  /** Percentiles the tables show, rising, each above 0 and at most 100. */
  percentiles: number[];
  /** Length of the sliding window that throughput charts average over; milliseconds. */
  throughput_window_ms: number;
  resources: ResourcePlan;
  output: OutputPlan;
}

/** One source of load. */
export type LoadPlan = ClosedLoad | OpenLoad;

/** Closed load: a crowd of users, each doing one task after another with a pause between. */
export interface ClosedLoad {
  kind: "closed";
  /** Shown where a plan has several loads. */
  name: string;
  /** Users over time, in order and without gaps from 0 to the load's end. */
  courses: LoadSegment[];
  /** Most users at any time. */
  users: number;
  think_time: ThinkTime;
}

/** Open load: tasks start at instants of their own, whether or not the services keep up. */
export interface OpenLoad {
  kind: "open";
  name: string;
  /** Arrivals per second over time, in order and without gaps from 0 to the load's end. */
  courses: LoadSegment[];
  /** Even spacing, or the exponential gaps of a Poisson process. Replayed offsets stay as they are. */
  spacing: "constant" | "poisson";
  /** Most tasks in flight; an arrival above waits. */
  max_in_flight: number;
  /** Longest an arrival may wait for that; then it is dropped. Milliseconds. */
  max_wait_ms: number;
}

/** A load's target over one stretch of time: users, or arrivals per second. */
export type LoadSegment =
  | { kind: "linear"; start_ms: number; end_ms: number; from: number; to: number }
  /** mean + amplitude * sin(2 pi (t - start) / period); never below 0. */
  | { kind: "sine"; start_ms: number; end_ms: number; mean: number; amplitude: number; period_ms: number }
  /** Open loads only: one arrival at each offset of a file, counted from `start_ms`. */
  | { kind: "replay"; start_ms: number; end_ms: number; file: InputFile; arrivals: number };

/** How long a user pauses between the end of one task and the intended start of the next. */
export type ThinkTime =
  | { kind: "constant"; value_ms: number }
  | { kind: "uniform"; min_ms: number; max_ms: number }
  | { kind: "exponential"; mean_ms: number }
  | { kind: "lognormal"; median_ms: number; sigma: number }
  /** From start to start: a task that took longer is followed at once. */
  | { kind: "pacing"; every_ms: number };

/** A limit that each good call of the matching operations keeps. */
export interface Objective {
  /** Glob over operation names; null: all. */
  operations: string | null;
  of: Distribution;
  /** In the distribution's base unit (see `DISTRIBUTIONS`). A call for which it was not measured does not break it. */
  limit: number;
}

/** A named stretch of the run; every series is kept per stage. */
export interface Stage {
  /** Unique in the plan; with several loads `load.stage`. */
  name: string;
  /** Index of the load it belongs to. */
  load: number;
  start_ms: number;
  end_ms: number;
  /** No threshold reads a warm-up stage. */
  warm_up: boolean;
}

/**
 * One service under test. Each setting names its default in a scenario file, what is sensible, and gRPC's counterpart
 * where it has one (`grpc.*` is a channel argument).
 */
export interface ServicePlan {
  /** The service's key in the scenario file, e.g. `stt` or `inference_api`. */
  name: string;
  kind: ServiceKind;
  protocol: Protocol;
  /** What its protocol needs beside `options`; null where it needs nothing, as June's. */
  settings: ProtocolSettings | null;
  /**
   * `host:port`, `[v6]:port` or `unix:/path`; for HTTP without scheme and path, which are in `tls` and `settings`. Default
   * `127.0.0.1` and the port of the protocol. Counterpart: a channel's target, `dns:host:port` or `unix:path`.
   */
  address: string;
  /**
   * Connections each worker opens and shares among its users. Default 1; over HTTP/1.1 256, opened as they are needed.
   * Sensible: 1 to 100; 1 to 10,000 over HTTP/1.1. gRPC opens one a channel: see `ChannelOptions.connections`.
   */
  connections: number;
  /**
   * Deadline of each call; milliseconds. For speech paced in real time the clip's length is added. Default 30,000. Sensible:
   * a few times the response time that users accept; 1 to 3,600,000 are taken. Counterpart: a call's `deadline`, which gRPC
   * leaves unlimited.
   */
  timeout_ms: number;
  /**
   * What becomes of a call that its connection provably did not process: true: it starts once more on another connection;
   * false: it fails with UNAVAILABLE. Default true; with grpc-js always false. Counterpart: gRPC's transparent retries.
   */
  transparent_retry: boolean;
  /**
   * Sent with every call; default none. Values never enter a result, a report or a log: see `redactPlan`. Counterpart: a
   * call's `Metadata`; over HTTP the headers.
   */
  metadata: MetadataEntry[];
  /** Gives every call its `authorization`; absent, the default: only what `metadata` holds. gRPC's call credentials. */
  auth?: AuthPlan;
  /** How connections are secured; null, the default: plaintext. gRPC's channel credentials. */
  tls: TlsPlan | null;
  /** Tunnels every connection; absent, the default: none, whatever the environment says. `grpc.http_proxy`. */
  proxy?: ProxyPlan;
  /** Where inputs come from; empty, the default: built-in ones. */
  inputs: InputFile[];
  /** How inputs are picked and shaped; absent: `DEFAULT_INPUT_PLAN`. */
  input_plan?: InputPlan;
  options: SttOptions | LlmOptions | TtsOptions | CallOptions;
}

/** One header sent with every call; the value of a `-bin` key is base64. */
export interface MetadataEntry {
  key: string;
  value: string;
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
  /**
   * `real_time`, the default: as a microphone would, chunk by chunk; `fast`: as quickly as the stream takes it, for the
   * highest throughput.
   */
  pacing: "real_time" | "fast";
  /** Length of an audio chunk, 20 to 100 ms; default 100. Telephony sends 20. */
  chunk_ms: number;
  /** ISO 639-1; default `en`. */
  language: string;
}

/** How text is asked for. */
export interface LlmOptions {
  kind: "llm";
  /** Most tokens of an answer, 1 to 1,000,000; default 128. Sensible: what the application asks for. */
  max_tokens: number;
  /** Randomness of answers, 0 to 2; default 0.7. 0 makes lengths repeat, and with them the load. */
  temperature: number;
  /** System message put before each chat; empty, the default: none. */
  system: string;
}

/** How speech is asked for. */
export interface TtsOptions {
  kind: "tts";
  /** Default `default`: the server's choice; `alloy` of OpenAI's interface. */
  voice: string;
  /** ISO 639-1; default `en`. */
  language: string;
  /** Audio the player of `stall` gathers before it plays; milliseconds. Default 0, sensible up to 500, at most 10,000. */
  prebuffer_ms: number;
  /**
   * Most sentences of one voice turn that are asked for at the same time, 1 to 100. Default 100: as fast as they come; 1 is
   * an application that waits for each sentence's audio.
   */
  max_parallel_sentences: number;
}

/** Anything else: what is sent is in the service's `settings`. */
export interface CallOptions {
  kind: "call";
}

/** One entry of the task mix. */
export interface TaskPlan {
  name: TaskName;
  /** Name under which reports group its calls: the task's, with `@service` where several services do the same task. */
  operation: string;
  /** `name` of each service it calls, in the order of `TASKS[name].services`. */
  services: string[];
  /** Index of the load whose mix it is part of. */
  load: number;
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

/**
 * A copy of the plan without what may be secret; the only form that may be saved or shown.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const service = {
 *   name: "llm",
 *   metadata: [{ key: "x-key", value: "hush" }],
 *   settings: null,
 *   auth: { kind: "bearer", token: "hush" },
 * };
 * const shown = redactPlan({ services: [service] } as unknown as Plan);
 * assert.ok(!JSON.stringify(shown).includes("hush"));
 * ```
 */
export function redactPlan(plan: Plan): Plan {
  const services = plan.services.map((service) => ({
    ...service,
    metadata: service.metadata.map(({ key }) => ({ key, value: HIDDEN })),
    settings: redactSettings(service.settings),
    ...(service.auth !== undefined && { auth: redactAuth(service.auth) }),
    ...(service.proxy !== undefined && { proxy: redactProxy(service.proxy) }),
  }));
  return { ...plan, services };
}
