/**
 * The protocols of services, and the settings of each protocol. Plain data. Each setting names its default in a scenario
 * file. gRPC has counterparts only of connection settings, which are in `ServicePlan`.
 */

/** Any JSON value. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** The protocol of a service. */
export type Protocol = "june" | "triton" | "riva" | "openai" | "grpc" | "rest" | "websocket";

/** Settings of a protocol; `june` needs none. */
export type ProtocolSettings =
  | TritonSettings
  | RivaSettings
  | OpenAiSettings
  | GrpcSettings
  | RestSettings
  | WebSocketSettings;

/** A language model, or any other model, behind Triton (KServe v2). */
export interface TritonSettings {
  protocol: "triton";
  /** Name in Triton's repository; default `ensemble`. */
  model: string;
  /** Empty, the default: the server chooses. */
  version: string;
  /**
   * One ModelStreamInfer stream per request, the default; or one per connection for all requests, where ids match the
   * replies. Shared streams cost less, but one slow reply holds up the others.
   */
  streams: "per_request" | "shared";
  /**
   * Tensors of a request, 1 to 50; null, the default: TensorRT-LLM's (`text_input`, `max_tokens`, ...) that the model has.
   */
  inputs: TensorPlan[] | null;
  /** Output with the generated text; default `text_output`. */
  text_output: string;
}

/** One input tensor of a request. */
export interface TensorPlan {
  name: string;
  /** KServe's name, e.g. `BYTES`; null, the default: from the model's metadata. */
  datatype: string | null;
  /** Null, the default: from the model's metadata, each free dimension 1. */
  shape: number[] | null;
  /** One value, or a list with one value for each element of the shape; texts may hold placeholders. */
  value: Json;
}

/** Riva's speech services. */
export interface RivaSettings {
  protocol: "riva";
  /** Empty, the default: the server's default for the language. */
  model: string;
  /** BCP-47; default `en-US`. */
  language_code: string;
  /** Speech recognition: also ask for interim results; without them the first words come late. Default true. */
  interim_results: boolean;
  /** Speech recognition: ask for punctuation and capitals, which users of transcripts want. Default true. */
  automatic_punctuation: boolean;
  /** Speech synthesis: sample rate to ask for, 8,000 to 48,000; default 22,050. */
  sample_rate_hz: number;
}

/** OpenAI's HTTP interface, also in vLLM, NIM and llama.cpp. */
export interface OpenAiSettings {
  protocol: "openai";
  /** Prefix of each path; default `/v1`. */
  base_path: string;
  /** Query of every request, without its question mark; absent: none. Its values are never saved. */
  query?: string;
  /** Default `1.1`, the version of these servers: see `HttpOptions.version`. */
  http_version: "1.1" | "2";
  /** Name from `GET /v1/models`; defaults only for speech: `whisper-1` and `tts-1`. */
  model: string;
  /** Key of the request that limits the output; default `max_tokens`, the second is OpenAI's newer name. */
  limit_field: "max_tokens" | "max_completion_tokens";
  /** More fields of the request body, such as `{ "ignore_eos": true }`; default none. */
  extra: { [key: string]: Json };
  /** Fields that june-load would send and that are left out; absent: none. */
  without?: string[];
  /** Speech: the format that is asked for; default `pcm`. Those with frames are measured by them. */
  audio_format: "pcm" | "wav" | "mp3" | "opus" | "flac" | "aac";
  /** Speech: sample rate of `pcm`, 8,000 to 48,000; default 24,000, like OpenAI. */
  sample_rate_hz: number;
  /** The scenario names no rate for raw PCM: the preflight asks the server for it. */
  rate_from_server?: true;
}

/** Source of the descriptions of gRPC messages. */
export type DescriptorSource =
  /** Absolute paths of `.proto` files, and folders to look up imports in. */
  | { kind: "proto"; files: string[]; import_dirs: string[] }
  /** A serialised FileDescriptorSet. */
  | { kind: "set"; file: string }
  | { kind: "reflection" };

/** Which sides of a gRPC method are streams of messages. */
export type CallKind = "unary" | "client_stream" | "server_stream" | "bidi_stream";

