/**
 * The tensors of TensorRT-LLM's models and of similar ones; june-load sends those that the model declares. Names are
 * those of tensorrtllm_backend's ensembles, of older ones, of TensorRT-LLM's LLM API backend, and of the vLLM backend.
 */
import { UserError } from "../../plan/errors.ts";
import type { LlmOptions } from "../../plan/plan.ts";
import type { Json } from "../../plan/protocols.ts";
import type { OutputLimit } from "../inputs/inputs.ts";
import type { Model, ModelInput } from "./model.ts";
import { encodeElements } from "./raw.ts";
import { described, type InputTensor } from "./tensors.ts";

/** Names of the prompt's input. */
const TEXT = ["text_input", "INPUT_0"];

/** Inputs that older models require even when empty: words to avoid, and words to stop at. */
const EMPTY = ["bad_words", "stop_words", "INPUT_2", "INPUT_3"];

/** The value of each input, by its names. */
function givenValues(
  { max_tokens, temperature }: LlmOptions,
  stream: boolean,
  exact: boolean,
): [names: string[], value: Json][] {
  const length = exact ? { max_tokens, min_tokens: max_tokens, ignore_eos: true } : { max_tokens };
  return [
    ...(exact ? [[["min_tokens"], max_tokens] satisfies [string[], Json]] : []),
    [["max_tokens", "INPUT_1", "sampling_param_max_tokens"], max_tokens],
    [["temperature", "sampling_param_temperature"], temperature],
    [["stream", "streaming"], stream],
    [["exclude_input_in_output", "sampling_param_exclude_input_from_output"], true],
    [["return_num_input_tokens"], true],
    [["return_num_output_tokens"], true],
    // vLLM takes a JSON text.
    [["sampling_parameters"], JSON.stringify({ ...length, temperature })],
  ];
}

/**
 * The tensors of a request that the model declares.
 * @param stream requests the answer piece by piece
 * @param limit limit of the answer; null: that of the options
 * @throws {UserError} kind `config` for a model that takes no text, or requires an input that TensorRT-LLM's models do
 * not have
 */
export function tensorrtTensors(
  model: Model,
  options: LlmOptions,
  stream: boolean,
  limit: OutputLimit | null,
): InputTensor[] {
  const text = model.inputs.find(({ name, datatype }) => TEXT.includes(name) && datatype === "BYTES");
  if (text === undefined) {
    const has = model.inputs.map(described).join(", ");
    throw new UserError(
      "config",
      `Model "${model.name}" has no text input "text_input", as TensorRT-LLM's models have; it has ${has}: list its tensors under tensors`,
    );
  }
  const { max_tokens, exact } = { max_tokens: options.max_tokens, exact: false, ...limit };
  const given = givenValues({ ...options, max_tokens }, stream, exact);
  return model.inputs.flatMap((input) => {
    if (input === text) return [promptTensor(input)];
    const value = given.find(([names]) => names.includes(input.name))?.[1];
    if (value !== undefined) return [constantTensor(model, input, value)];
    if (input.optional !== false) return [];
    if (EMPTY.includes(input.name) && input.datatype === "BYTES") return [constantTensor(model, input, "")];
    const needs = `Model "${model.name}" needs ${described(input)}, which is not an input of TensorRT-LLM's models`;
    throw new UserError("config", `${needs}: list the model's tensors under tensors`);
  });
}

/** The model's shape with room for one value. */
const single = ({ shape }: ModelInput): number[] => shape.map((size) => size === -1 ? 1 : size);

function promptTensor(input: ModelInput): InputTensor {
  const raw: InputTensor["raw"] = ({ prompt }) => encodeElements("BYTES", [prompt?.() ?? ""]);
  return { name: input.name, datatype: input.datatype, shape: single(input), constant: null, raw };
}

function constantTensor(model: Model, input: ModelInput, value: Json): InputTensor {
  const shape = single(input);
  const count = shape.reduce((product, size) => product * size, 1);
  try {
    const bytes = encodeElements(input.datatype, new Array<Json>(count).fill(value));
    return { name: input.name, datatype: input.datatype, shape, constant: bytes, raw: () => bytes };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const told = `Model "${model.name}" has the input ${
      described(input)
    } in another form than TensorRT-LLM's: ${error.message}`;
    throw new UserError("config", `${told}; list the model's tensors under tensors`);
  }
}
