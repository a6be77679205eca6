/** What the simulated Triton says of itself and of its model, whose tensors are those of TensorRT-LLM's models. */
import type { Codec } from "../../../proto/codec.ts";
import * as kserve from "../../../proto/kserve.ts";
import { StatusCode } from "../../transport/status.ts";
import { oneRequest } from "../call/handlers.ts";
import type { ServiceContext } from "../call/job.ts";
import type { MethodTable } from "../server/server.ts";

/** Name of the model. */
export const TRITON_MODEL = "june-sim-llm";
const VERSION = "1";

/** Outputs with the text, and with the counts of tokens of one message. */
export const OUTPUTS = { text: "text_output", tokens: "num_output_tokens", prompt_tokens: "num_input_tokens" } as const;

const INPUTS: readonly (readonly [name: string, datatype: string, optional: boolean])[] = [
  ["text_input", "BYTES", false],
  ["max_tokens", "INT32", false],
  ["temperature", "FP32", true],
  ["stream", "BOOL", true],
  ["exclude_input_in_output", "BOOL", true],
  ["return_num_input_tokens", "BOOL", true],
  ["return_num_output_tokens", "BOOL", true],
];

const METADATA: kserve.ModelMetadataResponse = {
  name: TRITON_MODEL,
  versions: [VERSION],
  platform: "june_sim",
  inputs: INPUTS.map(([name, datatype]) => ({ name, datatype, shape: [1] })),
  outputs: [
    { name: OUTPUTS.text, datatype: "BYTES", shape: [-1] },
    { name: OUTPUTS.tokens, datatype: "INT32", shape: [1] },
    { name: OUTPUTS.prompt_tokens, datatype: "INT32", shape: [1] },
  ],
};

const CONFIG: kserve.ModelConfig = {
  name: TRITON_MODEL,
  max_batch_size: 0,
  input: INPUTS.map(([name, , optional]) => ({ name, optional })),
  model_transaction_policy: { decoupled: true },
};

/** Whether there is such a model; no version means any. */
export const hasModel = (name: string, version: string): boolean =>
  name === TRITON_MODEL && (version === "" || version === VERSION);

/** The message for a model that the server does not have. */
export const unknownModel = (name: string, version: string): string =>
  `Request for unknown model: '${name}'${version === "" ? "" : ` version ${version}`} is not found`;

/** Adds the questions about server and model; `context` should have a queue of its own, so that a busy one answers. */
export function registerDescription(server: MethodTable, context: ServiceContext): void {
  const { healthy } = context.faults;
  const answer = <Request>(path: string, codec: Codec<Request>, reply: (request: Request) => Uint8Array | string) =>
    server.handle(
      path,
      oneRequest(context, codec, (job, request) => {
        const found = reply(request);
        if (typeof found === "string") return job.end(StatusCode.NOT_FOUND, found);
        job.step(0, () => job.reply(found));
      }, { kind: "normal" }),
    );
  const known = (bytes: Uint8Array) => ({ name, version }: kserve.ModelRequest) =>
    hasModel(name, version) ? bytes : unknownModel(name, version);
  const { PATHS, ModelRequest } = kserve;
  const about = kserve.ServerMetadataResponse.encode({ name: "june-sim triton", version: VERSION });
  answer(PATHS.serverMetadata, ModelRequest, () => about);
  answer(
    PATHS.modelReady,
    ModelRequest,
    ({ name, version }) => kserve.ModelReadyResponse.encode({ ready: healthy && hasModel(name, version) }),
  );
  answer(PATHS.modelMetadata, ModelRequest, known(kserve.ModelMetadataResponse.encode(METADATA)));
  answer(PATHS.modelConfig, ModelRequest, known(kserve.ModelConfigResponse.encode({ config: CONFIG })));
  const state = healthy ? "READY" : "LOADING";
  const index = kserve.RepositoryIndexResponse.encode({
    models: [{ name: TRITON_MODEL, version: VERSION, state, reason: "" }],
  });
  answer(PATHS.repositoryIndex, kserve.RepositoryIndexRequest, () => index);
}
