/**
 * What a plan says of a service beside who and where it is: settings of the protocol it speaks. Plain data. Each setting
 * names its default in a scenario file. gRPC has counterparts of connections only, which are in `ServicePlan`.
 */

/** A value as JSON has it. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** What a service speaks. */
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
   * One ModelStreamInfer stream for each request, the default; or one per connection that all share, replies matched by id.
   * Shared streams cost less, and one slow reply holds up the others.
   */
  streams: "per_request" | "shared";
  /**
   * Tensors of a request, 1 to 50; null, the default: those of TensorRT-LLM (`text_input`, `max_tokens`, ...), as far as
   * the model has them.
   */
  inputs: TensorPlan[] | null;
  /** Output that holds the text made; default `text_output`. */
  text_output: string;
}

/** One input tensor of a request. */
export interface TensorPlan {
  name: string;
  /** KServe's name, e.g. `BYTES`; null, the default: as the model's metadata says. */
  datatype: string | null;
  /** Null, the default: as the model's metadata says, each free dimension 1. */
  shape: number[] | null;
  /** One value, or a list of as many as the shape holds; texts may hold templates. */
  value: Json;
}

/** Riva's speech services. */
export interface RivaSettings {
  protocol: "riva";
  /** Empty, the default: the server's default for the language. */
  model: string;
  /** BCP-47; default `en-US`. */
  language_code: string;
  /** Speech recognition: also ask for interim results, without which the first words come late. Default true. */
  interim_results: boolean;
  /** Speech recognition: ask for punctuation and capitals. Default true, as users of transcripts want them. */
  automatic_punctuation: boolean;
  /** Speech synthesis: sample rate asked for, 8,000 to 48,000; default 22,050. */
  sample_rate_hz: number;
}

/** OpenAI's HTTP interface, as vLLM, NIM and llama.cpp offer it. */
export interface OpenAiSettings {
  protocol: "openai";
  /** Put before each path; default `/v1`. */
  base_path: string;
  /** Default `1.1`, as these servers speak it: see `HttpOptions.version`. */
  http_version: "1.1" | "2";
  /** As `GET /v1/models` lists it; defaults only for speech: `whisper-1` and `tts-1`. */
  model: string;
  /** Key of the request that limits the output; default `max_tokens`, the second is OpenAI's newer name. */
  limit_field: "max_tokens" | "max_completion_tokens";
  /** More fields of the request body, such as `{ "ignore_eos": true }`; default none. */
  extra: { [key: string]: Json };
  /** Speech: `pcm`, the default, or `wav` (others have no length that could be known). */
  audio_format: "pcm" | "wav";
  /** Speech: rate of `pcm`, 8,000 to 48,000; default 24,000, what OpenAI sends. */
  sample_rate_hz: number;
}

/** Where descriptions of gRPC messages come from. */
export type DescriptorSource =
  /** Absolute paths of `.proto` files, and folders that imports are looked up in. */
  | { kind: "proto"; files: string[]; import_dirs: string[] }
  /** A serialised FileDescriptorSet. */
  | { kind: "set"; file: string }
  | { kind: "reflection" };

/** Which sides of a gRPC method are streams of messages. */
export type CallKind = "unary" | "client_stream" | "server_stream" | "bidi_stream";

/** Any methods of any gRPC services at one address. */
export interface GrpcSettings {
  protocol: "grpc";
  /** Default `reflection`: the server is asked. */
  descriptors: DescriptorSource;
  /** 1 to 100. */
  exchanges: GrpcExchange[];
}

/** One kind of gRPC call; `name` is the operation's. */
export interface GrpcExchange {
  name: string;
  /** `package.Service/Method`. */
  method: string;
  /** Request messages of one call, in order; texts may hold templates. One for methods that take one. */
  messages: Json[];
  /** Absolute paths of raw request bytes instead of `messages`, one file a message; then no descriptor is needed. */
  raw_files: string[];
  /** Which sides are streams; absent: as the descriptor says. Raw files without checks and with this need none. */
  call_kind?: CallKind;
  checks: Check[];
}

/** What a reply must hold, else the call counts as failed (`semantic:check`). */
export interface Check {
  /** Path into the reply, e.g. `results[0].text`; empty: the whole. */
  path: string;
  /** Null: only that it is there and not empty. */
  equals: Json | null;
  /** Regular expression that its text must match; null: none. */
  matches: string | null;
}

/** Calls over HTTP. */
export interface RestSettings {
  protocol: "rest";
  /** Path of the host's URL, put before each exchange's; default empty. */
  base_path: string;
  /** Default `1.1`: see `HttpOptions.version`. */
  http_version: "1.1" | "2";
  /**
   * Where exchanges that need a token get one: a POST to this path (templates allowed) whose JSON reply holds
   * `access_token`, as June's `/auth/token?user_id=...`. Once per worker, again where the token is no longer accepted.
   * Null, the default: no exchange logs in.
   */
  login_path: string | null;
  exchanges: RestExchange[];
}

/** One kind of HTTP request; `name` is the operation's. */
export interface RestExchange {
  name: string;
  method: string;
  /** May hold templates, as texts of headers and body may. */
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

/** Exchanges over a WebSocket. */
export interface WebSocketSettings {
  protocol: "websocket";
  /** Path and query; may hold templates. Default `/`. */
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

/** One message sent and the reply that answers it; `name` is the operation's. */
export interface WebSocketExchange {
  name: string;
  /** A clip goes as a WAV file: in a binary message, or as base64 in the JSON `{"type": "audio", "<field>": "..."}`. */
  send: { kind: "text"; text: string } | { kind: "json"; value: Json } | { kind: "clip"; field: string | null };
  /**
   * What the answer must hold; replies that do not match are passed over, but one with `"type": "error"` fails the
   * exchange. Empty: the next message.
   */
  reply: Check[];
}
