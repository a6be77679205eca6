/** What a scenario file says about the services under test. */
import type { InputFile, MetadataEntry, TlsPlan } from "../plan/plan.ts";
import { address } from "./address.ts";
import { existingPath } from "./paths.ts";
import { keyPattern, type KeyShape, list, mapOf, oneOrMore, scalarOrMap, transform } from "./containers.ts";
import { boolean, choice, duration, integer, number, pattern, text } from "./scalars.ts";
import {
  type Context,
  type Decoded,
  type Field,
  maybe,
  object,
  optional,
  required,
  scalar,
  type Shape,
} from "./shape.ts";
import { quote } from "./tree.ts";

/** The default port of each kind of service, as June's servers have them. */
export const DEFAULT_PORTS = { llm: 50051, stt: 50052, tts: 50053 } as const;

const inputFiles: Shape<InputFile[]> = transform(
  oneOrMore(existingPath("a file or folder"), { min: 1, max: 100 }),
  (paths) => paths.map(({ value, at }) => ({ path: value, at })),
);

const RESERVED_METADATA = ["te", "content-type", "host", "connection", "transfer-encoding"];

const metadataKeys: KeyShape = {
  placeholder: "key",
  pattern: "^[0-9A-Za-z_.-]{1,64}$",
  fault(key) {
    if (!/^[0-9A-Za-z_.-]{1,64}$/.test(key)) {
      return `The metadata key ${quote(key)} is not allowed: expected letters, digits, "_", "-" and "."`;
    }
    const lower = key.toLowerCase();
    const isReserved = lower.startsWith("grpc-") || RESERVED_METADATA.includes(lower);
    return isReserved ? `The metadata key ${quote(key)} belongs to gRPC itself` : null;
  },
};

const metadataValue: Shape<string> = scalar({
  expected: "printable ASCII text of at most 8,192 characters",
  schema: { type: "string" },
  secret: true,
  read: (tree) => /^[\x20-\x7e]{0,8192}$/.test(tree.text) ? { value: tree.text } : null,
});

const metadata: Shape<MetadataEntry[]> = transform(mapOf(metadataKeys, metadataValue), (entries, _place, cx) => {
  for (const { key, value, at, path } of entries) {
    if (!key.toLowerCase().endsWith("-bin") || /^[A-Za-z0-9+/]*={0,2}$/.test(value)) continue;
    cx.problems.add(
      at,
      path,
      'Expected base64, because the key ends in "-bin"; the value found is not shown, for it may be secret',
    );
  }
  return entries.map(({ key, value }) => ({ key: key.toLowerCase(), value }));
});

const fingerprint: Shape<string> = transform(
  pattern("^(sha256:)?([0-9A-Fa-f]{2}:?){31}[0-9A-Fa-f]{2}$", "a SHA-256 fingerprint, 64 hexadecimal digits"),
  (value) => value.replace(/^sha256:/, "").replaceAll(":", "").toLowerCase(),
);

const pemFile = existingPath("a PEM file");

const TLS_FIELDS = {
  ca: maybe(pemFile, "the system's authorities", "Authorities to trust."),
  cert: maybe(pemFile, "none", "The client's certificate; needs `key`."),
  key: maybe(pemFile, "none", "The client's private key; needs `cert`."),
  server_name: maybe(text(253), "the host of the address", "Name to look for in the server's certificate."),
  insecure: optional(boolean, false, "Accept any certificate. For tests only; said loudly wherever it is in force."),
  pin: maybe(
    fingerprint,
    "none",
    "SHA-256 fingerprint of the one server certificate to accept, instead of authorities.",
  ),
};

const tlsMap: Shape<TlsPlan | null> = transform(object(TLS_FIELDS), (given, { at, path }, cx) => {
  tellTlsConflicts(given, at, path, cx);
  return {
    ca_file: given.ca.value,
    cert_file: given.cert.value,
    key_file: given.key.value,
    server_name: given.server_name.value,
    insecure: given.insecure.value,
    pinned_sha256: given.pin.value,
  };
});

function tellTlsConflicts(given: Decoded<typeof TLS_FIELDS>, at: string, path: string, cx: Context): void {
  if (given.cert.given !== given.key.given) {
    const [have, lack] = given.cert.given ? ["cert", "key"] : ["key", "cert"];
    cx.problems.add(at, path, `The key "${have}" is given without "${lack}"; a client certificate needs both`);
  }
  if (given.insecure.value) {
    const text = "The server's certificate is NOT checked: whoever answers there is believed, and gets what is sent";
    cx.problems.warn(given.insecure.at, given.insecure.path, text);
  }
  const checks = [given.ca, given.pin].filter((setting) => setting.given);
  if (given.insecure.value && checks.length > 0) {
    cx.problems.add(
      given.insecure.at,
      given.insecure.path,
      'The key "insecure" accepts any certificate; remove it, or "ca" and "pin"',
    );
  }
}

const NO_FILES: TlsPlan = {
  ca_file: null,
  cert_file: null,
  key_file: null,
  server_name: null,
  insecure: false,
  pinned_sha256: null,
};

/** `true`, `false` or a map of settings. */
const tls: Shape<TlsPlan | null> = scalarOrMap(transform(boolean, (on) => on ? NO_FILES : null), tlsMap);

