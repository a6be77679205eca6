/** Looks at services before `init` writes a scenario: what it must say of each so that it runs as it is. */
import * as kserve from "../../../proto/kserve.ts";
import * as asr from "../../../proto/riva_asr.ts";
import * as tts from "../../../proto/riva_tts.ts";
import { askHttp, type HttpAnswer } from "../../driver/http/request.ts";
import { openHttpService } from "../../driver/http/service.ts";
import { openService } from "../../driver/core/open_service.ts";
import { type AskOnce, askOver } from "../../driver/rpc/standard_health.ts";
import type { ServicePlan } from "../../plan/plan.ts";
import { StatusCode } from "../../transport/status.ts";
import { loadTransport } from "../../transport/registry.ts";

/** Keys that a look found out, as lines of YAML; null: what answers there does not tell. */
export type Lines = string[] | null;

/** Deadline of each question; milliseconds. */
const ASK_TIMEOUT_MS = 5000;
/** Names that a comment lists. */
const MAX_NAMES = 8;

/** Models of one server that are looked at. */
const MAX_MODELS = 50;

const text = (value: string): string => JSON.stringify(value);

/** A comment after a value; what is told by a server stays on one line. */
function also(what: string, names: readonly string[]): string {
  const plain = [...new Set(names)].map((name) => name.replace(/[^\x20-\x7e]/g, "?"));
  if (plain.length === 0) return "";
  const more = plain.length > MAX_NAMES ? `, and ${plain.length - MAX_NAMES} more` : "";
  return ` # ${what}: ${plain.slice(0, MAX_NAMES).join(", ")}${more}`;
}

async function overGrpc<T>(service: ServicePlan, look: (ask: AskOnce) => Promise<T>): Promise<T> {
  const channel = await openService(service, await loadTransport("wire"));
  try {
    await channel.connect();
    return await look(askOver(channel, [], ASK_TIMEOUT_MS));
  } finally {
    await channel.close();
  }
}

/** The reply of one question; null where it was refused or cannot be read. */
async function reply<T>(
  ask: AskOnce,
  path: string,
  request: Uint8Array,
  decode: (bytes: Uint8Array) => T,
): Promise<T | null> {
  const { status, message } = await ask(path, request);
  if (status.code !== StatusCode.OK || message === null) return null;
  try {
    return decode(message);
  } catch {
    return null;
  }
}

/**
 * The model of a Triton server to send texts to: one with TensorRT-LLM's inputs if there is one.
 * @throws {ConnectError} for a server that cannot be reached
 */
export function lookAtTriton(service: ServicePlan): Promise<Lines> {
  return overGrpc(service, tritonLines);
}

/** The same over questions that are asked already. */
export async function tritonLines(ask: AskOnce): Promise<Lines> {
  const request = kserve.RepositoryIndexRequest.encode({ repository_name: "", ready: true });
  const index = await reply(
    ask,
    kserve.PATHS.repositoryIndex,
    request,
    (bytes) => kserve.RepositoryIndexResponse.decode(bytes),
  );
  const names = [...new Set((index?.models ?? []).map(({ name }) => name))];
  const read = await Promise.all(names.slice(0, MAX_MODELS).map((name) => modelOf(ask, name)));
  const models = read.filter((model) => model !== null);
  const takesText = ({ inputs }: kserve.ModelMetadataResponse) => inputs.some(({ name }) => name === "text_input");
  const ranked = ["ensemble", "tensorrt_llm_bls"].flatMap((name) => models.filter((model) => model.name === name));
  const chosen = [...ranked, ...models].find(takesText) ?? models[0];
  if (chosen === undefined) return null;
  const others = also("also there", names.filter((name) => name !== chosen.name));
  return [`model: ${text(chosen.name)}${others}`, "max_tokens: 128", ...(takesText(chosen) ? [] : tensorLines(chosen))];
}

function modelOf(ask: AskOnce, name: string): Promise<kserve.ModelMetadataResponse | null> {
  const request = kserve.ModelRequest.encode({ name, version: "" });
  return reply(ask, kserve.PATHS.modelMetadata, request, (bytes) => kserve.ModelMetadataResponse.decode(bytes));
}

/** Inputs of a model that is none of TensorRT-LLM's: texts get prompts, numbers 1. */
function tensorLines({ inputs, outputs }: kserve.ModelMetadataResponse): string[] {
  const value = (datatype: string) => datatype === "BYTES" ? text("{{prompt}}") : datatype === "BOOL" ? "true" : "1";
  const texts = outputs.filter(({ datatype }) => datatype === "BYTES");
  return [
    "tensors: # the model has inputs of its own: put in what it wants",
    ...inputs.map(({ name, datatype }) =>
      `  - { name: ${text(name)}, datatype: ${datatype}, value: ${value(datatype)} }`
    ),
    `text_output: ${text(texts[0]?.name ?? outputs[0]?.name ?? "text_output")}${
      also("outputs", outputs.map(({ name }) => name))
    }`,
  ];
}

const listOf = (parameter: string | undefined): string[] =>
  (parameter ?? "").split(",").map((word) => word.trim()).filter((word) => word !== "");

/** The language to ask for: English where there is a choice. */
function languageLine(models: readonly asr.ModelConfig[]): string[] {
  const all = [...new Set(models.flatMap(({ parameters }) => listOf(parameters["language_code"])))];
  const languages = all.filter((language) => language !== "multi");
  const chosen = languages.find((language) => language === "en-US") ?? languages[0] ?? "en-US";
  return [`language: ${text(chosen)}${also("also there", all.filter((language) => language !== chosen))}`];
}

