/**
 * The types that every room shares. A plan is a checked scenario with every default filled in. It is plain data, so
 * workers and saved results get it as JSON.
 */
import type { InputPlan } from "./inputs.ts";
import type { AuthPlan, ProxyPlan, TlsPlan } from "./credentials.ts";
import type { Distribution, Threshold } from "./threshold/threshold.ts";
import type { Protocol, ProtocolSettings } from "./protocols.ts";
import { HIDDEN, redactAuth, redactProxy, redactSettings, withoutValues } from "./redact.ts";
import type { HiddenValue } from "./secret/quotes.ts";
import type { ServiceKind, TaskName } from "./tasks.ts";
import { redactPage } from "./metrics_page.ts";
import type { ResourcePlan } from "./resources.ts";
export type { ProcessPlan, RemotePlan, ResourcePlan } from "./resources.ts";

export type { AuthPlan, OAuth2Plan, ProxyPlan, TlsPlan } from "./credentials.ts";
export type { ServiceKind, VoiceKind } from "./tasks.ts";

/** The transports a plan may name: june-load's own HTTP/2 engine, or the gRPC project's JavaScript client. */
export type TransportName = "wire" | "grpc-js";

/** A whole plan; `run` prints it and the result contains it. */
export interface Plan {
  /** The scenario's name, also the name of the folder of its reports. */
  scenario: string;
  description: string;
  /** Source of the scenario: a path, or `built-in`. */
  source: string;
  /** Seed of every random choice; the same seed and plan give the same choices with any number of workers. */
  seed: number;
  /** The loads, at least one. Several loads run at the same time, each with its own tasks and stages. */
  loads: LoadPlan[];
  /** Time from the first start to the last start of the longest load, including the ramp; milliseconds. */
  duration_ms: number;
  /** How long calls in flight may still run after the duration; then they end as `unfinished`. Milliseconds. */
  grace_ms: number;
  /** The stages, load by load. The stages of one load are in order, without gaps, from 0 to its end. */
  stages: Stage[];
  /** Web Workers that make the load. */
  workers: number;
  transport: TransportName;
  services: ServicePlan[];
  /** The task mix; weights sum to more than 0. */
  tasks: TaskPlan[];
  thresholds: Threshold[];
  /** Limits of a good call; empty: every ok call is good. */
  objectives: Objective[];
  /** A rule passes only when enough was measured to be sure. */
  strict: boolean;
  /** Percentiles in tables, rising, each above 0 and at most 100. */
  percentiles: number[];
  /** Length of the sliding window for averages in throughput charts; milliseconds. */
  throughput_window_ms: number;
  resources: ResourcePlan;
  output: OutputPlan;
  /**
   * Stretches in which the user had paused the run, rising: no task starts in them, and the loads' courses are 0. Only a
   * steered plan has them, which is never saved; absent: none.
   */
  pauses?: { start_ms: number; end_ms: number }[];
  /** Each task is a pair of calls to two targets: see `duetOf`. Absent: it is one call. */
  duet?: DuetPlan;
  /** Values of variables that must not be shown; absent: none. Never saved. */
  hidden?: HiddenValue[];
}

/** One source of load. */
export type LoadPlan = ClosedLoad | OpenLoad;

/** Closed load: a number of users; each does one task after another, with a pause between. */
export interface ClosedLoad {
  kind: "closed";
  /** Shown when a plan has several loads. */
  name: string;
  /** Users over time, in order and without gaps from 0 to the load's end. */
  courses: LoadSegment[];
  /** Most users at any time. */
  users: number;
  think_time: ThinkTime;
  /** When the first task of a user comes that starts, or starts again. */
  start: UserStart;
  /** Least pause of a user after a call that was refused or lost; 0: as after any other call. Milliseconds. */
  after_failure_ms: number;
}

/** `staggered`: after a random part of the user's pause, so that users who start together do not speak together. */
export type UserStart = "staggered" | "at_once";

/** Open load: tasks start at scheduled times, whether or not the services keep up. */
export interface OpenLoad {
  kind: "open";
  name: string;
  /** Arrivals per second over time, in order and without gaps from 0 to the load's end. */
  courses: LoadSegment[];
  /** Even spacing, or the exponential gaps of a Poisson process. Replayed offsets stay as they are. */
  spacing: "constant" | "poisson";
  /** Most tasks in flight; further arrivals wait. */
  max_in_flight: number;
  /** Longest wait of an arrival for `max_in_flight`; then it is dropped. Milliseconds. */
  max_wait_ms: number;
}

/** A load's target over one period of time: users, or arrivals per second. */
export type LoadSegment =
  | { kind: "linear"; start_ms: number; end_ms: number; from: number; to: number }
  | SineCourse
  | ReplayCourse;

