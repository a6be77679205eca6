/** What `init` reads from a Triton server. */
import * as kserve from "../../../proto/kserve.ts";
import type { ServicePlan } from "../../plan/plan.ts";
import { namesComment, type ProbeLines, quoted } from "../core/probe.ts";
import { askOnce, probeOverGrpc } from "../rpc/probe.ts";
import type { AskOnce } from "../rpc/standard_health.ts";

/** Most models of one server that are read. */
const MAX_MODELS = 50;

/**
 * Chooses a model of a Triton server for texts: one with TensorRT-LLM's inputs if there is one.
 * @throws {ConnectError} for a server that cannot be reached
 */
export function probeTriton(service: ServicePlan): Promise<ProbeLines> {
  return probeOverGrpc(service, tritonLines);
}

/** The same over an open connection. */
export async function tritonLines(ask: AskOnce): Promise<ProbeLines> {
  const request = kserve.RepositoryIndexRequest.encode({ repository_name: "", ready: true });
  const index = await askOnce(
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
  const others = namesComment("also there", names.filter((name) => name !== chosen.name));
  return [
    `model: ${quoted(chosen.name)}${others}`,
    "max_tokens: 128",
    ...(takesText(chosen) ? [] : tensorLines(chosen)),
  ];
}

function modelOf(ask: AskOnce, name: string): Promise<kserve.ModelMetadataResponse | null> {
  const request = kserve.ModelRequest.encode({ name, version: "" });
  return askOnce(ask, kserve.PATHS.modelMetadata, request, (bytes) => kserve.ModelMetadataResponse.decode(bytes));
}

/** Inputs of a model other than TensorRT-LLM's: texts get prompts, numbers 1. */
function tensorLines({ inputs, outputs }: kserve.ModelMetadataResponse): string[] {
  const value = (datatype: string) => datatype === "BYTES" ? quoted("{{prompt}}") : datatype === "BOOL" ? "true" : "1";
  const texts = outputs.filter(({ datatype }) => datatype === "BYTES");
  return [
    "tensors: # the model has inputs of its own: put in what it wants",
    ...inputs.map(({ name, datatype }) =>
      `  - { name: ${quoted(name)}, datatype: ${datatype}, value: ${value(datatype)} }`
    ),
    `text_output: ${quoted(texts[0]?.name ?? outputs[0]?.name ?? "text_output")}${
      namesComment("outputs", outputs.map(({ name }) => name))
    }`,
  ];
}
