/** Definitions from .proto files and all their imports. */
import { errorText } from "../../base/errors.ts";
import protobuf from "protobufjs";
import { UserError } from "../../plan/errors.ts";
import { readFile } from "./read_file.ts";
import { type Definitions, enumType, type FieldDefinition, jsonNameOf, noDefinitions, type Scalar } from "./types.ts";

/** Most files read, imports included. */
const MAX_FILES = 2000;

/**
 * Reads .proto files. An import is looked up in `importDirs`, then beside the file that names it and in the folders
 * above; Google's well-known types are built in. A missing import matters only if one of its types is used.
 * @throws {UserError} kind `input` for a file that cannot be read or is not a valid .proto file
 */
export async function loadProtoFiles(files: readonly string[], importDirs: readonly string[]): Promise<Definitions> {
  const reader = new ProtoReader(importDirs);
  for (const file of files) await reader.read(file);
  return reader.definitions();
}

class ProtoReader {
  readonly #root = new protobuf.Root();
  readonly #seen = new Set<string>();
  readonly #missing: string[] = [];

  constructor(readonly import_dirs: readonly string[]) {}

  async read(path: string): Promise<void> {
    await this.#parse(path, await readProto(path));
  }

  async #parse(path: string, text: string): Promise<void> {
    const real = await Deno.realPath(path);
    if (this.#seen.has(real)) return;
    this.#seen.add(real);
    if (this.#seen.size > MAX_FILES) {
      throw new UserError("input", `"${path}": more than ${MAX_FILES} files are imported`);
    }
    const { imports = [], weakImports = [] } = this.#within(path, () => {
      return protobuf.parse(text, this.#root, { keepCase: true, preferTrailingComment: false });
    });
    for (const name of [...imports, ...weakImports]) await this.#import(name, path);
  }

  async #import(name: string, from: string): Promise<void> {
    for (const dir of [...this.import_dirs, ...foldersAbove(from)]) {
      const path = `${dir === "/" ? "" : dir}/${name}`;
      if (await isFile(path)) return await this.read(path);
    }
    if (this.#seen.has(name)) return;
    this.#seen.add(name);
    const common = (protobuf.common as unknown as Record<string, protobuf.INamespace | undefined>)[name];
    if (common === undefined) this.#missing.push(name);
    else this.#within(name, () => this.#root.addJSON(common.nested ?? {}));
  }

  /** Runs `act`; adds the file to the message of an error. */
  #within<Done>(path: string, act: () => Done): Done {
    try {
      return act();
    } catch (error) {
      throw new UserError("input", `Cannot use "${path}": ${errorText(error)}`);
    }
  }

  definitions(): Definitions {
    // Extensions of types that no file defines are options of the files themselves, never part of a message.
    this.#root.deferred.length = 0;
    try {
      this.#root.resolveAll();
    } catch (error) {
      const hint = this.#missing.length === 0
        ? ""
        : `; these imports were not found: ${this.#missing.join(", ")}; name the folders that hold them in import_dirs`;
      throw new UserError("input", `The .proto files do not fit together: ${errorText(error)}${hint}`);
    }
    const into = noDefinitions();
    gather(this.#root, into);
    return into;
  }
}

async function readProto(path: string): Promise<string> {
  return new TextDecoder().decode(await readFile(path, "a .proto file"));
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isFile;
  } catch {
    return false;
  }
}

/** The folder of a file and those above it, the nearest first. */
function foldersAbove(file: string): string[] {
  const folders: string[] = [];
  for (let at = file.lastIndexOf("/"); at >= 0; at = file.lastIndexOf("/", at - 1)) {
    folders.push(at === 0 ? "/" : file.slice(0, at));
    if (at === 0) break;
  }
  return folders;
}

const fullName = (object: protobuf.ReflectionObject): string => object.fullName.replace(/^\./, "");

function gather(namespace: protobuf.NamespaceBase, into: Definitions): void {
  for (const object of namespace.nestedArray) {
    const name = fullName(object);
    if (object instanceof protobuf.Enum) {
      into.enums.set(name, enumType(name, Object.entries(object.values)));
    } else if (object instanceof protobuf.Service) {
      into.services.set(name, object.methodsArray.map(methodOf));
    } else if (object instanceof protobuf.Type) {
      // Extensions stand among the fields under their full names.
      const fields = object.fieldsArray.filter((field) => !field.name.startsWith("."));
      into.messages.set(name, { fields: fields.map((field) => fieldOf(field, name)) });
      gather(object, into);
    } else if (object instanceof protobuf.Namespace) gather(object, into);
  }
}

function methodOf(method: protobuf.Method) {
  return {
    name: method.name,
    request: method.resolvedRequestType === null ? method.requestType : fullName(method.resolvedRequestType),
    reply: method.resolvedResponseType === null ? method.responseType : fullName(method.resolvedResponseType),
    request_stream: method.requestStream === true,
    reply_stream: method.responseStream === true,
  };
}

function fieldOf(field: protobuf.Field, typeName: string): FieldDefinition {
  // The well-known types that protobufjs has built in are in camel case.
  const name = typeName.startsWith("google.protobuf.") ? snakeCase(field.name) : field.name;
  const { resolvedType, partOf } = field;
  const jsonName: unknown = field.options?.["json_name"];
  return {
    name,
    json_name: typeof jsonName === "string" ? jsonName : jsonNameOf(name),
    number: field.id,
    type: resolvedType === null ? { scalar: field.type as Scalar } : { named: fullName(resolvedType) },
    shape: field instanceof protobuf.MapField
      ? { map_key: field.keyType as Scalar }
      : field.repeated
      ? "repeated"
      : "single",
    packed: field.repeated && field.packed && isPackable(field),
    presence: !field.repeated && !field.map && (resolvedType instanceof protobuf.Type || Boolean(field.hasPresence)),
    required: field.required,
    oneof: partOf === null || partOf.isProto3Optional ? null : partOf.name,
    delimited: field.delimited,
  };
}

const isPackable = ({ resolvedType, type }: protobuf.Field): boolean =>
  !(resolvedType instanceof protobuf.Type) && type !== "string" && type !== "bytes";

const snakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
