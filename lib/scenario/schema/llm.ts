/** The keys of a language model service, protocol by protocol. */
import { PROTOCOL_FACTS } from "../../plan/protocol_facts.ts";
import type { LlmOptions, ServicePlan } from "../../plan/plan.ts";
import type { TensorPlan } from "../../plan/protocols.ts";
import { list, transform } from "../shape/containers.ts";
import { HTTP } from "../shape/endpoint.ts";
import { anyValue } from "../shape/json_value.ts";
import { choice, integer, number, text } from "../shape/scalars.ts";
import { prompts } from "./inputs.ts";
import {
  COMMON,
  grpcHost,
  httpHost,
  OVER_GRPC,
  OVER_HTTP,
  overGrpc,
  overHttp,
  type ServiceDraft,
  weight,
} from "./common.ts";
import { moreFields, openaiOf } from "./openai.ts";
import { type Context, type Decoded, maybe, object, optional, required, type Shape } from "../shape/shape.ts";
import { type Variant, variant, variants } from "../shape/variants.ts";

const LLM = {
  ...COMMON,
  weight: weight(30),
  prompts,
  max_tokens: optional(integer(1, 1_000_000), 128, "Most tokens of a reply."),
  temperature: optional(number(0, 2), 0.7, "Randomness of the replies."),
  system: optional(text(100_000), "", "System message at the start of each chat; empty: none."),
};

type Rest = Omit<ServicePlan, "name" | "transparent_retry" | "kind" | "inputs" | "input_plan" | "options">;

function draft(
  given: Decoded<typeof LLM> & Pick<Decoded<typeof OVER_GRPC>, "transparent_retry">,
  plan: Rest,
  context: Context,
): ServiceDraft {
  if (given.prompts.value?.input_plan?.exact_output && !PROTOCOL_FACTS[plan.protocol].exact_output) {
    const { at, path } = given.prompts;
    context.problems.add(at, path, `The key "exact_output" needs "protocol: openai", but here it is ${plan.protocol}`);
  }
  const { max_tokens, temperature, system } = given;
  const options: LlmOptions = {
    kind: "llm",
    max_tokens: max_tokens.value,
    temperature: temperature.value,
    system: system.value,
  };
  return {
    plan: { ...plan, kind: "llm", ...(given.prompts.value ?? { inputs: [] }), options },
    weight: given.weight.value,
    transparent_retry: given.transparent_retry,
    exchanges: [],
  };
}

const june = variant(
  LLM,
  { host: grpcHost("llm", 50051), ...OVER_GRPC },
  (given, _place, context) => draft(given, { protocol: "june", settings: null, ...overGrpc(given, context) }, context),
);

const DATATYPES = ["BOOL", "UINT8", "UINT16", "UINT32", "UINT64", "INT8", "INT16", "INT32", "INT64"] as const;

const tensor: Shape<TensorPlan> = transform(
  object({
    name: required(text(200), "text_input", "Name of the input."),
    datatype: maybe(
      choice(...DATATYPES, "FP16", "BF16", "FP32", "FP64", "BYTES"),
      "from the model's metadata",
      "KServe's name for the type of its elements; texts are BYTES.",
      "BYTES",
    ),
    shape: maybe(
      list(integer(0, 1_000_000_000), { max: 16 }),
      "from the model's metadata, each free dimension 1",
      "Its dimensions, including the batch.",
      [1, 1],
    ),
    value: required(
      anyValue,
      "{{prompt}}",
      "One value, or a list with one value for each element of the shape. Texts may hold placeholders.",
    ),
  }),
  ({ name, datatype, shape, value }) => ({
    name: name.value,
    datatype: datatype.value,
    shape: shape.value?.map(({ value }) => value) ?? null,
    value: value.value,
  }),
);

const triton = (port: number): Variant<ServiceDraft> =>
  variant(
    LLM,
    {
      host: grpcHost("triton", port),
      ...OVER_GRPC,
      model: optional(text(200), "ensemble", "Name of the model in Triton's repository."),
      version: optional(text(50), "", "Version of the model; empty: the server chooses.", "1"),
      streams: optional(
        choice("per_request", "shared"),
        "per_request",
        "`per_request` opens a stream for each request. With `shared`, all requests of a connection use one stream, and ids match replies to requests.",
      ),
      tensors: maybe(
        list(tensor, { min: 1, max: 50 }),
        "TensorRT-LLM's tensors that the model has",
        "The input tensors of a request, for models with other inputs.",
        [{ name: "text_input", value: "{{prompt}}" }],
      ),
      text_output: optional(text(200), "text_output", "Name of the output with the generated text."),
    },
    (given, _place, context) =>
      draft(given, {
        ...overGrpc(given, context),
        protocol: "triton",
        settings: {
          protocol: "triton",
          model: given.model.value,
          version: given.version.value,
          streams: given.streams.value,
          inputs: given.tensors.value?.map(({ value }) => value) ?? null,
          text_output: given.text_output.value,
        },
      }, context),
  );

const openai = variant(
  LLM,
  {
    host: httpHost(8000, HTTP, "https://llm.example.net/v1"),
    ...OVER_HTTP,
    model: required(text(300), "Qwen/Qwen3-32B", "Name of the model, from `GET /v1/models`."),
    limit_field: optional(
      choice("max_tokens", "max_completion_tokens"),
      "max_tokens",
      "Name of the request's field for `max_tokens`; `max_completion_tokens` is OpenAI's newer name.",
    ),
    ...moreFields({ ignore_eos: true, min_tokens: 128 }),
  },
  (given, _place, context) =>
    draft(given, {
      ...overHttp(given, context),
      protocol: "openai",
      settings: { ...openaiOf(given, context), limit_field: given.limit_field.value },
    }, context),
);

const PROTOCOL = "Protocol of the service: June's own gRPC, Triton's gRPC (KServe v2), or OpenAI's HTTP.";

/** A language model service; June's protocol by default. */
export const llmService: Shape<ServiceDraft> = variants(
  { key: "protocol", doc: PROTOCOL, fallback: "june" },
  { june, triton: triton(8001), openai },
);

/** June's default language model service: TensorRT-LLM behind Triton, with its gRPC on June's port 8000. */
export const tensorrtService: Shape<ServiceDraft> = variants(
  { key: "protocol", doc: PROTOCOL, fallback: "triton" },
  { june, triton: triton(8000), openai },
);
