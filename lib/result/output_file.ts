/**
 * The only way in which results and reports reach the disk: nothing is ever written through what already has a file's
 * name. A stranger's folder may hold a link to any file of the user there, or a pipe.
 */
import { dirname } from "node:path";
import { fileErrorKind, outputError } from "./output_error.ts";

/** Results and reports are their user's alone, even where the umask would let others read them. */
const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;

/**
 * Creates a file and opens it for writing, and for reading what was written.
 * @throws {UserError} kind `output` when it cannot be made, or when anything has its name, a link to nowhere included
 */
export async function createFile(path: string): Promise<Deno.FsFile> {
  try {
    return await Deno.open(path, { read: true, write: true, createNew: true, mode: FILE_MODE });
  } catch (error) {
    throw outputError(path, error);
  }
}

/**
 * Writes a whole file in place of whatever has its name: the content goes to a fresh file, which then takes the name. A
 * link, another name of a file elsewhere, a pipe or a device loses only its name here, and readers never see half a file.
 * @throws {UserError} kind `output` when it cannot be written; the former file is then intact
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const dir = await Deno.makeTempDir();
 * await Deno.writeTextFile(`${dir}/precious`, "of the user");
 * await Deno.symlink(`${dir}/precious`, `${dir}/report.txt`);
 * await replaceFile(`${dir}/report.txt`, "a report");
 * assert.equal(await Deno.readTextFile(`${dir}/precious`), "of the user");
 * assert.equal(await Deno.readTextFile(`${dir}/report.txt`), "a report");
 * await Deno.remove(dir, { recursive: true });
 * ```
 */
export async function replaceFile(path: string, content: string | Uint8Array): Promise<void> {
  const fresh = `${path}.${crypto.randomUUID()}.part`;
  try {
    await writeFresh(fresh, content);
    await Deno.rename(fresh, path);
  } catch (error) {
    await Deno.remove(fresh).catch(() => {});
    throw outputError(path, error);
  }
}

/**
 * Writes a whole file that the user has named. A pipe or a device, such as /dev/stdout, takes the content as it is;
 * anything else is replaced as by `replaceFile`, in a folder that is made where it is missing.
 * @throws {UserError} kind `output` when it cannot be written
 */
export async function writeNamedFile(path: string, content: string | Uint8Array): Promise<void> {
  const there = await Deno.stat(path).catch(() => null);
  if (there === null || there.isFile) {
    await makeParents(dirname(path));
    return await replaceFile(path, content);
  }
  try {
    using file = await Deno.open(path, { write: true });
    await writeAll(file, content);
  } catch (error) {
    throw outputError(path, error);
  }
}

async function writeFresh(path: string, content: string | Uint8Array): Promise<void> {
  using file = await Deno.open(path, { write: true, createNew: true, mode: FILE_MODE });
  await writeAll(file, content);
}

async function writeAll(file: Deno.FsFile, content: string | Uint8Array): Promise<void> {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
}

/**
 * Makes a folder, and those around it, where they are missing. Folders around it may be links, which are the user's own
 * choice; the folder itself may not, for files in it would land elsewhere.
 * @throws {UserError} kind `output` when it cannot be made
 */
export async function makeFolder(path: string): Promise<void> {
  try {
    await Deno.mkdir(path, { recursive: true, mode: FOLDER_MODE });
    const { isDirectory } = await Deno.lstat(path);
    if (!isDirectory) throw new Error("it is a link, and files would land elsewhere");
  } catch (error) {
    throw outputError(path, error);
  }
}

/**
 * Makes the folder in which a run's folder will lie, and those around it, where they are missing; links are followed.
 * @throws {UserError} kind `output` when it cannot be made
 */
export async function makeParents(path: string): Promise<void> {
  try {
    await Deno.mkdir(path, { recursive: true, mode: FOLDER_MODE });
  } catch (error) {
    throw outputError(path, error);
  }
}

/**
 * Makes a folder of a name that nothing has.
 * @returns false when something has the name
 * @throws {UserError} kind `output` when it cannot be made for another reason
 */
export async function createFolder(path: string): Promise<boolean> {
  try {
    await Deno.mkdir(path, { mode: FOLDER_MODE });
    return true;
  } catch (error) {
    if (fileErrorKind(error) === "exists") return false;
    throw outputError(path, error);
  }
}