/** mean + amplitude * sin(2 pi (t - start + phase) / period); never below 0. */
export interface SineCourse {
  kind: "sine";
  start_ms: number;
  end_ms: number;
  mean: number;
  amplitude: number;
  period_ms: number;
  /** How far into its wave it begins, where the run was steered; absent: 0. */
  phase_ms?: number;
}

/** Open loads only: one arrival at each offset of a file, counted from `start_ms`. */
export interface ReplayCourse {
  kind: "replay";
  start_ms: number;
  end_ms: number;
  file: InputFile;
  /** In this course. */
  arrivals: number;
  /** How far into the file it begins, where the run was steered: offsets count from there; absent: 0. */
  skip_ms?: number;
}

/** Pause of a user between the end of one task and the intended start of the next. */
export type ThinkTime =
  | { kind: "constant"; value_ms: number }
  | { kind: "uniform"; min_ms: number; max_ms: number }
  | { kind: "exponential"; mean_ms: number }
  | { kind: "lognormal"; median_ms: number; sigma: number }
  /** Time from start to start; after a task that takes longer, the next one starts at once. */
  | { kind: "pacing"; every_ms: number };

/** A limit that each good call of the matching operations meets. */
export interface Objective {
  /** Glob over operation names; null: all. */
  operations: string | null;
  of: Distribution;
  /** In the distribution's base unit (see `DISTRIBUTIONS`). See `CallJudge` for calls without it. */
  limit: number;
}

/** A named part of the run; every series is kept per stage. */
export interface Stage {
  /** Unique in the plan; `load.stage` if there are several loads. */
  name: string;
  /** Index of the load it belongs to. */
  load: number;
  start_ms: number;
  end_ms: number;
  /** Thresholds ignore a warm-up stage. */
  warm_up: boolean;
  /**
   * Users of a closed load start or leave in it one after another, and other stages do not: percentiles, means and extremes
   * leave it out, unless a rule names it. Absent: no, or an older result.
   */
  ramp?: boolean;
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
  /** Settings of its protocol besides `options`; null for a protocol without settings, such as June's. */
  settings: ProtocolSettings | null;
  /**
   * `host:port`, `[v6]:port`, `unix:/path` or a list such as `ipv4:10.0.0.1:50051,10.0.0.2:50051`. For HTTP, `tls` and `settings` hold the scheme and the path. Default:
   * `127.0.0.1` and the port of the protocol. Counterpart: a channel's target, `dns:host:port` or `unix:path`.
   */
  address: string;
  /** The built-in simulator stands in for it, at ports of its own. */
  simulated?: true;
  /**
   * Connections that each worker opens and shares among its users. Default 1; over HTTP/1.1 256, opened as needed.
   * Sensible: 1 to 100; 1 to 10,000 over HTTP/1.1. gRPC opens one per channel: see `ChannelOptions.connections`.
   */
  connections: number;
  /**
   * Which addresses connections go to where a name or a list has several. Absent, the default: `spread`, over all of
   * them, with at least one connection to each (over HTTP/1.1 and for WebSockets as many as are opened). `pick_first`:
   * the first that accepts. Counterparts: gRPC's load balancing policies `round_robin` and `pick_first`.
   */
  addresses?: "spread" | "pick_first";
  /**
   * Deadline of each call, 1 to 3,600,000 milliseconds; default 30,000. Speech in real time gets the clip's length on top.
   * Sensible: a few times the response time that users accept. Counterpart: a call's `deadline`, by default unlimited.
   */
  timeout_ms: number;
  /**
   * What to do with a call that the server provably did not process. True, the default: retry it once on another
   * connection. False: it fails with UNAVAILABLE. Always false with grpc-js. Counterpart: gRPC's transparent retries.
   */
  transparent_retry: boolean;
  /** A call without a connection waits until its deadline, as gRPC's; default false: for the next attempt to connect. */
  wait_for_ready?: boolean;
  /**
   * Headers of every call; default none. Their values never enter a result, a report or a log: see `redactPlan`.
   * Counterpart: a call's `Metadata`; over HTTP the headers.
   */
  metadata: MetadataEntry[];
  /** Source of every call's `authorization`; absent, the default: only `metadata`. gRPC's call credentials. */
  auth?: AuthPlan;
  /** TLS settings; null, the default: plaintext. gRPC's channel credentials. */
  tls: TlsPlan | null;
  /** The proxy of every connection; absent, the default: none. Ignores the environment. `grpc.http_proxy`. */
  proxy?: ProxyPlan;
  /** Files of inputs; empty, the default: built-in inputs. */
  inputs: InputFile[];
  /** How inputs are picked and shaped; absent: `DEFAULT_INPUT_PLAN`. */
  input_plan?: InputPlan;
  options: SttOptions | LlmOptions | TtsOptions | CallOptions;
  /** As `Plan.hidden`: any service may quote them. Never saved. */
  hidden?: HiddenValue[];
}

/** One header of every call; the value of a `-bin` key is base64. */
export interface MetadataEntry {
  key: string;
  value: string;
}

