/** What is wrong with a record, in words. */
import type { TLocalizedValidationError as Fault } from "typebox/error";
import type { ResultRecord } from "../record.ts";
import { found, MAX_QUOTE, quoted } from "./quotes.ts";
import { faultsOf, RECORDS } from "./record_shapes.ts";
import { tooMuch } from "./sizes.ts";

/** A key that reads as a word; others are written as JSON. */
const PLAIN_KEY = /^[A-Za-z_][A-Za-z0-9_.-]*$/;

/**
 * The first fault of a record as a clause that names the field: `series[0].issued must be at most 5, and is 7`.
 * @param type a record's type, whose schema the value does not fit
 */
export function faultText(type: ResultRecord["type"], value: unknown): string {
  const large = tooMuch(RECORDS[type], value);
  if (large !== null) {
    const { path, of, most } = large;
    return `${pathText(path)} must hold at most ${most} ${of}, and is ${found(valueAt(value, path))}`;
  }
  const error = weightiest(faultsOf(type, value));
  if (error === undefined) return "it does not fit its type";
  const path = error.instancePath.split("/").slice(1).map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~"));
  if (error.keyword === "required") {
    return `${pathText([...path, String(error.params.requiredProperties[0])])} is missing`;
  }
  return `${pathText(path)} ${demand(error)}, and is ${found(valueAt(value, path))}`;
}

/** The first fault; inside alternatives, the fault of the one that was meant, whose kind fits. */
function weightiest(errors: readonly Fault[], depth = 0): Fault | undefined {
  const first = errors[0];
  const alternatives = first === undefined ? null : alternativesOf(first.schemaPath, depth);
  if (first === undefined || alternatives === null) return first;
  const whole = errors.find(({ keyword, schemaPath, instancePath }) =>
    keyword === "anyOf" && schemaPath === alternatives && first.instancePath.startsWith(instancePath)
  );
  if (whole === undefined) return first;
  const inside = errors.filter((error) =>
    error !== whole && error.schemaPath.startsWith(`${alternatives}/anyOf/`) &&
    error.instancePath.startsWith(whole.instancePath)
  );
  const kinds = ["kind", "protocol"].map((key) => `${whole.instancePath}/${key}`);
  const groups = Map.groupBy(inside, ({ schemaPath }) => parseInt(schemaPath.slice(`${alternatives}/anyOf/`.length)));
  const isOther = (fault: Fault) =>
    kinds.includes(fault.instancePath) || (fault.instancePath === whole.instancePath && isNotNull(fault));
  const [meant, ...others] = [...groups.values()].filter((faults) => !faults.some(isOther));
  return meant === undefined || others.length > 0 ? whole : weightiest(meant, depth + 1);
}

const isNotNull = (fault: Fault) => fault.keyword === "type" && fault.params.type === "null";

/** The schema path of the alternatives around a fault, `depth` of them further out left aside; null: there are none. */
function alternativesOf(schemaPath: string, depth: number): string | null {
  const parts = schemaPath.split(/\/anyOf\/(?=\d)/);
  return parts.length <= depth + 1 ? null : parts.slice(0, depth + 1).join("/anyOf/");
}

function demand(error: Fault): string {
  switch (error.keyword) {
    case "type":
      return `must be ${typeText(String(error.params.type))}`;
    case "minimum":
      return `must be at least ${error.params.limit}`;
    case "exclusiveMinimum":
      return `must be more than ${error.params.limit}`;
    case "maximum":
      return `must be at most ${error.params.limit}`;
    case "minItems":
      return `must hold at least ${error.params.limit} item`;
    case "maxLength":
      return `must have at most ${error.params.limit} characters`;
    case "minLength":
      return "must not be empty";
    case "pattern":
      return "is not written as june-load writes it";
    default:
      return "is nothing that june-load knows there";
  }
}

const TYPES: Readonly<Record<string, string>> = {
  integer: "a whole number",
  number: "a number",
  string: "a text",
  boolean: "true or false",
  array: "a list",
  object: "a map",
  null: "null",
};
const typeText = (type: string) => TYPES[type] ?? type;

function pathText(path: readonly string[]): string {
  if (path.length === 0) return "it";
  return path.map((key, at) => {
    if (/^\d+$/.test(key)) return `[${key}]`;
    const name = PLAIN_KEY.test(key) && key.length <= MAX_QUOTE ? key : quoted(key);
    return at === 0 ? name : `.${name}`;
  }).join("");
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (at, key) => typeof at === "object" && at !== null ? (at as Record<string, unknown>)[key] : undefined,
    value,
  );
}
