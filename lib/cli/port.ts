/** Ports on which june-load listens, as a command line names them. */
import { UserError } from "../plan/errors.ts";

/**
 * The port that a text names; 0: any free one.
 * @param example how it is written where it is asked for
 * @throws {UserError} kind `usage`
 */
export function parsePort(text: string, example?: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port;
  const more = example === undefined ? "" : `, as in ${example}`;
  throw new UserError("usage", `"${text}" is no port: use 0 (any free port) or 1 to 65535${more}`);
}
