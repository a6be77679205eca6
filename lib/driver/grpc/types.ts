/**
 * Message and method types from any source: definitions by full name, resolved to types on demand. Full names have no
 * leading dot.
 */
import { nearestWord } from "../../plan/nearest.ts";
import type { CallKind } from "../../plan/protocols.ts";

/** Protobuf's scalar types. */
export type Scalar =
  | "double"
  | "float"
  | "int32"
  | "int64"
  | "uint32"
  | "uint64"
  | "sint32"
  | "sint64"
  | "fixed32"
  | "fixed64"
  | "sfixed32"
  | "sfixed64"
  | "bool"
  | "string"
  | "bytes";

/** A field as its file defines it. */
export interface FieldDefinition {
  name: string;
  json_name: string;
  number: number;
  /** A scalar, or the full name of a message or an enum. */
  type: { scalar: Scalar } | { named: string };
  /** `map`: `type` is that of its values. */
  shape: "single" | "repeated" | { map_key: Scalar };
  /** A packed list of numbers. */
  packed: boolean;
  /** Whether presence is known; false: an absent field reads as 0, false or empty. */
  presence: boolean;
  required: boolean;
  /** Name of its oneof, or null. */
  oneof: string | null;
  /** A message between a start tag and an end tag, like a group. */
  delimited: boolean;
}

/** A message as its file defines it. */
export interface MessageDefinition {
  fields: FieldDefinition[];
}

/** An enum. Messages show the first name of a number. */
export interface EnumType {
  name: string;
  numbers: ReadonlyMap<string, number>;
  names: ReadonlyMap<number, string>;
}

/** A method as its file defines it. */
export interface MethodDefinition {
  name: string;
  request: string;
  reply: string;
  request_stream: boolean;
  reply_stream: boolean;
}

/** Definitions by full name, gathered from files. */
export interface Definitions {
  messages: Map<string, MessageDefinition>;
  enums: Map<string, EnumType>;
  services: Map<string, MethodDefinition[]>;
}

/** No definitions yet. */
export function noDefinitions(): Definitions {
  return { messages: new Map(), enums: new Map(), services: new Map() };
}

/** The type of a field's values. */
export type FieldType =
  | { kind: "scalar"; scalar: Scalar }
  | { kind: "message"; message: MessageType }
  | { kind: "enum"; enum: EnumType }
  /** Named, but not defined. */
  | { kind: "unknown"; name: string };

/** A field, its type resolved. */
export interface Field extends Omit<FieldDefinition, "type"> {
  type: FieldType;
}

/** A message type; it may contain itself. */
export interface MessageType {
  name: string;
  fields: readonly Field[];
  /** By name and by JSON name. */
  by_name: ReadonlyMap<string, Field>;
  by_number: ReadonlyMap<number, Field>;
}

/** A method, its types resolved. */
export interface MethodType {
  /** `package.Service/Method`. */
  name: string;
  request: MessageType;
  reply: MessageType;
  request_stream: boolean;
  reply_stream: boolean;
}

/** Resolves definitions. */
export class Types {
  readonly #messages = new Map<string, MessageType>();

  constructor(readonly definitions: Definitions) {}

  /** Full names of all services, sorted. */
  services(): string[] {
    return [...this.definitions.services.keys()].sort();
  }

