/** Errors of any kind as text. */

/** The message of a thrown value, which may be anything. */
export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
