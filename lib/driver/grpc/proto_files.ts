/** Definitions from .proto files and all their imports. */
import { errorText } from "../../base/errors.ts";
import type { FileDescriptorProto } from "../../../proto/descriptor.ts";
import { UserError } from "../../plan/errors.ts";
import { definitionsOf } from "./descriptor_files.ts";
import { builtIn } from "./proto/built_in.ts";
import { linkFiles } from "./proto/linker.ts";
import { parseProtoFile } from "./proto/parser.ts";
import { readFile } from "./read_file.ts";
import type { Definitions } from "./types.ts";

/** Most files read, imports included. */
const MAX_FILES = 2000;

/**
 * Reads .proto files. An import is looked up in `importDirs`, then beside the file that names it and in the folders
 * above; all of google/protobuf/*.proto is built in. A missing import matters only if one of its types is used.
 * @throws {UserError} kind `input` for a file that cannot be read or is not a valid .proto file
 */
export async function loadProtoFiles(files: readonly string[], importDirs: readonly string[]): Promise<Definitions> {
  const reader = new ProtoReader(importDirs);
  for (const file of files) await reader.read(file);
  return reader.definitions();
}

class ProtoReader {
  readonly #files: FileDescriptorProto[] = [];
  readonly #seen = new Set<string>();
  readonly #missing: string[] = [];

  constructor(readonly import_dirs: readonly string[]) {}

  async read(path: string): Promise<void> {
    const text = await readProto(path);
    const real = await Deno.realPath(path);
    if (this.#seen.has(real)) return;
    this.#seen.add(real);
    if (this.#seen.size > MAX_FILES) {
      throw new UserError("input", `"${path}": more than ${MAX_FILES} files are imported`);
    }
    await this.#parse(path, text);
  }

  async #parse(path: string, text: string): Promise<void> {
    const file = within(path, () => parseProtoFile(path, text));
    this.#files.push(file);
    for (const name of file.dependency) await this.#import(name, path);
  }

  async #import(name: string, from: string): Promise<void> {
    for (const dir of [...this.import_dirs, ...foldersAbove(from)]) {
      const path = `${dir === "/" ? "" : dir}/${name}`;
      if (await isFile(path)) return await this.read(path);
    }
    if (this.#seen.has(name)) return;
    this.#seen.add(name);
    const text = builtIn(name);
    if (text === undefined) this.#missing.push(name);
    else await this.#parse(name, text);
  }

  definitions(): Definitions {
    try {
      linkFiles(this.#files);
      return definitionsOf(this.#files);
    } catch (error) {
      const hint = this.#missing.length === 0
        ? ""
        : `; these imports were not found: ${this.#missing.join(", ")}; name the folders that hold them in import_dirs`;
      throw new UserError("input", `The .proto files do not fit together: ${errorText(error)}${hint}`);
    }
  }
}

/** Runs `act`; adds the file to the message of an error. */
function within<Done>(path: string, act: () => Done): Done {
  try {
    return act();
  } catch (error) {
    throw new UserError("input", `Cannot use "${path}": ${errorText(error)}`);
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
