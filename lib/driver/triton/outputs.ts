/** Finds the output of a model that holds the generated text. */
import { UserError } from "../../plan/errors.ts";
import { withRemedy } from "../../plan/nearest.ts";
import type { Model } from "./model.ts";

/** TensorRT-LLM's present name and its older name. */
const TENSORRT_LLM = "text_output";
const OLDER = "OUTPUT_0";

/**
 * The output with the text; null for a model without text, such as a classifier: then any output is an answer.
 * @param name the name in the scenario
 * @throws {UserError} kind `config` for an output that does not exist or holds no texts
 */
export function textOutput({ name: model, outputs }: Model, name: string): string | null {
  const found = outputs.find((output) => output.name === name);
  if (found?.datatype === "BYTES") return name;
  if (found !== undefined) {
    throw new UserError(
      "config",
      `Output "${name}" of model "${model}" is ${found.datatype}, not BYTES: it has no text`,
    );
  }
  const texts = outputs.filter(({ datatype }) => datatype === "BYTES").map((output) => output.name);
  if (name === TENSORRT_LLM && texts.includes(OLDER)) return OLDER;
  if (name === TENSORRT_LLM && texts.length === 0) return null;
  const known = texts.length === 0 ? outputs.map((output) => output.name) : texts;
  throw new UserError("config", withRemedy(`Model "${model}" has no output "${name}"`, name, "its outputs:", known));
}