/**
 * Language and models of Riva's speech recognition.
 * @throws {ConnectError} for a server that cannot be reached
 */
export function lookAtRivaAsr(service: ServicePlan): Promise<Lines> {
  return overGrpc(service, async (ask) => {
    const config = await reply(
      ask,
      asr.PATHS.getConfig,
      asr.ConfigRequest.encode({}),
      (bytes) => asr.ConfigResponse.decode(bytes),
    );
    if (config === null) return null;
    const models = config.model_config.map(({ model_name, parameters: { type = "" } }) =>
      type === "" ? model_name : `${model_name} (${type})`
    );
    return [...languageLine(config.model_config), `model: ""${also("the server chooses among", models)}`];
  });
}

/**
 * Language, voice and sample rate of Riva's speech synthesis.
 * @throws {ConnectError} for a server that cannot be reached
 */
export function lookAtRivaTts(service: ServicePlan): Promise<Lines> {
  return overGrpc(service, async (ask) => {
    const config = await reply(
      ask,
      tts.PATHS.getConfig,
      tts.ConfigRequest.encode({}),
      (bytes) => tts.ConfigResponse.decode(bytes),
    );
    if (config === null) return null;
    const voices = config.model_config.flatMap(({ parameters: { voice_name = "", subvoices } }) => {
      const named = listOf(subvoices).map((entry) => `${voice_name}.${entry.split(":", 1)[0]}`);
      return named.length > 0 || voice_name === "" ? named : [voice_name];
    });
    const rate = Number(config.model_config.map(({ parameters }) => listOf(parameters["sample_rate"])[0])[0]);
    return [
      ...languageLine(config.model_config),
      `voice: default${also("the server chooses; there are", voices)}`,
      ...(Number.isInteger(rate) && rate >= 8000 && rate <= 48_000 ? [`sample_rate: ${rate}`] : []),
    ];
  });
}

/**
 * The first model that a server with OpenAI's interface lists.
 * @throws {ConnectError} for a server that cannot be reached
 */
export async function lookAtOpenAi(service: ServicePlan): Promise<Lines> {
  const base = service.settings?.protocol === "openai" ? service.settings.base_path : "";
  const listed = await overHttp(service, async (get) => jsonOf(await get(`${base}/models`)));
  const data = fieldOf(listed, "data");
  const names = (Array.isArray(data) ? data : []).map((item) => fieldOf(item, "id"))
    .filter((id) => typeof id === "string");
  const [first] = names;
  return first === undefined ? null : [`model: ${text(first)}${also("also there", names.slice(1))}`];
}

/** Paths that many services answer without being told anything. */
const COMMON_PATHS = ["/health", "/healthz", "/status", "/v1/health/ready", "/"];
/** Paths that a scenario is begun with. */
const MAX_PATHS = 5;

/**
 * Paths that answer a plain GET: those of the service's own OpenAPI description, else common ones.
 * @throws {ConnectError} for a service that cannot be reached
 */
export async function lookAtRest(service: ServicePlan): Promise<Lines> {
  const base = service.settings?.protocol === "rest" ? service.settings.base_path : "";
  const found = await overHttp(service, async (get) => {
    const described = fieldOf(jsonOf(await get(`${base}/openapi.json`)), "paths");
    const named = Object.entries(typeof described === "object" && described !== null ? described : {})
      .filter(([path, methods]) =>
        /^\/[\x21-\x7e]*$/.test(path) && !path.includes("{") && fieldOf(methods, "get") !== undefined
      )
      .map(([path]) => path);
    const paths: string[] = [];
    for (const path of [...new Set([...named, ...COMMON_PATHS])].slice(0, 25)) {
      const { status } = await get(base + path);
      if (status >= 200 && status < 300 && paths.length < MAX_PATHS) paths.push(path);
    }
    return paths;
  });
  return found.length === 0 ? null : ["exchanges:", ...found.map((path) => `  - { path: ${text(path)} }`)];
}

async function overHttp<T>(
  service: ServicePlan,
  look: (get: (path: string) => Promise<HttpAnswer>) => Promise<T>,
): Promise<T> {
  const channel = await openHttpService({ ...service, connections: 1 }, "1.1");
  const get = (path: string) => askHttp(channel, { method: "GET", path, headers: [], body: null }, ASK_TIMEOUT_MS);
  try {
    await channel.connect();
    return await look(get);
  } finally {
    await channel.close();
  }
}

function jsonOf({ status, body }: HttpAnswer): unknown {
  if (status !== 200) return null;
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    return null;
  }
}

function fieldOf(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined;
}

/** Methods of a reflected server that a scenario is begun with. */
const MAX_METHODS = 5;

/**
 * Exchanges with the methods that a gRPC server's reflection names, each with an example of its request.
 * @throws {UserError} for a server that cannot be reached or has no reflection, with what to do
 */
export async function lookAtGrpc(service: ServicePlan): Promise<Lines> {
  const [{ askServer }, { exchangeLines }] = await Promise.all([
    import("../describe/server.ts"),
    import("../describe/text.ts"),
  ]);
  const services = await askServer(service, null);
  const methods = services.filter(({ name }) => !/^grpc\.(health|channelz)\./.test(name)).flatMap(({ methods }) =>
    methods ?? []
  );
  if (methods.length === 0) return null;
  const left = also("also there", methods.slice(MAX_METHODS).map(({ name }) => name));
  return [`exchanges:${left}`, ...methods.slice(0, MAX_METHODS).flatMap(exchangeLines)];
}
