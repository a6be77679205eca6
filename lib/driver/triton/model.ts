/** Reads the description of a service's model from its server, or says why the model cannot be used. */
import * as kserve from "../../../proto/kserve.ts";
import { didYouMean } from "../../plan/nearest.ts";
import type { TritonSettings } from "../../plan/protocols.ts";
import { StatusCode } from "../../transport/status.ts";
import type { Health } from "../driver.ts";
import { type AskOnce, healthFrom, lacksMethod } from "../rpc/standard_health.ts";
import { oneLine } from "../core/text.ts";

/** An input of a model; -1 in `shape` is a dimension of any length. */
export interface ModelInput {
  name: string;
  datatype: string;
  shape: readonly number[];
  /** Null where the server does not report it: only Triton does. */
  optional: boolean | null;
}

/** The server's description of a model. */
export interface Model {
  name: string;
  /** Versions that are loaded. */
  versions: readonly string[];
  platform: string;
  inputs: readonly ModelInput[];
  outputs: readonly kserve.TensorMetadata[];
  /** It sends any number of replies to a request, and only over a stream. */
  decoupled: boolean;
  /** Name and version of the server; empty where it does not report them. */
  server: string;
}

/** Why a model cannot be used. */
export type ModelFault = Health & { state: "failed" };

/** A model, or why there is none. */
export type ModelReading = { model: Model } | { fault: ModelFault };

/** Most models named in a message; more are only counted. */
const MAX_NAMED = 8;

const WAIT = "Wait until Triton has loaded it (its log says when), then start again";

/** Triton listens at once, but answers only after it has tried to load all its models. */
const WAIT_FOR_ALL = "Wait until Triton has loaded its models (its log says when), then start again";

const fault = (asked: string, details: string, remedy: string): { fault: ModelFault } => ({
  fault: { state: "failed", asked: asked.slice(1), details: oneLine(details), remedy },
});

/** Requests the model's readiness, tensors and settings. Never rejects because of an answer of the server. */
export async function readModel(ask: AskOnce, settings: TritonSettings): Promise<ModelReading> {
  const { model: name, version } = settings;
  const request = kserve.ModelRequest.encode({ name, version });
  const { modelReady, modelMetadata } = kserve.PATHS;
  const readiness = await ask(modelReady, request);
  if (lacksMethod(readiness.status)) {
    const details = "UNIMPLEMENTED: this server does not speak KServe v2, Triton's protocol";
    return fault(modelReady, details, "Check the address: Triton's gRPC port is 8001 by default");
  }
  if (
    readiness.status.code === StatusCode.UNAVAILABLE && readiness.status.origin === "server" &&
    readiness.status.foreign !== true
  ) {
    return fault(modelReady, `The server is not ready yet: ${readiness.status.details}`, WAIT_FOR_ALL);
  }
  const ready = healthFrom(modelReady, readiness, (bytes) => {
    const state = kserve.ModelReadyResponse.decode(bytes).ready ? "serving" : "unhealthy";
    return { state, details: "" };
  });
  if (ready.state === "unhealthy") return await whyNotReady(ask, settings);
  if (ready.state !== "serving") return { fault: unreadable(ready) };
  const answer = await ask(modelMetadata, request);
  let metadata: kserve.ModelMetadataResponse | null = null;
  const described = healthFrom(modelMetadata, answer, (bytes) => {
    metadata = kserve.ModelMetadataResponse.decode(bytes);
    return { state: "serving", details: "" };
  });
  if (metadata === null) return { fault: unreadable(described) };
  return { model: modelFrom(metadata, await readConfig(ask, request), await readServer(ask)) };
}

/** Without the model's description no request can be built, so that what is doubtful elsewhere fails here. */
function unreadable(health: Health): ModelFault {
  const forbidden = health.state === "doubtful" && { remedy: "Give the service a key or token that may ask this" };
  return { ...health, ...forbidden, state: "failed" };
}

function modelFrom(
  { name, versions, platform, inputs, outputs }: kserve.ModelMetadataResponse,
  config: kserve.ModelConfig | null,
  server: string,
): Model {
  const optional = (input: string) => config?.input.find((one) => one.name === input)?.optional ?? null;
  return {
    name,
    versions,
    platform,
    inputs: inputs.map(({ name, datatype, shape }) => ({ name, datatype, shape, optional: optional(name) })),
    outputs,
    decoupled: config?.model_transaction_policy?.decoupled ?? false,
    server,
  };
}

/** The model's configuration; null where the server has none, as KServe servers other than Triton. */
async function readConfig(ask: AskOnce, request: Uint8Array): Promise<kserve.ModelConfig | null> {
  const { message } = await ask(kserve.PATHS.modelConfig, request);
  return message === null ? null : decoded(() => kserve.ModelConfigResponse.decode(message).config);
}

async function readServer(ask: AskOnce): Promise<string> {
  const { message } = await ask(kserve.PATHS.serverMetadata, new Uint8Array(0));
  const server = message === null ? null : decoded(() => kserve.ServerMetadataResponse.decode(message));
  return server === null ? "" : oneLine(`${server.name} ${server.version}`);
}

/** What `decode` reads, or null where the bytes are not such a message. */
function decoded<T>(decode: () => T): T | null {
  try {
    return decode();
  } catch {
    return null;
  }
}

/** Finds out why a model takes no requests: it is missing, still loading, or failed to load. */
async function whyNotReady(ask: AskOnce, { model, version }: TritonSettings): Promise<{ fault: ModelFault }> {
  const path = kserve.PATHS.repositoryIndex;
  const { message } = await ask(path, kserve.RepositoryIndexRequest.encode({}));
  const index = message === null ? null : decoded(() => kserve.RepositoryIndexResponse.decode(message).models);
  if (index === null) return fault(kserve.PATHS.modelReady, `Model "${model}" is not ready`, WAIT);
  const own = index.filter(({ name }) => name === model);
  if (own.length === 0) return unknownModel(model, index.map(({ name }) => name));
  const wanted = own.filter((one) => version === "" || one.version === version);
  const [first] = wanted;
  if (first === undefined || first.state === "READY") {
    const known = own.map((one) => one.version).filter((one) => one !== "").join(", ") || "none that is loaded";
    const details = `Model "${model}" has no version "${version}"; its versions: ${known}`;
    return fault(path, details, `Set the service's "version", or leave it out: then the server chooses`);
  }
  if (wanted.some(({ state }) => state === "LOADING")) return fault(path, `Model "${model}" is still loading`, WAIT);
  const reason = first.reason === "" ? "" : `: ${first.reason}`;
  if (first.state === "") {
    const remedy = `Load it, or start Triton with --load-model=${model}`;
    return fault(path, `Model "${model}" is in the repository, but not loaded${reason}`, remedy);
  }
  return fault(path, `Model "${model}" is ${first.state}${reason}`, "Triton's log says why it was not loaded");
}

function unknownModel(model: string, names: readonly string[]): { fault: ModelFault } {
  const known = [...new Set(names)].sort();
  const more = known.length > MAX_NAMED ? ` and ${known.length - MAX_NAMED} more` : "";
  const list = known.length === 0 ? "it has none" : `it has ${known.slice(0, MAX_NAMED).join(", ")}${more}`;
  const hint = didYouMean(model, known);
  const details = hint === ""
    ? `The server has no model "${model}"; ${list}`
    : `The server has no model "${model}"${hint} I${list.slice(1)}`;
  return fault(kserve.PATHS.repositoryIndex, details, `Set the service's "model" to a model the server has`);
}
