/** Messages of descriptor.proto, in which protobuf describes .proto files. */
import text from "./descriptor.proto" with { type: "text" };
import protobuf from "protobufjs";
import { type Codec, parseProto } from "./codec.ts";

const schema = parseProto(text, "google.protobuf");

/** Choices of an edition; 0: not chosen here. */
export interface FeatureSet {
  /** 1 explicit, 2 implicit, 3 required. */
  field_presence: number;
  /** 1 packed, 2 expanded. */
  repeated_field_encoding: number;
  /** 1 length-prefixed, 2 delimited. */
  message_encoding: number;
}

/** One field of a message; for an extension not used here. */
export interface FieldDescriptorProto {
  name: string;
  number: number;
  /** 1 optional, 2 required, 3 repeated. */
  label: number;
  /** 1 to 18; see `FIELD_TYPES`. */
  type: number;
  /** Full name with a leading dot, of a message or an enum. */
  type_name: string;
  options: { packed: boolean | null; features: FeatureSet | null } | null;
  /** Index into the message's `oneof_decl`. */
  oneof_index: number | null;
  json_name: string;
  /** Its oneof is synthetic: it only gives the field presence. */
  proto3_optional: boolean;
}

/** An enum. */
export interface EnumDescriptorProto {
  name: string;
  value: { name: string; number: number }[];
}

/** A message type and those nested in it. */
export interface DescriptorProto {
  name: string;
  field: FieldDescriptorProto[];
  nested_type: DescriptorProto[];
  enum_type: EnumDescriptorProto[];
  options: { map_entry: boolean; features: FeatureSet | null } | null;
  oneof_decl: { name: string }[];
}

/** A service. Types have a leading dot. */
export interface ServiceDescriptorProto {
  name: string;
  method: {
    name: string;
    input_type: string;
    output_type: string;
    client_streaming: boolean;
    server_streaming: boolean;
  }[];
}

/** One .proto file. */
export interface FileDescriptorProto {
  name: string;
  package: string;
  /** Names of imported files. */
  dependency: string[];
  message_type: DescriptorProto[];
  enum_type: EnumDescriptorProto[];
  service: ServiceDescriptorProto[];
  options: { features: FeatureSet | null } | null;
  /** `proto3`, `editions`, `proto2`, or empty, which is the same. */
  syntax: string;
}

/** Files, normally with all their imports. */
export interface FileDescriptorSet {
  file: FileDescriptorProto[];
}

/** Names of field types by number; 0 has none. */
export const FIELD_TYPES = [
  "",
  "double",
  "float",
  "int64",
  "uint64",
  "int32",
  "fixed64",
  "fixed32",
  "bool",
  "string",
  "group",
  "message",
  "bytes",
  "uint32",
  "enum",
  "sfixed32",
  "sfixed64",
  "sint32",
  "sint64",
] as const;

/** Codec of `FileDescriptorSet`. */
export const FileDescriptorSet: Codec<FileDescriptorSet> = schema.message("FileDescriptorSet");
/** Codec of `FileDescriptorProto`. */
export const FileDescriptorProto: Codec<FileDescriptorProto> = schema.message("FileDescriptorProto");

const FILE_TAG = 0x0a;

/**
 * The files of a serialised FileDescriptorSet, one at a time and without the empty ones: a hostile set has one in every two
 * bytes.
 * @throws {RangeError} when it comes to bytes that are not a part of such a set, and when there were no files
 */
export function* filesOfSet(bytes: Uint8Array): Generator<FileDescriptorProto> {
  const reader = protobuf.Reader.create(bytes);
  let files = 0;
  for (let file = nextFile(reader); file !== null; file = nextFile(reader)) {
    files++;
    yield file;
  }
  if (files === 0) throw notASet();
}

function nextFile(reader: protobuf.Reader): FileDescriptorProto | null {
  try {
    while (reader.pos < reader.len) {
      const tag = reader.uint32();
      if (tag !== FILE_TAG) reader.skipType(tag & 7);
      else if (reader.buf[reader.pos] === 0) reader.pos++;
      else return FileDescriptorProto.decode(reader.bytes());
    }
    return null;
  } catch {
    throw notASet();
  }
}

const notASet = () => new RangeError("it is not a FileDescriptorSet");
