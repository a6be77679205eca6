/** Which types files name and do not define. */
import type { DescriptorProto, EnumDescriptorProto, FileDescriptorProto } from "../../../proto/descriptor.ts";
import { builtInFiles } from "./proto/built_in.ts";

const within = (scope: string, name: string): string => scope === "" ? name : `${scope}.${name}`;

/** Full names of the types that fields and methods of `files` name and none of them defines. */
export function missingTypes(files: Iterable<FileDescriptorProto>): string[] {
  const [named, defined] = [new Set<string>(), new Set<string>()];
  for (const file of files) {
    noteTypes(file, (full) => defined.add(full));
    const fields = (messages: readonly DescriptorProto[]): void => {
      for (const { field, nested_type } of messages) {
        for (const { type_name } of field) named.add(type_name);
        fields(nested_type);
      }
    };
    fields(file.message_type);
    for (const { input_type, output_type } of file.service.flatMap(({ method }) => method)) {
      named.add(input_type).add(output_type);
    }
  }
  return [...named].map((name) => name.replace(/^\./, "")).filter((name) => name !== "" && !defined.has(name));
}

function noteTypes(
  file: { package: string; message_type: readonly DescriptorProto[]; enum_type: readonly EnumDescriptorProto[] },
  note: (full: string) => void,
): void {
  for (const { name } of file.enum_type) note(within(file.package, name));
  for (const { name, nested_type, enum_type } of file.message_type) {
    const full = within(file.package, name);
    note(full);
    noteTypes({ package: full, message_type: nested_type, enum_type }, note);
  }
}

let homes: Map<string, FileDescriptorProto> | null = null;

/** The built-in file of this name, or the one that defines this type; undefined for any other. */
export function builtInHome(fileOrType: string): FileDescriptorProto | undefined {
  if (homes === null) {
    homes = new Map();
    for (const file of builtInFiles()) {
      homes.set(file.name, file);
      noteTypes(file, (full) => homes?.set(full, file));
    }
  }
  return homes.get(fileOrType);
}
