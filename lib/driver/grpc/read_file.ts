/** Reads the files named in a gRPC service's settings. */
import { errorText } from "../../base/errors.ts";
import { readRegularFile } from "../../base/regular_file.ts";
import { UserError } from "../../plan/errors.ts";

/** Largest file; bytes. */
const MAX_BYTES = 64 * 1024 * 1024;

/**
 * The bytes of a file.
 * @param what the kind of file, for messages
 * @throws {UserError} kind `input` for one that cannot be read or is larger than 64 MiB
 */
export async function readFile(path: string, what: string): Promise<Uint8Array> {
  try {
    return await readRegularFile(path, MAX_BYTES);
  } catch (error) {
    throw new UserError("input", `Cannot read "${path}" (${what}): ${errorText(error)}`);
  }
}
