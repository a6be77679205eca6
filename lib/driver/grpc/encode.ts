/**
 * Encodes requests from JSON: checked against the message type and encoded once, before the load. If a text has
 * placeholders, the bytes around it are encoded then, and each call encodes the text.
 */
import { errorText } from "../../base/errors.ts";
import { concatBytes } from "../../base/bytes.ts";
import type { Json } from "../../plan/protocols.ts";
import { isTemplate, parseTemplate } from "../../plan/template.ts";
import { compileText, type TemplateContext, type TemplateSources } from "../exchange/template.ts";
import { encodeEnum, encodeScalar, shown, wireTypeOf } from "./scalars.ts";
import { type Field, type FieldType, type MessageType, offer, type Scalar, type Types } from "./types.ts";
import { ANY, jsonFormOf, typeOfUrl, VALUE } from "./well_known.ts";
import { Sink, tag, varint, WireType } from "./wire.ts";

/** Encoded bytes: constant, or written for each call. */
export type Part = Uint8Array | ((sink: Sink, context: TemplateContext) => void);

const SINK = new Sink();

/** The bytes of a part for one call. Constant bytes are not copied. */
export function bytesOf(part: Part, context: TemplateContext): Uint8Array {
  if (part instanceof Uint8Array) return part;
  part(SINK, context);
  return SINK.take();
}

function write(part: Part, sink: Sink, context: TemplateContext): void {
  if (part instanceof Uint8Array) sink.put(part);
  else part(sink, context);
}

/** What the encoder needs beside the value. */
export interface Encoding {
  types: Types;
  sources: TemplateSources;
}

/** Throws an error that names the place in the value and what is wrong. */
export function refuse(place: string, what: string): never {
  throw new RangeError(`${place}: ${what}`);
}

/** Runs `act`; adds the place to the message of an error. */
function at<Done>(place: string, act: () => Done): Done {
  try {
    return act();
  } catch (error) {
    return refuse(place, errorText(error));
  }
}

/**
 * The bytes of a message of `type`.
 * @param place the place of the value, for messages, e.g. `messages[0]`
 * @throws {RangeError} for a value that does not fit the type; the message has the place, what must be there and what
 * is there
 */
export function compileMessage(type: MessageType, value: Json, encoding: Encoding, place: string): Part {
  if (type.name === ANY) return compileAny(type, value, encoding, place);
  const form = jsonFormOf(type.name);
  const fields = form === null ? value : at(place, () => form.expand(value));
  return compileFields(type, fields, encoding, place);
}

function compileFields(type: MessageType, value: Json, encoding: Encoding, place: string): Part {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return refuse(place, `must hold the fields of ${type.name}, not ${shown(value)}`);
  }
  const given = new Map<Field, Json>();
  const chosen = new Map<string, string>();
  for (const [name, item] of Object.entries(value)) {
    const field = type.by_name.get(name);
    if (field === undefined) {
      return refuse(place, `${type.name} has no field "${name}"${offer(name, type.fields.map((one) => one.name))}`);
    }
    if (item === null && !takesNull(field)) continue;
    if (given.has(field)) refuse(place, `the field ${field.name} is given twice`);
    given.set(field, item);
    if (field.oneof === null) continue;
    const other = chosen.get(field.oneof);
    if (other !== undefined) refuse(place, `only one of ${other} and ${name} may be given (oneof ${field.oneof})`);
    chosen.set(field.oneof, name);
  }
  const missing = type.fields.find((field) => field.required && !given.has(field));
  if (missing !== undefined) refuse(place, `the field ${missing.name} of ${type.name} is required`);
  return join([...given].map(([field, item]) => compileField(field, item, encoding, `${place}.${field.name}`)));
}

const takesNull = ({ type, shape }: Field): boolean =>
  shape === "single" && type.kind === "message" && type.message.name === VALUE;

/**
 * An Any: `{"@type": "type.googleapis.com/pkg.Message", ...its fields}`; the value of a well-known type is in "value".
 */
function compileAny(type: MessageType, value: Json, encoding: Encoding, place: string): Part {
  if (typeof value !== "object" || value === null || Array.isArray(value) || !("@type" in value)) {
    return compileFields(type, value, encoding, place);
  }
  const { "@type": url, ...rest } = value;
  if (typeof url !== "string") return refuse(`${place}.@type`, `must be a text, not ${shown(url ?? null)}`);
  const name = typeOfUrl(url);
  const held = encoding.types.message(name);
  if (held === null) return refuse(`${place}.@type`, `${name} is not defined anywhere; add the file that defines it`);
  const inner = jsonFormOf(name) === null ? rest : rest["value"] ?? null;
  const heldPart = compileMessage(held, inner, encoding, place);
  return join([
    tag(1, WireType.LENGTH),
    prefixed(encodeScalar("string", url)),
    tag(2, WireType.LENGTH),
    prefixed(heldPart),
  ]);
}