function commonFields(kind: keyof typeof DEFAULT_PORTS, weight: number) {
  const port = DEFAULT_PORTS[kind];
  return {
    host: optional(address(port), `127.0.0.1:${port}`, "Where the service listens.", `${kind}.example.net:${port}`),
    weight: optional(
      number(0, 1_000_000),
      weight,
      "Share of the service's default task in a mix without `tasks`; with two services of one kind, also how they share a task of that kind.",
    ),
    protocol: optional(choice("june"), "june", "What the service speaks."),
    connections: optional(integer(1, 100), 1, "Connections each worker opens and shares among its users."),
    timeout: optional(
      duration("1ms", "1h"),
      "30s",
      "Deadline of each call. For speech paced in real time the clip's length is added.",
    ),
    moves: optional(
      choice("move", "fail"),
      "move",
      "A call that its connection provably did not process (a proxy rotates its connections, the server refuses the stream): `move` starts it once more on another connection, and counts that; `fail` ends it with UNAVAILABLE, as the transport grpc-js always does.",
    ),
    metadata: maybe(
      metadata,
      "none",
      "Sent with every call. Values are never saved or shown; take secrets from the environment.",
      {
        authorization: "Bearer ${TOKEN}",
      },
    ),
    tls: maybe(tls, "plaintext", "`true`, or how the connection is secured."),
  };
}

const language = pattern("^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$", 'a language such as "en" (ISO 639-1)');

const llmService = object({
  ...commonFields("llm", 30),
  prompts: maybe(inputFiles, "built-in prompts", "Text, JSONL files or folders of prompts.", "prompts.txt"),
  max_tokens: optional(integer(1, 1_000_000), 128, "Most tokens a reply may have."),
  temperature: optional(number(0, 2), 0.7, "Randomness of the replies."),
  system: optional(text(100_000), "", "System message put before each chat; empty: none."),
});

const sttService = object({
  ...commonFields("stt", 20),
  clips: maybe(inputFiles, "built-in clips", "WAV files, JSONL manifests or folders of speech.", "clips/"),
  pacing: optional(
    choice("real_time", "fast"),
    "real_time",
    "`real_time` sends audio as a microphone would, `fast` as quickly as the stream takes it.",
  ),
  chunk: optional(duration("20ms", "100ms"), "100ms", "Length of one audio message."),
  language: optional(
    language,
    "en",
    "Language of the speech. Streams cannot carry it: there the server's own setting holds.",
  ),
});

const ttsService = object({
  ...commonFields("tts", 20),
  texts: maybe(
    inputFiles,
    "built-in sentences",
    "Text, JSONL files or folders of sentences to speak.",
    "sentences.txt",
  ),
  voice: optional(text(64), "default", "Voice to speak with."),
  language: optional(language, "en", "Language of the sentences."),
  prebuffer: optional(
    duration("0s", "10s"),
    "0s",
    "Audio that the player, which tells where a listener would hear silence, gathers before it plays.",
  ),
  ahead: optional(
    integer(1, 100),
    100,
    "Most sentences of one voice turn that are asked for at the same time; they are played in order all the same.",
    1,
  ),
});

const serviceField = <T>(shape: Shape<T>, doc: string): Field<T | null> => maybe(shape, "not called", doc);

/** The services that speak gRPC, by the keys they may have. */
const grpcServices = object({
  tensorrt_llm: serviceField(llmService, "June's default language model service. Called as june.llm: see `protocol`."),
  inference_api: serviceField(llmService, "June's own language model service."),
  llm: serviceField(llmService, "Any other language model service."),
  stt: serviceField(sttService, "Speech to text."),
  tts: serviceField(ttsService, "Text to speech."),
});

const weight = optional(number(0, 1_000_000), 1, "Share of the calls.");
const path = required(text(2_000), "/health", "Path on the gateway.");

const gateway = object({
  host: required(text(2_000), "http://localhost:8000", "Address of June's former HTTP gateway."),
  rest_endpoints: optional(
    list(object({
      path,
      method: optional(choice("GET", "POST", "PUT", "PATCH", "DELETE"), "GET", "HTTP method."),
      weight,
      requires_auth: optional(boolean, false, "Whether a token is sent."),
    })),
    [],
    "HTTP calls.",
  ),
  websocket: maybe(object({ path, weight }), "none", "WebSocket sessions."),
});

const DEFAULT_SERVICES = { llm: {}, stt: {}, tts: {} };

/** The `services` part of a file. */
export const services = object({
  grpc: optional(
    grpcServices,
    DEFAULT_SERVICES,
    "Services called over gRPC. Where nothing is given: llm, stt and tts on this machine.",
  ),
  gateway: maybe(gateway, "none", "Accepted from June's files; a gRPC test does not call it."),
});

/** Decoded `services`. */
export type ServicesSettings = NonNullable<ReturnType<typeof services.decode>>;
/** Decoded `services.grpc`. */
export type GrpcSettings = ServicesSettings["grpc"]["value"];
/** Key of a service. */
export type ServiceKey = keyof GrpcSettings;
/** One service's settings that every kind has. */
export type CommonSettings = Decoded<ReturnType<typeof commonFields>>;
/** Settings of a language model service. */
export type LlmSettings = NonNullable<ReturnType<typeof llmService.decode>>;
/** Settings of a speech-to-text service. */
export type SttSettings = NonNullable<ReturnType<typeof sttService.decode>>;
/** Settings of a text-to-speech service. */
export type TtsSettings = NonNullable<ReturnType<typeof ttsService.decode>>;

/** Keys of the services and what each does, in the order plans list them. */
export const SERVICE_KINDS = {
  tensorrt_llm: "llm",
  inference_api: "llm",
  llm: "llm",
  stt: "stt",
  tts: "tts",
} as const satisfies Record<ServiceKey, "stt" | "llm" | "tts">;

/** Names that become folders. */
export const NAME = keyPattern("name", "^[A-Za-z0-9_-]{1,64}$", '1 to 64 letters, digits, "_" and "-"');
