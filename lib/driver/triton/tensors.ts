/** The input tensors of a request: from the scenario, checked against the model, or those of TensorRT-LLM. */
import { UserError } from "../../plan/errors.ts";
import { withRemedy } from "../../plan/nearest.ts";
import type { Json, TensorPlan } from "../../plan/protocols.ts";
import { compileJson, isConstant, type Template } from "../exchange/template.ts";
import { NO_CALL } from "../inputs/inputs.ts";
import type { Model, ModelInput } from "./model.ts";
import { encodeElements, isDatatype } from "./raw.ts";

/** One compiled input tensor. */
export interface InputTensor {
  name: string;
  datatype: string;
  shape: readonly number[];
  /** Its raw elements; null: they vary from call to call. */
  constant: Uint8Array | null;
  /** @throws {RangeError} for a value made from templates that the type cannot hold */
  raw: Template<Uint8Array>;
}

/** The context of the check before the run. */
const TRIAL = { ...NO_CALL, seq: () => 1, prompt: () => "" };

const refuse = (what: string): never => {
  throw new UserError("config", what);
};

/**
 * Compiles the tensors of a scenario, checked against the model's metadata.
 * @throws {UserError} kind `config` for an unknown or missing input, a wrong type or shape, or values that do not fit;
 * kind `input` for a template's file that cannot be used
 */
export function namedTensors(model: Model, plans: readonly TensorPlan[]): InputTensor[] {
  const names = plans.map(({ name }) => name);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) refuse(`"${twice}" is listed twice under tensors`);
  const tensors = plans.map((plan) => namedTensor(model, plan));
  const missing = model.inputs.filter(({ name, optional }) => optional === false && !names.includes(name));
  if (missing.length > 0) {
    const list = missing.map(described).join(", ");
    refuse(`Model "${model.name}" also needs ${list}: list each under tensors, with its value`);
  }
  return tensors;
}

function namedTensor(model: Model, plan: TensorPlan): InputTensor {
  const input = model.inputs.find(({ name }) => name === plan.name);
  if (input === undefined) {
    const known = model.inputs.map(({ name }) => name);
    return refuse(withRemedy(`Model "${model.name}" has no input "${plan.name}"`, plan.name, "its inputs:", known));
  }
  const owner = `Input "${input.name}" of model "${model.name}"`;
  const { datatype } = input;
  if (plan.datatype !== null && plan.datatype !== datatype) {
    refuse(`${owner} is ${datatype}, not ${plan.datatype}: write \`datatype: ${datatype}\`, or leave it out`);
  }
  if (!isDatatype(datatype)) refuse(`${owner} is ${datatype}, a type june-load cannot send`);
  const values = elementsOf(plan.value);
  const shape = shapeFor(owner, input, plan, values.length);
  const makers = values.map((value) => compileJson(value));
  const raw: Template<Uint8Array> = (context) => encodeElements(datatype, makers.map((make) => make(context)));
  let trial: Uint8Array;
  try {
    trial = raw(TRIAL);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return refuse(`${owner}: the value ${error.message}`);
  }
  return { name: input.name, datatype, shape, raw, constant: isConstant(plan.value) ? trial : null };
}

/** The values of a tensor in order, with nested lists flattened. */
function elementsOf(value: Json): Json[] {
  return Array.isArray(value) ? value.flatMap(elementsOf) : [value];
}

/** The given shape, or the model's, with its last free dimension set by the number of values and the others 1. */
function shapeFor(owner: string, input: ModelInput, { shape }: TensorPlan, count: number): number[] {
  const wanted = `[${input.shape.join(", ")}]`;
  if (shape !== null) {
    const fits = shape.length === input.shape.length &&
      shape.every((size, at) => input.shape[at] === -1 || input.shape[at] === size);
    if (!fits) refuse(`${owner} has the shape ${wanted} (-1: free), not [${shape.join(", ")}]`);
    return checkedCount(owner, shape, count);
  }
  const made = input.shape.map((size) => size === -1 ? 1 : size);
  const free = input.shape.lastIndexOf(-1);
  const fixed = made.reduce((product, size) => product * size, 1);
  if (free >= 0 && count % fixed === 0) made[free] = count / fixed;
  return checkedCount(owner, made, count);
}

function checkedCount(owner: string, shape: number[], count: number): number[] {
  const product = shape.reduce((all, size) => all * size, 1);
  if (product !== count) {
    const values = count === 1 ? "1 value is given" : `${count} values are given`;
    refuse(`${owner}: the shape [${shape.join(", ")}] holds ${product}, but ${values}`);
  }
  return shape;
}

/** An input as messages name it. */
export function described({ name, datatype, shape }: Pick<ModelInput, "name" | "datatype" | "shape">): string {
  return `"${name}" (${datatype} [${shape.join(", ")}])`;
}