/** Any methods of any gRPC services at one address. */
export interface GrpcSettings {
  protocol: "grpc";
  /** Default `reflection`: from the server. */
  descriptors: DescriptorSource;
  /** 1 to 100. */
  exchanges: GrpcExchange[];
}

/** One kind of gRPC call; `name` is the operation's. */
export interface GrpcExchange {
  name: string;
  /** `package.Service/Method`. */
  method: string;
  /** Request messages of one call, in order; texts may hold placeholders. Only one for methods with a single request. */
  messages: Json[];
  /** Absolute paths of raw request bytes instead of `messages`, one file per message; they need no descriptor. */
  raw_files: string[];
  /** Which sides are streams; absent: from the descriptor. With it, raw files without checks need no descriptor. */
  call_kind?: CallKind;
  checks: Check[];
}

/** A condition for the reply; otherwise the call fails (`semantic:check`). */
export interface Check {
  /** Path in the reply, e.g. `results[0].text`; empty: the whole reply. */
  path: string;
  /** The value there; null: any value that is not empty. */
  equals: Json | null;
  /** Regular expression that the text there must match; null: none. */
  matches: string | null;
}

/** Calls over HTTP. */
export interface RestSettings {
  protocol: "rest";
  /** Path of the host's URL, prefix of each exchange's path; default empty. */
  base_path: string;
  /** Query of every request, without its question mark; absent: none. Its values are never saved. */
  query?: string;
  /** Default `1.1`: see `HttpOptions.version`. */
  http_version: "1.1" | "2";
  /**
   * Path of a POST that gets a token (placeholders allowed), such as June's `/auth/token?user_id=...`: its JSON reply holds
   * `access_token`. Each worker logs in once, and again when the service rejects the token. Null, the default: no login.
   */
  login_path: string | null;
  exchanges: RestExchange[];
}

/** One kind of HTTP request; `name` is the operation's. */
export interface RestExchange {
  name: string;
  method: string;
  /** May hold placeholders, like texts of headers and body. */
  path: string;
  headers: { key: string; value: string }[];
  /** Sends the token of `login_path` as `authorization: Bearer`. */
  requires_auth: boolean;
  body: HttpBody | null;
  /** Status codes that count as ok; empty: 200 to 299. */
  statuses: number[];
  checks: Check[];
}

/** The body of an HTTP request. */
export type HttpBody =
  | { kind: "json"; value: Json }
  | { kind: "text"; text: string; content_type: string }
  | { kind: "file"; path: string; content_type: string }
  | { kind: "multipart"; parts: MultipartPart[] };

/** One part of a multipart body: a text, a file, or one of the service's speech clips as WAV. */
export type MultipartPart =
  | { name: string; kind: "text"; text: string }
  | { name: string; kind: "file"; path: string; content_type: string }
  | { name: string; kind: "clip" };

/** Exchanges over WebSockets. */
export interface WebSocketSettings {
  protocol: "websocket";
  /** Path and query; may hold placeholders. Default `/`. */
  path: string;
  /** 1 to 100. */
  exchanges: WebSocketExchange[];
  /**
   * Interval of pings on an open socket; null, the default: none. Milliseconds, 100 to 3,600,000; sensible: 20,000, below
   * the idle limit of proxies. Counterpart: `grpc.keepalive_time_ms`.
   */
  ping_ms: number | null;
  /** Open a socket for each exchange, the default; or keep one per user, as a client that stays connected does. */
  sessions: "per_exchange" | "kept";
}

/** One message and its answer; `name` is the operation's. */
export interface WebSocketExchange {
  name: string;
  /** A clip is sent as a WAV file: in a binary message, or as base64 in the JSON `{"type": "audio", "<field>": "..."}`. */
  send: { kind: "text"; text: string } | { kind: "json"; value: Json } | { kind: "clip"; field: string | null };
  /**
   * Checks that identify the answer. Messages that do not match are skipped, but a message with `"type": "error"` fails
   * the exchange. Empty: the next message is the answer.
   */
  reply: Check[];
}
