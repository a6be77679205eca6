/** Reads the files named in a gRPC service's settings. */
import { UserError } from "../../plan/errors.ts";
import { inspect, reason, type Refuse } from "../inputs/read/files.ts";

/** Largest file; bytes. */
const MAX_BYTES = 64 * 1024 * 1024;

/**
 * The bytes of a file.
 * @param what the kind of file, for messages
 * @throws {UserError} kind `input` for one that cannot be read or is larger than 64 MiB
 */
export async function readFile(path: string, what: string): Promise<Uint8Array> {
  const fail: Refuse = (why) => {
    throw new UserError("input", `Cannot read "${path}" (${what}): ${why}`);
  };
  const { isFile, size } = await inspect(path, fail);
  if (!isFile) fail("it is not a file");
  if (size > MAX_BYTES) fail(`it is larger than ${MAX_BYTES / 2 ** 20} MiB`);
  try {
    return await Deno.readFile(path);
  } catch (error) {
    return fail(reason(error));
  }
}