/** A file or folder of inputs; a service without one uses built-in inputs. */
export interface InputFile {
  /** Absolute path. */
  path: string;
  /** `file:line:column` of the line that names it, for messages. */
  at: string;
}

/** Options of speech to text. */
export interface SttOptions {
  kind: "stt";
  /**
   * `real_time`, the default: chunk by chunk, like a microphone; `fast`: as quickly as the stream takes it, for the highest
   * throughput.
   */
  pacing: "real_time" | "fast";
  /** Length of an audio chunk, 20 to 100 ms; default 100. Telephony sends 20. */
  chunk_ms: number;
  /** ISO 639-1; default `en`. */
  language: string;
  /** What to do with results that are not final; absent: `auto`, the default. */
  interims?: Interims;
  /** Rules by which words are made comparable; absent, as in older results: `basic`. Default `english`. */
  wer_normalizer?: WerNormalizer;
}

/**
 * What becomes of the results of a transcript that are not final.
 *
 * - `replace`: the next result replaces one that is not final.
 * - `join`: each result is the next part of the transcript.
 * - `auto`: per call, by whether results repeat what came before.
 */
export const INTERIMS = ["auto", "replace", "join"] as const;
/** Name of a way. */
export type Interims = typeof INTERIMS[number];

/** Rules for the word error rate: those of English (other languages use the basic ones), or the basic ones alone. */
export const WER_NORMALIZERS = ["english", "basic"] as const;
/** Name of the rules. */
export type WerNormalizer = typeof WER_NORMALIZERS[number];

/** Options of language models. */
export interface LlmOptions {
  kind: "llm";
  /** Most tokens of an answer, 1 to 1,000,000; default 128. Sensible: what the application asks for. */
  max_tokens: number;
  /** Randomness of answers, 0 to 2; default 0.7. With 0, lengths repeat, and so does the load. */
  temperature: number;
  /** System message at the start of each chat; empty, the default: none. */
  system: string;
}

/** Options of text to speech. */
export interface TtsOptions {
  kind: "tts";
  /** Default `default`: the server's choice; `alloy` of OpenAI's interface. */
  voice: string;
  /** ISO 639-1; default `en`. */
  language: string;
  /**
   * Audio that the simulated player of `stall` buffers before it plays; milliseconds. Default 0, sensible up to 500, at
   * most 10,000.
   */
  prebuffer_ms: number;
  /**
   * Most sentences of one voice turn to request at the same time, 1 to 100. Default 100: as fast as they come; 1 is an
   * application that waits for each sentence's audio.
   */
  max_parallel_sentences: number;
}

/** Options of your own services: none; the service's `settings` hold the requests. */
export interface CallOptions {
  kind: "call";
}

/** One entry of the task mix. */
export interface TaskPlan {
  name: TaskName;
  /** Name of its calls in reports: the task's name, with `@service` when several services do the same task. */
  operation: string;
  /** `name` of each service it calls, in the order of `TASKS[name].services`. */
  services: string[];
  /** Index of its load. */
  load: number;
  weight: number;
}

/** What the plan of a duet says of its two sides. */
export interface DuetPlan {
  /** The names behind `@` in those of services and operations: the baseline's, and the other one's. */
  sides: [string, string];
}

/** The files that a run writes. */
export interface OutputPlan {
  /** Folder that holds `<scenario>/<timestamp>/`. */
  dir: string;
  formats: OutputFormat[];
  include_charts: boolean;
  /** An earlier result to compare with, or null. */
  comparison_baseline: string | null;
}

/** Formats of the report tree; the analysis folder and result.ndjson are always written. */
export const OUTPUT_FORMATS = ["html", "json", "csv", "markdown", "junit", "prometheus", "hlog", "otlp"] as const;
/** One of them. */
export type OutputFormat = typeof OUTPUT_FORMATS[number];

/**
 * A copy of the plan without anything that may be secret. Only this copy may be saved or shown.
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
export function redactPlan({ hidden = [], ...plan }: Plan): Plan {
  const { services, resources, ...rest } = plan;
  const pages = resources?.pages?.map(redactPage);
  const read = { ...rest, resources: { ...resources, ...(pages !== undefined && { pages }) } };
  return { ...withoutValues(read, hidden), services: services.map(redactService) };
}

/** A service of a plan without anything that may be secret. */
export function redactService({ hidden = [], ...service }: ServicePlan): ServicePlan {
  const { options, auth, proxy } = service;
  return withoutValues({
    ...service,
    metadata: service.metadata.map(({ key }) => ({ key, value: HIDDEN })),
    settings: redactSettings(service.settings),
    ...(auth !== undefined && { auth: redactAuth(auth) }),
    ...(proxy !== undefined && { proxy: redactProxy(proxy) }),
    ...(options?.kind === "llm" && options.system !== "" && { options: { ...options, system: HIDDEN } }),
  }, hidden);
}
