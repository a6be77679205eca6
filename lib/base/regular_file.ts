/**
 * Reads the files that a user names. A pipe would wait for ever and a device has no end, so only regular files are read,
 * and of those no more than a limit.
 */
import { errorText } from "./errors.ts";

/** A file that cannot be used. The message is a clause that follows the file's name: "it is a folder; ...". */
export class FileFault extends Error {
  override readonly name = "FileFault";
}

const MIB = 1024 * 1024;

/**
 * The bytes of a regular file.
 * @param max_bytes a larger file is refused
 * @throws {FileFault} for a path without a regular file, one that may not be read, and a file that is too large
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * await assert.rejects(readRegularFile("/dev/zero", 1024), { message: /^it is a device, not a regular file/ });
 * ```
 */
export async function readRegularFile(path: string, max_bytes: number): Promise<Uint8Array<ArrayBuffer>> {
  try {
    // Before it is opened: to open a pipe waits for its other end.
    checkRegular(await Deno.stat(path), max_bytes);
    using file = await Deno.open(path);
    const info = await file.stat();
    checkRegular(info, max_bytes);
    return readAll(file, info.size, max_bytes);
  } catch (error) {
    throw faultOf(error);
  }
}

/**
 * As `readRegularFile`, for those who cannot wait.
 * @throws {FileFault} as it does
 */
export function readRegularFileSync(path: string, max_bytes: number): Uint8Array<ArrayBuffer> {
  try {
    checkRegular(Deno.statSync(path), max_bytes);
    using file = Deno.openSync(path);
    const info = file.statSync();
    checkRegular(info, max_bytes);
    return readAll(file, info.size, max_bytes);
  } catch (error) {
    throw faultOf(error);
  }
}

/**
 * The text of a regular file, read as UTF-8; bytes that are none become U+FFFD.
 * @throws {FileFault} as `readRegularFile` does
 */
export async function readRegularText(path: string, max_bytes: number): Promise<string> {
  return new TextDecoder().decode(await readRegularFile(path, max_bytes));
}

/**
 * As `readRegularText`, for those who cannot wait.
 * @throws {FileFault} as `readRegularFile` does
 */
export function readRegularTextSync(path: string, max_bytes: number): string {
  return new TextDecoder().decode(readRegularFileSync(path, max_bytes));
}

function faultOf(error: unknown): FileFault {
  return error instanceof FileFault ? error : new FileFault(fileReason(error), { cause: error });
}

/** The system's reason why a file cannot be read, in plain words: a clause that follows the file's name. */
export function fileReason(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "there is no such file; check the path";
  if (error instanceof Deno.errors.PermissionDenied || error instanceof Deno.errors.NotCapable) {
    return "june-load has no permission to read it; check its permissions";
  }
  return `it cannot be read: ${errorText(error)}`;
}

function checkRegular(info: Deno.FileInfo, max_bytes: number): void {
  if (info.isDirectory) throw new FileFault("it is a folder; name a file inside it");
  if (!info.isFile) {
    const kind = info.isFifo ? "a pipe" : info.isSocket ? "a socket" : "a device";
    throw new FileFault(`it is ${kind}, not a regular file; save what it holds as a file, and name that`);
  }
  if (info.size > max_bytes) throw tooLarge(max_bytes);
}

function tooLarge(max_bytes: number): FileFault {
  const limit = max_bytes >= MIB ? `${max_bytes / MIB} MiB` : `${max_bytes / 1024} KiB`;
  return new FileFault(`it is larger than ${limit}, the limit for such a file`);
}

/** Files of /proc/sys give what fits the first read, and then end. */
const MIN_BUFFER_BYTES = 4096;

/** @param size what the file claims to hold: it may grow, and files of the system claim 0 */
function readAll(file: Deno.FsFile, size: number, max_bytes: number): Uint8Array<ArrayBuffer> {
  let bytes = new Uint8Array(Math.min(Math.max(size, MIN_BUFFER_BYTES), max_bytes) + 1);
  let length = 0;
  for (;;) {
    const read = file.readSync(bytes.subarray(length));
    if (read === null) return bytes.subarray(0, length);
    length += read;
    if (length > max_bytes) throw tooLarge(max_bytes);
    if (length < bytes.length) continue;
    const larger = new Uint8Array(Math.min(2 * bytes.length, max_bytes + 1));
    larger.set(bytes);
    bytes = larger;
  }
}
