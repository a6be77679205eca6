/** The services of a saved plan: what reports read of them, by `lib/plan/plan.ts` and `lib/plan/protocols.ts`. */
import { type TSchema, Type } from "typebox";
import type { AuthPlan, OAuth2Plan, ProxyPlan, TlsPlan } from "../../plan/credentials.ts";
import type { InputPlan, LengthPlan, SharedPrefixPlan } from "../../plan/inputs.ts";
import type {
  CallOptions,
  InputFile,
  LlmOptions,
  MetadataEntry,
  ServicePlan,
  SttOptions,
  TtsOptions,
} from "../../plan/plan.ts";
import { INTERIMS, WER_NORMALIZERS } from "../../plan/plan.ts";
import { PROTOCOL_FACTS } from "../../plan/protocol_facts.ts";
import type { CallKind, HttpBody, Protocol, ProtocolSettings } from "../../plan/protocols.ts";
import { DEFAULT_TASK, type ServiceKind } from "../../plan/tasks.ts";
import { amount, flag, length, list, map, maybe, name, oneOf, only, orNull, text, whole, word } from "./fields.ts";

/** A file or folder of inputs. */
export const inputFile: TSchema = map<InputFile>({ path: text, at: text });

/** TLS settings of a connection, or none. */
export const tls: TSchema = orNull(map<TlsPlan>({
  ca_file: orNull(text),
  cert_file: orNull(text),
  key_file: orNull(text),
  server_name: orNull(text),
  insecure: flag,
  // Came after the others.
  pinned_sha256: maybe(orNull(text)),
}));

type Variant<U, K extends string> = Extract<U, { kind: K }>;

const oauth2 = map<OAuth2Plan>({
  kind: only("oauth2"),
  address: text,
  path: text,
  tls,
  client_id: text,
  client_secret: text,
  scope: text,
  audience: text,
  send_as: word(["basic", "body"]),
});
/** A source of tokens. */
export const auth: TSchema = oneOf(
  map<Variant<AuthPlan, "bearer">>({ kind: only("bearer"), token: text }),
  map<Variant<AuthPlan, "bearer_file">>({ kind: only("bearer_file"), file: text }),
  oauth2,
);

const tokens = orNull(oneOf(
  map<Variant<LengthPlan, "constant">>({ kind: only("constant"), value: amount }),
  map<Variant<LengthPlan, "uniform">>({ kind: only("uniform"), min: amount, max: amount }),
  map<Variant<LengthPlan, "normal">>({ kind: only("normal"), mean: amount, deviation: amount }),
  map<Variant<LengthPlan, "lognormal">>({ kind: only("lognormal"), median: amount, sigma: amount }),
));
const inputPlan = map<InputPlan>({
  field: orNull(text),
  order: word(["random", "sequential"]),
  input_tokens: tokens,
  output_tokens: tokens,
  exact_output: flag,
  shared_prefix: orNull(map<SharedPrefixPlan>({ tokens: amount, groups: amount })),
  unique: flag,
  history_turns: amount,
});

const llm = map<LlmOptions>({ kind: only("llm"), max_tokens: amount, temperature: amount, system: text });
const stt = map<SttOptions>({
  kind: only("stt"),
  pacing: word(["real_time", "fast"]),
  chunk_ms: length,
  language: text,
  interims: maybe(word(INTERIMS)),
  wer_normalizer: maybe(word(WER_NORMALIZERS)),
});
// Older plans lack the last two, or have them under another name.
const tts = map<TtsOptions>({
  kind: only("tts"),
  voice: text,
  language: text,
  prebuffer_ms: maybe(length),
  max_parallel_sentences: maybe(amount),
});
const call = map<CallOptions>({ kind: only("call") });

type Settings<P extends Protocol> = Extract<ProtocolSettings, { protocol: P }>;
/** Only these fields of settings are read; the others are shown as they are. */
type Read<P extends Protocol, K extends keyof Settings<P> = never> = Pick<Settings<P>, "protocol" | K>;

const CALL_KINDS: readonly CallKind[] = ["unary", "client_stream", "server_stream", "bidi_stream"];
const MAX_EXCHANGES = 1000;
const exchange = (more: Record<string, TSchema>) => list(Type.Object({ name, ...more }), MAX_EXCHANGES);
const body = orNull(oneOf(
  map<Pick<Variant<HttpBody, "json">, "kind">>({ kind: word(["json", "text", "file"]) }),
  map<Variant<HttpBody, "multipart">>({
    kind: only("multipart"),
    parts: list(Type.Object({ kind: text }), MAX_EXCHANGES),
  }),
));
/** Settings by protocol; June's services have none. */
const SETTINGS: { readonly [P in Exclude<Protocol, "june">]: TSchema } = {
  triton: map<Read<"triton", "model">>({ protocol: only("triton"), model: text }),
  riva: map<Read<"riva">>({ protocol: only("riva") }),
  openai: map<Read<"openai">>({ protocol: only("openai") }),
  grpc: map<Read<"grpc", "exchanges">>({
    protocol: only("grpc"),
    exchanges: exchange({ call_kind: maybe(word(CALL_KINDS)) }),
  }),
  rest: map<Read<"rest", "exchanges">>({ protocol: only("rest"), exchanges: exchange({ body }) }),
  websocket: map<Read<"websocket", "exchanges">>({
    protocol: only("websocket"),
    exchanges: exchange({ send: Type.Object({ kind: text }) }),
  }),
};

/** One service under test. Fields that came later may be absent, as may those whose former names a plan still has. */
export const service: TSchema = map<Omit<ServicePlan, "hidden">>({
  name,
  kind: word(Object.keys(DEFAULT_TASK) as ServiceKind[]),
  protocol: word(Object.keys(PROTOCOL_FACTS)),
  settings: maybe(orNull(oneOf(...Object.values(SETTINGS)))),
  address: text,
  simulated: maybe(flag),
  connections: whole,
  addresses: maybe(word(["spread", "pick_first"])),
  timeout_ms: length,
  transparent_retry: maybe(flag),
  wait_for_ready: maybe(flag),
  metadata: list(map<MetadataEntry>({ key: text, value: text }), 1000),
  auth: maybe(auth),
  tls,
  proxy: maybe(map<ProxyPlan>({ address: text, credentials: orNull(text) })),
  inputs: list(inputFile, 1000),
  input_plan: maybe(inputPlan),
  options: oneOf(llm, stt, tts, call),
});
