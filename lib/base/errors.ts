/** Whatever was thrown, as text and as an error. */

/** The message of a thrown value, which may be anything. */
export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The thrown value itself where it is an error, else an error whose message it is. */
export function errorOf(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
