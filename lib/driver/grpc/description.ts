/** Describes a service's methods, fields and example requests, as data and as YAML. */
import type { CallKind } from "../../plan/protocols.ts";
import { callKindOf, type Field, type FieldType, type MessageType, type MethodType } from "./types.ts";
import { ANY, jsonFormOf } from "./well_known.ts";

/** One field of a message. */
export interface FieldDescription {
  name: string;
  /** `string`, `repeated shop.Item`, `map<string, int64>`, ... */
  type: string;
  /** Name of the oneof it is part of, or null. */
  oneof: string | null;
  /** Names of an enum's values; else empty. */
  values: string[];
  /** Fields of the nested message; empty without one, for a type with a JSON form of its own, and inside itself. */
  fields: FieldDescription[];
}

/** One method. */
export interface MethodDescription {
  /** `package.Service/Method`. */
  name: string;
  call: CallKind;
  request: { type: string; fields: FieldDescription[] };
  reply: { type: string; fields: FieldDescription[] };
}

/** A method with the fields of its messages, nested ones included. */
export function describeMethod(method: MethodType): MethodDescription {
  const { name, request, reply } = method;
  const side = (type: MessageType) => ({ type: type.name, fields: fieldsOf(type, []) });
  return { name, call: callKindOf(method), request: side(request), reply: side(reply) };
}

/** Deepest nesting that is described. */
const MAX_DEPTH = 6;

/** @param within names of the enclosing messages; a message that contains itself is described once */
function fieldsOf(type: MessageType, within: readonly string[]): FieldDescription[] {
  if (within.length >= MAX_DEPTH || within.includes(type.name) || hasForm(type)) return [];
  return type.fields.map((field) => ({
    name: field.name,
    type: describeType(field),
    oneof: field.oneof,
    values: field.type.kind === "enum" ? [...field.type.enum.numbers.keys()] : [],
    fields: field.type.kind === "message" ? fieldsOf(field.type.message, [...within, type.name]) : [],
  }));
}

const hasForm = ({ name }: MessageType): boolean => name === ANY || jsonFormOf(name) !== null;

/** A field's type as a .proto file writes it. */
export function describeType({ type, shape, required }: Field): string {
  const name = nameOf(type);
  if (shape === "repeated") return `repeated ${name}`;
  if (shape !== "single") return `map<${shape.map_key}, ${name}>`;
  return required ? `required ${name}` : name;
}

function nameOf(type: FieldType): string {
  switch (type.kind) {
    case "scalar":
      return type.scalar;
    case "enum":
      return type.enum.name;
    case "message":
      return type.message.name;
    case "unknown":
      return type.name;
  }
}

/** Most values of an enum that a comment lists. */
const MAX_VALUES = 6;

/**
 * A message as lines of YAML that the service accepts: every field with a value and a comment with its type. Empty for
 * a message without fields.
 */
export function exampleLines(type: MessageType): string[] {
  return messageLines(type, []);
}

function messageLines(type: MessageType, within: readonly string[]): string[] {
  const lines: string[] = [];
  const told = new Set<string>();
  for (const field of type.fields) {
    const inner = field.type.kind === "message" ? field.type.message.name : "";
    const repeats = inner === type.name || within.includes(inner) || within.length >= MAX_DEPTH;
    if (field.type.kind === "unknown" || inner === ANY || repeats && !field.required) continue;
    const comment = commentOf(field);
    if (field.oneof !== null && told.has(field.oneof)) {
      lines.push(`# or ${field.name}: ${comment}`);
      continue;
    }
    if (field.oneof !== null) told.add(field.oneof);
    lines.push(...fieldLines(field, comment, [...within, type.name]));
  }
  return lines;
}

function fieldLines(field: Field, comment: string, within: readonly string[]): string[] {
  const { type, shape } = field;
  const name = /^(true|false|null)$/i.test(field.name) ? JSON.stringify(field.name) : field.name;
  const value = type.kind === "message" ? exampleOfMessage(type.message, within) : exampleOf(type);
  if (typeof value === "string") {
    if (shape === "repeated") return [`${name}: [${value}] # ${comment}`];
    if (shape !== "single") return [`${name}: { ${keyOf(shape.map_key)}: ${value} } # ${comment}`];
    return [`${name}: ${value} # ${comment}`];
  }
  const head = `${name}: # ${comment}`;
  if (shape === "repeated") return [head, ...indent(value, "  - ")];
  if (shape !== "single") return [head, `  ${keyOf(shape.map_key)}:`, ...indent(value, "    ")];
  return [head, ...indent(value, "  ")];
}

/** Indents lines; the first begins with `lead`, like an item of a list. */
export function indent(lines: readonly string[], lead: string): string[] {
  return lines.map((line, index) => `${index === 0 ? lead : " ".repeat(lead.length)}${line}`);
}

function keyOf(scalar: string): string {
  if (scalar === "string") return "key";
  return scalar === "bool" ? '"true"' : '"1"';
}

/** Lines of its fields, or one value where it has a JSON form of its own or no field to show. */
function exampleOfMessage(type: MessageType, within: readonly string[]): string | string[] {
  const form = FORMS[type.name.replace(/^google\.protobuf\./, "")];
  if (form !== undefined && jsonFormOf(type.name) !== null) return form;
  const lines = messageLines(type, within);
  // A comment alone is not a value.
  return lines.some((line) => !line.startsWith("#")) ? lines : "{}";
}

const FORMS: Readonly<Record<string, string>> = {
  Timestamp: '"2026-01-31T12:00:00Z"',
  Duration: '"1.5s"',
  FieldMask: '"name"',
  Struct: "{ key: text }",
  ListValue: "[text]",
  Value: "text",
  BoolValue: "false",
  StringValue: "text",
  BytesValue: '"AAEC"',
  DoubleValue: "1.5",
  FloatValue: "1.5",
  Int64Value: "1",
  UInt64Value: "1",
  Int32Value: "1",
  UInt32Value: "1",
};

function exampleOf(type: FieldType): string {
  if (type.kind === "enum") return [...type.enum.numbers.keys()][1] ?? [...type.enum.numbers.keys()][0] ?? "0";
  if (type.kind !== "scalar") return "{}";
  switch (type.scalar) {
    case "string":
      return "text";
    case "bytes":
      return '"AAEC"';
    case "bool":
      return "false";
    case "double":
    case "float":
      return "1.5";
    default:
      return "1";
  }
}

function commentOf(field: Field): string {
  const { type } = field;
  const words = describeType(field);
  if (type.kind === "scalar" && type.scalar === "bytes") return `${words}, as base64`;
  if (type.kind !== "enum") return words;
  const values = [...type.enum.numbers.keys()];
  const more = values.length > MAX_VALUES ? `, ${values.length - MAX_VALUES} more` : "";
  return `${words}: ${values.slice(0, MAX_VALUES).join(", ")}${more}`;
}

/** One method as an item of `exchanges`. */
export function exchangeLines(method: MethodType): string[] {
  const example = exampleLines(method.request);
  const lines = [`method: ${method.name}`];
  const hasFields = example.some((line) => !line.startsWith("#"));
  if (method.request_stream) lines.push("messages:", ...(hasFields ? indent(example, "  - ") : ["  - {}"]));
  else if (hasFields) lines.push("message:", ...indent(example, "  "));
  return indent(lines, "  - ");
}
