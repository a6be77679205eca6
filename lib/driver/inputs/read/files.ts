/** Reads input files within limits; errors name the file's place in the scenario. */
import { fileReason } from "../../../base/regular_file.ts";
import { UserError } from "../../../plan/errors.ts";
import type { InputFile } from "../../../plan/plan.ts";

/** Throws the error for an input that cannot be used. */
export type Refuse = (what: string) => never;

/**
 * Refuses `path`, which the plan's `file` led to.
 * @param what the problem and what to do
 */
export function refuse(file: InputFile, path: string, what: string): never {
  throw new UserError("input", `Cannot use ${JSON.stringify(path)} (named at ${file.at}): ${what}`);
}

/** Information about the file or folder at a path. */
export async function inspect(path: string, fail: Refuse): Promise<Deno.FileInfo> {
  try {
    return await Deno.stat(path);
  } catch (error) {
    return fail(fileReason(error));
  }
}

/** Deepest level of folders that is read. */
const MAX_DEPTH = 8;
/** Most files of one folder, those below it included. */
const MAX_FILES = 500_000;

/** Paths of the files in a folder and below, relative to it, sorted. Hidden files are skipped. */
export async function listTree(root: string, fail: Refuse): Promise<string[]> {
  const paths: string[] = [];
  const list = async (under: string, depth: number): Promise<void> => {
    for await (const { name, isDirectory } of Deno.readDir(`${root}/${under}`)) {
      if (name.startsWith(".")) continue;
      if (isDirectory) {
        if (depth < MAX_DEPTH) await list(`${under}${name}/`, depth + 1);
      } else if (paths.push(under + name) > MAX_FILES) fail(`it holds more than ${MAX_FILES} files; name fewer`);
    }
  };
  try {
    await list("", 0);
  } catch (error) {
    if (error instanceof UserError) throw error;
    return fail(fileReason(error));
  }
  return paths.sort();
}

/** Reads at most `length` bytes of a file from offset `at`, synchronously; fewer where the file ends before. */
export function readAt(path: string, at: number, length: number, fail: Refuse): Uint8Array<ArrayBuffer> {
  try {
    using file = Deno.openSync(path);
    if (at > 0) file.seekSync(at, Deno.SeekMode.Start);
    const bytes = new Uint8Array(length);
    let read = 0;
    while (read < length) {
      const size = file.readSync(bytes.subarray(read));
      if (size === null) break;
      read += size;
    }
    return bytes.subarray(0, read);
  } catch (error) {
    return fail(fileReason(error));
  }
}

/** Describes a JSON value for messages: an object by its first keys. */
export function describe(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (typeof value !== "object") return `a ${typeof value}`;
  const keys = Object.keys(value).slice(0, 8).map((key) => JSON.stringify(key));
  return keys.length === 0 ? "an empty object" : `an object with ${keys.join(", ")}`;
}
