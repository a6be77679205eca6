/** Finds the types that the fields and methods of parsed files name. */
import {
  type DescriptorProto,
  type EnumDescriptorProto,
  FIELD_TYPES,
  type FileDescriptorProto,
} from "../../../../proto/descriptor.ts";

/** A type that no file defines. */
export class UnknownType extends Error {
  override readonly name = "UnknownType";
}

const [MESSAGE, ENUM] = [FIELD_TYPES.indexOf("message"), FIELD_TYPES.indexOf("enum")];

/** Types of all files: MESSAGE or ENUM by full name. */
type Known = Map<string, number>;

const within = (scope: string, name: string): string => scope === "" ? name : `${scope}.${name}`;

/**
 * Gives every field and method the full name of its type, with a leading dot, and every field its kind of type. Changes
 * the files.
 * @throws {UnknownType} for a type that no file defines
 */
export function linkFiles(files: readonly FileDescriptorProto[]): void {
  const known: Known = new Map();
  for (const file of files) note(file.message_type, file.enum_type, file.package, known);
  for (const file of files) {
    link(file.message_type, file.package, known);
    for (const { name, method } of file.service) {
      const scope = within(file.package, name);
      for (const one of method) {
        one.input_type = `.${find(one.input_type, scope, known)}`;
        one.output_type = `.${find(one.output_type, scope, known)}`;
      }
    }
  }
}

function note(
  messages: readonly DescriptorProto[],
  enums: readonly EnumDescriptorProto[],
  scope: string,
  known: Known,
): void {
  for (const { name } of enums) known.set(within(scope, name), ENUM);
  for (const { name, nested_type, enum_type } of messages) {
    known.set(within(scope, name), MESSAGE);
    note(nested_type, enum_type, within(scope, name), known);
  }
}

function link(messages: readonly DescriptorProto[], scope: string, known: Known): void {
  for (const { name, field, nested_type } of messages) {
    const inside = within(scope, name);
    link(nested_type, inside, known);
    for (const one of field) {
      if (one.type_name === "") continue;
      const type = find(one.type_name, inside, known);
      one.type_name = `.${type}`;
      if (one.type === 0) one.type = known.get(type) ?? MESSAGE;
    }
  }
}

/** From the innermost scope outwards; a leading dot means the outermost. */
function find(written: string, scope: string, known: Known): string {
  if (written.startsWith(".")) {
    if (known.has(written.slice(1))) return written.slice(1);
    throw new UnknownType(`no such type: ${written.slice(1)}`);
  }
  for (let outer = scope;; outer = outer.slice(0, Math.max(0, outer.lastIndexOf(".")))) {
    const full = within(outer, written);
    if (known.has(full)) return full;
    if (outer === "") throw new UnknownType(`no such type: ${written}`);
  }
}