  /**
   * Methods of one service in the order of its file, and why others cannot be described; null where there is no such
   * service.
   */
  methods(service: string): { methods: MethodType[]; undescribed: string[] } | null {
    const found = this.definitions.services.get(service);
    if (found === undefined) return null;
    const [methods, undescribed]: [MethodType[], string[]] = [[], []];
    for (const method of found) {
      try {
        methods.push(this.#method(service, method));
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        undescribed.push(error.message);
      }
    }
    return { methods, undescribed };
  }

  /**
   * A method by `package.Service/Method`.
   * @throws {RangeError} that names the missing service or method and those that exist
   */
  method(name: string): MethodType {
    const { service, method } = splitMethod(name);
    const { services } = this.definitions;
    const methods = services.get(service);
    if (methods === undefined) throw new RangeError(`there is no service ${service}${offer(service, services.keys())}`);
    const found = methods.find((one) => one.name === method);
    if (found !== undefined) return this.#method(service, found);
    throw new RangeError(`${service} has no method ${method}${offer(method, methods.map((one) => one.name))}`);
  }

  /** A message by its full name, or null. */
  message(name: string): MessageType | null {
    const known = this.#messages.get(name);
    if (known !== undefined) return known;
    const definition = this.definitions.messages.get(name);
    if (definition === undefined) return null;
    const fields: Field[] = [];
    const by_name = new Map<string, Field>();
    const by_number = new Map<number, Field>();
    const message: MessageType = { name, fields, by_name, by_number };
    // Stored before its fields are resolved: a field may have this same type.
    this.#messages.set(name, message);
    for (const raw of definition.fields) {
      const field = { ...raw, type: this.#type(raw.type) };
      fields.push(field);
      by_number.set(field.number, field);
      by_name.set(field.json_name, field);
    }
    for (const field of fields) by_name.set(field.name, field);
    return message;
  }

  #type(type: FieldDefinition["type"]): FieldType {
    if ("scalar" in type) return { kind: "scalar", scalar: type.scalar };
    const found = this.definitions.enums.get(type.named);
    if (found !== undefined) return { kind: "enum", enum: found };
    const message = this.message(type.named);
    return message === null ? { kind: "unknown", name: type.named } : { kind: "message", message };
  }

  #method(service: string, { name, request, reply, request_stream, reply_stream }: MethodDefinition): MethodType {
    const type = (wanted: string): MessageType => {
      const found = this.message(wanted);
      if (found !== null) return found;
      throw new RangeError(
        `${service}/${name} uses ${wanted}, which is not defined anywhere; add the file that defines it`,
      );
    };
    return { name: `${service}/${name}`, request: type(request), reply: type(reply), request_stream, reply_stream };
  }
}

/** The kind of a method's calls. */
export function callKindOf(method: Pick<MethodType, "request_stream" | "reply_stream">): CallKind {
  if (method.request_stream) return method.reply_stream ? "bidi_stream" : "client_stream";
  return method.reply_stream ? "server_stream" : "unary";
}

/** The two halves of `package.Service/Method`; `package.Service.Method` is read too. */
export function splitMethod(name: string): { service: string; method: string } {
  const text = name.startsWith("/") ? name.slice(1) : name;
  const slash = text.lastIndexOf("/");
  const at = slash === -1 ? text.lastIndexOf(".") : slash;
  return { service: text.slice(0, Math.max(0, at)), method: text.slice(at + 1) };
}

/** Most names that a message lists. */
const MAX_LISTED = 8;

/** `; did you mean ...` where one name is similar, else all names. */
export function offer(word: string, names: Iterable<string>): string {
  const all = [...names];
  const near = nearestWord(word, all);
  if (near !== null) return `; did you mean "${near}"?`;
  if (all.length === 0) return "";
  const more = all.length > MAX_LISTED ? `, and ${all.length - MAX_LISTED} more` : "";
  return `; there is ${all.slice(0, MAX_LISTED).join(", ")}${more}`;
}

/** protoc's JSON name of a field: underscores gone, the letter after each in upper case. */
export function jsonNameOf(name: string): string {
  return name.replace(/_+(.?)/g, (_, letter: string) => letter.toUpperCase());
}

/** Makes an enum from its values in order. */
export function enumType(name: string, values: Iterable<readonly [name: string, number: number]>): EnumType {
  const numbers = new Map<string, number>();
  const names = new Map<number, string>();
  for (const [label, number] of values) {
    numbers.set(label, number);
    if (!names.has(number)) names.set(number, label);
  }
  return { name, numbers, names };
}
