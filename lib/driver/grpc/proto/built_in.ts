/** The files of google/protobuf, which every protobuf compiler brings along. */
import any from "../../../../proto/google/any.proto" with { type: "text" };
import api from "../../../../proto/google/api.proto" with { type: "text" };
import cpp_features from "../../../../proto/google/cpp_features.proto" with { type: "text" };
import descriptor from "../../../../proto/google/descriptor.proto" with { type: "text" };
import duration from "../../../../proto/google/duration.proto" with { type: "text" };
import empty from "../../../../proto/google/empty.proto" with { type: "text" };
import field_mask from "../../../../proto/google/field_mask.proto" with { type: "text" };
import java_features from "../../../../proto/google/java_features.proto" with { type: "text" };
import plugin from "../../../../proto/google/plugin.proto" with { type: "text" };
import source_context from "../../../../proto/google/source_context.proto" with { type: "text" };
import struct from "../../../../proto/google/struct.proto" with { type: "text" };
import timestamp from "../../../../proto/google/timestamp.proto" with { type: "text" };
import type from "../../../../proto/google/type.proto" with { type: "text" };
import wrappers from "../../../../proto/google/wrappers.proto" with { type: "text" };
import type { FileDescriptorProto } from "../../../../proto/descriptor.ts";
import { linkFiles } from "./linker.ts";
import { parseProtoFile } from "./parser.ts";

const FOLDER = "google/protobuf/";

const TEXTS: Readonly<Record<string, string>> = {
  any,
  api,
  cpp_features,
  descriptor,
  duration,
  empty,
  field_mask,
  java_features,
  "compiler/plugin": plugin,
  source_context,
  struct,
  timestamp,
  type,
  wrappers,
};

/** The text of a built-in file such as `google/protobuf/any.proto`; undefined for another one. */
export function builtIn(name: string): string | undefined {
  if (!name.startsWith(FOLDER)) return undefined;
  const key = name.slice(FOLDER.length).replace(/\.proto$/, "");
  return Object.hasOwn(TEXTS, key) ? TEXTS[key] : undefined;
}

let parsed: FileDescriptorProto[] | null = null;

/** All built-in files as protoc describes them, for servers that leave them out. */
export function builtInFiles(): readonly FileDescriptorProto[] {
  if (parsed !== null) return parsed;
  parsed = Object.entries(TEXTS).map(([key, text]) => parseProtoFile(`${FOLDER}${key}.proto`, text));
  linkFiles(parsed);
  return parsed;
}
