/**
 * The facts about each protocol, in one place. A new member of `Protocol` does not compile before it has an entry here and
 * a driver in `lib/driver/protocols.ts`.
 */
import type { Protocol } from "./protocols.ts";
import { DEFAULT_TASK, type ServiceKind, type TaskName, TASKS } from "./tasks.ts";

/** The transport protocol below a protocol. */
export type Carrier = "grpc" | "http" | "websocket";

/** The facts that rooms other than the driver need. */
export interface ProtocolFacts {
  /** One line for the reference: the services that speak it. */
  summary: string;
  /** Tasks of a service with this protocol; a `voice_turn` combines tasks of three services. */
  tasks: readonly TaskName[];
  /** Default tasks that differ from `DEFAULT_TASK`. */
  default_tasks: Readonly<Partial<Record<ServiceKind, TaskName>>>;
  carrier: Carrier;
  /** The `--test-type` that selects its services. */
  test_type: "grpc" | "rest" | "websocket";
  /**
   * Other services answer its health check too: Triton's standard health reports every service as healthy. `check` then
   * asks further questions before it accepts the answer.
   */
  generic_health: boolean;
  /** Its servers have statistics of their own work, which june-load reads before and after a run. */
  server_statistics: boolean;
  /**
   * Where the simulator serves it: on the port of the voice service, or on the HTTP port. `never`: the simulator has no
   * service like it.
   */
  simulated: "voice_port" | "http_port" | "never";
  /** Its streams of transcripts say up to which place in the audio each goes, so `response_latency` is measured. */
  transcripts_cover: boolean;
  /** Most characters of a text that its servers accept. */
  max_text_characters: number;
  /**
   * Where its servers may have a page of metrics, in the order in which to look: at the service's own port (null) or at
   * another one of its host.
   */
  metrics_pages: readonly { port: number | null; path: string }[];
  /** A request can ask for an exact number of tokens. */
  exact_output: boolean;
  /** A chat's request may have fields of its own: tools and how to use them. */
  chat_fields: boolean;
}

const of = (kind: ServiceKind): TaskName[] =>
  (Object.keys(TASKS) as TaskName[]).filter((name) => TASKS[name].services.join() === kind);

const VOICE = [...of("stt"), ...of("llm"), ...of("tts")];
/** June's servers reject longer texts. */
const MAX_JUNE_CHARACTERS = 100_000;
const MAX_CHARACTERS = 4_000_000;

const TRITON_PAGE = [{ port: 8002, path: "/metrics" }] as const;

const GRPC = {
  default_tasks: {},
  carrier: "grpc",
  test_type: "grpc",
  server_statistics: false,
  metrics_pages: [],
  exact_output: false,
  transcripts_cover: false,
  chat_fields: false,
  max_text_characters: MAX_CHARACTERS,
} as const;
const HTTP = {
  ...GRPC,
  carrier: "http",
  generic_health: false,
  simulated: "http_port",
} as const;

/** Facts of every protocol. */
export const PROTOCOL_FACTS: Readonly<Record<Protocol, ProtocolFacts>> = {
  june: {
    ...GRPC,
    summary: "June's own gRPC services",
    tasks: VOICE,
    generic_health: true,
    simulated: "voice_port",
    max_text_characters: MAX_JUNE_CHARACTERS,
  },
  triton: {
    ...GRPC,
    summary: "KServe v2 over gRPC, as in Triton: TensorRT-LLM, vLLM's back end, your own models",
    tasks: of("llm").filter((name) => name !== "llm.embed"),
    generic_health: true,
    server_statistics: true,
    metrics_pages: TRITON_PAGE,
    simulated: "voice_port",
  },
  riva: {
    ...GRPC,
    summary: "NVIDIA Riva's speech services over gRPC",
    tasks: [...of("stt"), ...of("tts")],
    default_tasks: { tts: "tts.synthesize_stream" },
    transcripts_cover: true,
    // Triton runs its models.
    metrics_pages: TRITON_PAGE,
    generic_health: true,
    simulated: "voice_port",
  },
  openai: {
    ...HTTP,
    summary: "OpenAI's interface over HTTP: vLLM, NIM, llama.cpp, OpenAI",
    tasks: VOICE,
    exact_output: true,
    // NIM's is the second, that of TensorRT-LLM's own server the third.
    metrics_pages: ["/metrics", "/v1/metrics", "/prometheus/metrics"].map((path) => ({ port: null, path })),
    chat_fields: true,
    default_tasks: { stt: "stt.recognize", tts: "tts.synthesize_stream" },
  },
  grpc: {
    ...GRPC,
    summary: "any method of any gRPC service",
    tasks: ["call"],
    generic_health: false,
    simulated: "never",
  },
  rest: { ...HTTP, summary: "HTTP requests", tasks: ["call"], test_type: "rest" },
  websocket: {
    ...HTTP,
    summary: "messages over WebSockets",
    tasks: ["call"],
    carrier: "websocket",
    test_type: "websocket",
  },
};

/** All protocols, in the order the reference lists them. */
export const PROTOCOLS = Object.keys(PROTOCOL_FACTS) as Protocol[];

/**
 * The protocols that can do a task.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.deepEqual(protocolsOf("llm.embed"), ["june", "openai"]);
 * ```
 */
export function protocolsOf(task: TaskName): Protocol[] {
  return PROTOCOLS.filter((protocol) => PROTOCOL_FACTS[protocol].tasks.includes(task));
}

/**
 * The task of a service in a scenario without a task mix.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.equal(defaultTask("tts", "june"), "tts.synthesize");
 * assert.equal(defaultTask("tts", "riva"), "tts.synthesize_stream");
 * ```
 */
export function defaultTask(kind: ServiceKind, protocol: Protocol): TaskName {
  return PROTOCOL_FACTS[protocol].default_tasks[kind] ?? DEFAULT_TASK[kind];
}

/** A protocol's word for the fields sent with each call. */
export function headersWord(protocol: Protocol): "metadata" | "headers" {
  return PROTOCOL_FACTS[protocol].carrier === "grpc" ? "metadata" : "headers";
}
