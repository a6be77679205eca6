/** Definitions from serialised descriptors: a descriptor set in a file, or files that a server sends by reflection. */
import {
  type DescriptorProto,
  type EnumDescriptorProto,
  type FeatureSet,
  FIELD_TYPES,
  type FieldDescriptorProto,
  type FileDescriptorProto,
  filesOfSet,
} from "../../../proto/descriptor.ts";
import { UserError } from "../../plan/errors.ts";
import { readFile } from "./read_file.ts";
import { type Definitions, enumType, type FieldDefinition, jsonNameOf, noDefinitions, type Scalar } from "./types.ts";

/**
 * Reads a serialised FileDescriptorSet, as `protoc --include_imports --descriptor_set_out` writes it.
 * @throws {UserError} kind `input` for a file that cannot be read or is not such a set
 */
export async function loadDescriptorSet(path: string): Promise<Definitions> {
  const bytes = await readFile(path, "a descriptor set");
  const how = "make one with: protoc --include_imports --descriptor_set_out=FILE ...";
  try {
    return definitionsOf(filesOfSet(bytes));
  } catch (error) {
    throw new UserError("input", `Cannot use "${path}": ${(error as Error).message}; ${how}`);
  }
}

/**
 * The definitions of files.
 * @throws {RangeError} for a name or a type that protobuf does not allow: a server may send anything
 */
export function definitionsOf(files: Iterable<FileDescriptorProto>): Definitions {
  const into = noDefinitions();
  for (const file of files) addFile(file, into);
  return into;
}

/** The features of an edition, a file or a message that change the encoding. */
interface Features {
  presence: boolean;
  packed: boolean;
  delimited: boolean;
}

const PROTO2: Features = { presence: true, packed: false, delimited: false };
const PROTO3: Features = { presence: false, packed: true, delimited: false };
const EDITIONS: Features = { presence: true, packed: true, delimited: false };

const IMPLICIT = 2;
const REQUIRED = 3;
const PACKED = 1;
const DELIMITED = 2;

function chosen(outer: Features, set: FeatureSet | null | undefined): Features {
  if (set === null || set === undefined) return outer;
  const { field_presence, repeated_field_encoding, message_encoding } = set;
  return {
    presence: field_presence === 0 ? outer.presence : field_presence !== IMPLICIT,
    packed: repeated_field_encoding === 0 ? outer.packed : repeated_field_encoding === PACKED,
    delimited: message_encoding === 0 ? outer.delimited : message_encoding === DELIMITED,
  };
}

const NAME = /^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$/;

/** Checks a name: it is shown and written into files, so it must have only a name's characters. */
function checked(name: string): string {
  if (NAME.test(name)) return name;
  throw new RangeError(`it has the name ${JSON.stringify(name.slice(0, 40))}, which protobuf does not allow`);
}

const within = (scope: string, name: string): string => checked(scope === "" ? name : `${scope}.${name}`);
const noDot = (name: string): string => checked(name.replace(/^\./, ""));

function addFile(file: FileDescriptorProto, into: Definitions): void {
  const syntax = file.syntax === "proto3" ? PROTO3 : file.syntax === "editions" ? EDITIONS : PROTO2;
  const features = chosen(syntax, file.options?.features);
  for (const one of file.enum_type) addEnum(one, file.package, into);
  for (const message of file.message_type) addMessage(message, file.package, features, into);
  for (const { name, method } of file.service) {
    const methods = method.map((one) => ({
      name: checked(one.name),
      request: noDot(one.input_type),
      reply: noDot(one.output_type),
      request_stream: one.client_streaming,
      reply_stream: one.server_streaming,
    }));
    into.services.set(within(file.package, name), methods);
  }
}

function addEnum({ name, value }: EnumDescriptorProto, scope: string, into: Definitions): void {
  const full = within(scope, name);
  into.enums.set(full, enumType(full, value.map((one) => [checked(one.name), one.number] as const)));
}

function addMessage(message: DescriptorProto, scope: string, outer: Features, into: Definitions): void {
  const full = within(scope, message.name);
  const features = chosen(outer, message.options?.features);
  for (const one of message.enum_type) addEnum(one, full, into);
  const entries = new Map<string, DescriptorProto>();
  for (const nested of message.nested_type) {
    if (nested.options?.map_entry === true) entries.set(within(full, nested.name), nested);
    else addMessage(nested, full, features, into);
  }
  const fields = message.field.map((field) => {
    const entry = field.type_name === "" ? undefined : entries.get(noDot(field.type_name));
    return entry === undefined ? fieldOf(field, message, features) : mapOf(field, entry);
  });
  into.messages.set(full, { fields });
}

const REPEATED = 3;
const PROTO2_REQUIRED = 2;

/** Types whose lists are never packed. */
const UNPACKABLE: ReadonlySet<string> = new Set(["string", "bytes", "message", "group"]);

function fieldOf(field: FieldDescriptorProto, message: DescriptorProto, outer: Features): FieldDefinition {
  const own = field.options?.features;
  const features = chosen(outer, own);
  const type = FIELD_TYPES[field.type] ?? "";
  const repeated = field.label === REPEATED;
  const oneof = field.oneof_index === null ? null : message.oneof_decl[field.oneof_index]?.name ?? null;
  const isMessage = type === "message" || type === "group";
  return {
    name: checked(field.name),
    json_name: field.json_name === "" ? jsonNameOf(field.name) : field.json_name,
    number: field.number,
    type: typeOf(field),
    shape: repeated ? "repeated" : "single",
    packed: repeated && !UNPACKABLE.has(type) && (field.options?.packed ?? features.packed),
    presence: !repeated && (isMessage || oneof !== null || features.presence),
    required: field.label === PROTO2_REQUIRED || own?.field_presence === REQUIRED,
    oneof: field.proto3_optional ? null : oneof,
    delimited: type === "group" || type === "message" && features.delimited,
  };
}

/** A map is encoded as a list of entries, each a message with a key and a value. */
function mapOf(field: FieldDescriptorProto, entry: DescriptorProto): FieldDefinition {
  const [key, value] = entry.field;
  if (key === undefined || value === undefined) throw new RangeError(`The map ${field.name} has no key or no value`);
  return {
    ...fieldOf(field, entry, PROTO3),
    oneof: null,
    type: typeOf(value),
    shape: { map_key: scalarOf(key) },
    delimited: false,
  };
}

function typeOf(field: FieldDescriptorProto): FieldDefinition["type"] {
  return field.type_name === "" ? { scalar: scalarOf(field) } : { named: noDot(field.type_name) };
}

const NO_SCALARS: readonly string[] = ["", "group", "message", "enum"];

function scalarOf({ name, type }: FieldDescriptorProto): Scalar {
  const found = FIELD_TYPES[type] ?? "";
  if (NO_SCALARS.includes(found)) throw new RangeError(`the field ${checked(name)} has a type that does not exist`);
  return found as Scalar;
}