/** A field with all its values, tags included. */
export function compileField(field: Field, value: Json, encoding: Encoding, place: string): Part {
  const { shape, number } = field;
  if (shape === "single") return compileSingle(field, value, encoding, place);
  if (shape === "repeated") {
    if (!Array.isArray(value)) return refuse(place, `must be a list, not ${shown(value)}`);
    if (!field.packed) {
      return join(value.map((item, index) => compileSingle(field, item, encoding, `${place}[${index}]`)));
    }
    const items = value.map((item, index) => compileValue(field.type, item, encoding, `${place}[${index}]`));
    return items.length === 0 ? new Uint8Array(0) : join([tag(number, WireType.LENGTH), prefixed(join(items))]);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return refuse(place, `must be an object from keys to values, not ${shown(value)}`);
  }
  const ofValue: Field = { ...field, number: 2, shape: "single" };
  return join(
    Object.entries(value).map(([key, item]) => {
      const inside = `${place}["${key}"]`;
      const keyPart = at(inside, () => encodeScalar(shape.map_key, shape.map_key === "bool" ? key === "true" : key));
      const keyTag = tag(1, wireTypeOf(shape.map_key));
      const entry = [keyTag, shape.map_key === "string" ? prefixed(keyPart) : keyPart];
      return join([
        tag(number, WireType.LENGTH),
        prefixed(join([...entry, compileSingle(ofValue, item, encoding, inside)])),
      ]);
    }),
  );
}

function compileSingle({ type, number, delimited }: Field, value: Json, encoding: Encoding, place: string): Part {
  const part = compileValue(type, value, encoding, place);
  switch (type.kind) {
    case "enum":
      return join([tag(number, WireType.VARINT), part]);
    case "scalar": {
      const wire = wireTypeOf(type.scalar);
      return join([tag(number, wire), wire === WireType.LENGTH ? prefixed(part) : part]);
    }
    default:
      if (delimited) return join([tag(number, WireType.START), part, tag(number, WireType.END)]);
      return join([tag(number, WireType.LENGTH), prefixed(part)]);
  }
}

/** Encodes a value without tag and length. */
function compileValue(type: FieldType, value: Json, encoding: Encoding, place: string): Part {
  switch (type.kind) {
    case "message":
      return compileMessage(type.message, value, encoding, place);
    case "unknown":
      return refuse(place, `is of type ${type.name}, which is not defined anywhere; add the file that defines it`);
    case "enum":
      return compilePlain(value, encoding, place, (one) => encodeEnum(type.enum, one));
    case "scalar":
      return compileScalar(type.scalar, value, encoding, place);
  }
}

function compileScalar(scalar: Scalar, value: Json, encoding: Encoding, place: string): Part {
  const isText = scalar === "string" || scalar === "bytes";
  if (!isText || typeof value !== "string" || !isTemplate(value)) {
    return compilePlain(value, encoding, place, (one) => encodeScalar(scalar, one));
  }
  const make = at(place, () => compileText(value, encoding.sources));
  return (sink, context) => sink.text(make(context));
}

/** A value that is not a text to its field. A template in it is one placeholder, so that all it may give can be checked. */
function compilePlain(value: Json, { sources }: Encoding, place: string, encode: (value: Json) => Uint8Array): Part {
  if (typeof value !== "string" || !isTemplate(value)) return at(place, () => encode(value));
  const [part, ...more] = at(place, () => parseTemplate(value));
  if (more.length > 0 || part === undefined) {
    return refuse(place, "takes one {{int A B}}, {{seq}} or {{pick FILE}} and nothing else");
  }
  return at(place, () => {
    switch (part.kind) {
      case "int": {
        const { min, max } = part;
        encode(min);
        encode(max);
        return (sink, { random }) => sink.put(encode(min + Math.floor(random.next() * (max - min + 1))));
      }
      case "seq":
        encode(1);
        return (sink, context) => sink.put(encode(context.seq()));
      case "pick": {
        const made = sources.lines(part.file).map((line) => encode(line));
        return (sink, { random }) => sink.put(made[Math.floor(random.next() * made.length)] as Uint8Array);
      }
      default:
        throw new RangeError(`cannot be made from ${shown(value)}: use {{int A B}}, {{seq}} or {{pick FILE}}`);
    }
  });
}

/** Joins parts; adjacent constant parts become one. */
function join(parts: readonly Part[]): Part {
  const merged: Part[] = [];
  let constant: Uint8Array[] = [];
  const flush = () => {
    if (constant.length > 0) merged.push(concatBytes(constant));
    constant = [];
  };
  for (const part of parts) {
    if (part instanceof Uint8Array) constant.push(part);
    else {
      flush();
      merged.push(part);
    }
  }
  flush();
  const [only] = merged;
  if (merged.length <= 1) return only ?? new Uint8Array(0);
  return (sink, context) => {
    for (const part of merged) write(part, sink, context);
  };
}

/** A part with its length before it. */
function prefixed(part: Part): Part {
  if (part instanceof Uint8Array) return concatBytes([varint(part.length), part]);
  return (sink, context) => sink.prefixed(() => part(sink, context));
}
