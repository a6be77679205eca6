/** Errors that the user can fix: reported in plain words, without a stack trace. */

/** Kinds of user errors; `lib/cli` maps each kind to an exit code. */
export type UserErrorKind = "usage" | "config" | "unreachable" | "output" | "input";

/**
 * A fault outside the program: a wrong flag, file or address. `message` says what happened, where and what to do.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const error = new UserError("input", 'Cannot read "clips.wav": there is no such file');
 * assert.equal(error.kind, "input");
 * ```
 */
export class UserError extends Error {
  override readonly name = "UserError";
  constructor(readonly kind: UserErrorKind, message: string) {
    super(message);
  }
}
