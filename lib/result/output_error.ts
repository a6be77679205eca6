/** Errors of writing a file, with advice on what to do. */
import { errorText } from "../base/errors.ts";
import { SHORTAGES } from "../plan/shortages.ts";
import { UserError } from "../plan/errors.ts";

/** What the file system says. */
export type FileErrorKind =
  | "permission_denied"
  | "exists"
  | "disk_full"
  | "file_too_large"
  | "too_many_files"
  | "is_folder"
  | "other";

/** Deno has no classes for these: only this table reads the text of the file system's errors. */
const WORDS: readonly (readonly [pattern: RegExp, kind: FileErrorKind])[] = [
  [/ENOSPC|No space left|os error 28\b/, "disk_full"],
  [/EFBIG|os error 27\b/, "file_too_large"],
  [/EMFILE|os error 24\b/, "too_many_files"],
  [/EISDIR|os error 21\b/, "is_folder"],
];
const SYSTEM_ERROR = /os error \d+/;

/** The kind of a file error. */
export function fileErrorKind(error: unknown): FileErrorKind {
  if (error instanceof Deno.errors.PermissionDenied) return "permission_denied";
  if (error instanceof Deno.errors.AlreadyExists) return "exists";
  const words = wordsOf(error);
  return WORDS.find(([pattern]) => pattern.test(words))?.[1] ?? "other";
}

/** Whether an error comes from the file system, not from the program. */
export function isFileSystemError(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound || error instanceof Error && SYSTEM_ERROR.test(error.message);
}

/** The error for a failure to write `path`. */
export function outputError(path: string, error: unknown): UserError {
  return new UserError("output", `Cannot write "${path}": ${outputReason(error, "choose another --output-dir")}`);
}

/**
 * Why something cannot be written, and what to do.
 * @param elsewhere how to write to another place, an imperative
 */
export function outputReason(error: unknown, elsewhere: string): string {
  switch (fileErrorKind(error)) {
    case "permission_denied":
      return `permission denied; ${elsewhere}`;
    case "exists":
      return "it exists already; nothing is overwritten";
    case "disk_full":
      return `the disk is full; free some space or ${elsewhere}`;
    case "file_too_large":
      return "a file may not grow further; raise the limit of the shell (ulimit -f)";
    case "too_many_files":
      return `${SHORTAGES.EMFILE.means} (EMFILE); ${SHORTAGES.EMFILE.remedy}`;
    case "is_folder":
      return "a folder has its name; remove it or choose another --output-dir";
    case "other":
      return `${wordsOf(error)}; ${elsewhere}`;
  }
}

function wordsOf(error: unknown): string {
  return errorText(error);
}
