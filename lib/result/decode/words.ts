/** What is wrong with a record, in words. */
import type { TLocalizedValidationError } from "typebox/error";

/** Longest quote of a value; characters. */
const MAX_QUOTE = 40;

/** A key that reads as a word; others are written as JSON. */
const PLAIN_KEY = /^[A-Za-z_][A-Za-z0-9_.-]*$/;

/**
 * The first fault as a clause that names the field: `series[0].issued must be at most 1000000000, and is 1e+18`.
 * @param value the record
 */
export function faultText(errors: readonly TLocalizedValidationError[], value: unknown): string {
  const error = weightiest(errors);
  if (error === undefined) return "it does not fit its type";
  const path = error.instancePath.split("/").slice(1).map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~"));
  if (error.keyword === "required") {
    return `${pathText([...path, String(error.params.requiredProperties[0])])} is missing`;
  }
  return `${pathText(path)} ${demand(error)}, and is ${found(valueAt(value, path))}`;
}

/** Of alternatives the fault of the one that was meant: whose `kind` fits. */
function weightiest(errors: readonly TLocalizedValidationError[]): TLocalizedValidationError | undefined {
  const first = errors[0];
  const branch = first === undefined ? undefined : branchOf(first.schemaPath);
  if (branch === undefined) return first;
  const parts = Map.groupBy(
    errors.filter(({ schemaPath }) => branchOf(schemaPath)?.of === branch.of),
    ({ schemaPath }) => branchOf(schemaPath)?.number,
  );
  const meant = [...parts.values()].find((faults) => !faults.some(isWrongKind));
  const whole = errors.find(({ keyword, schemaPath }) => keyword === "anyOf" && schemaPath === branch.of);
  return meant === undefined ? whole ?? first : meant[0];
}

const isWrongKind = ({ keyword }: TLocalizedValidationError) => keyword === "const" || keyword === "enum";

function branchOf(schemaPath: string): { of: string; number: string } | undefined {
  const at = /^(.*?)\/anyOf\/(\d+)(?:\/|$)/.exec(schemaPath);
  return at === null ? undefined : { of: at[1] as string, number: at[2] as string };
}

function demand(error: TLocalizedValidationError): string {
  switch (error.keyword) {
    case "type":
      return `must be ${typeText(String(error.params.type))}`;
    case "minimum":
      return `must be at least ${error.params.limit}`;
    case "exclusiveMinimum":
      return `must be more than ${error.params.limit}`;
    case "maximum":
      return `must be at most ${error.params.limit}`;
    case "maxItems":
      return `must hold at most ${error.params.limit} items`;
    case "minItems":
      return `must hold at least ${error.params.limit} items`;
    case "maxProperties":
      return `must hold at most ${error.params.limit} entries`;
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

/** What was found: a short value itself, in printable ASCII. */
export function found(value: unknown): string {
  if (value === undefined) return "missing";
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === "object" && value !== null) return "a map";
  return typeof value === "string" ? quoted(value) : String(value);
}

/** A text in quotes, cut, with everything that a terminal could obey escaped. */
export function quoted(text: string): string {
  const cut = text.length > MAX_QUOTE ? `${text.slice(0, MAX_QUOTE)}...` : text;
  return JSON.stringify(cut).replace(/[^\x20-\x7e]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

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
