/** Exit codes, as in the README's table. */
import { UserError } from "../plan/errors.ts";
import type { Verdict } from "../verdict/verdict.ts";

/** Every code june-load ends with. */
export const ExitCode = {
  /** All thresholds passed, or the command succeeded. */
  OK: 0,
  /** june-load itself failed: a bug, or a worker that died. */
  INTERNAL: 1,
  /** Wrong flags, configuration or input files. */
  USAGE: 2,
  /** A service could not be reached. */
  UNREACHABLE: 3,
  /** Something could not be written. */
  OUTPUT: 4,
  /** The run ended, but cannot carry a verdict. */
  INVALID: 5,
  /** A threshold failed; k6 uses the same code. */
  THRESHOLD: 99,
  /** Interrupted by Ctrl-C or SIGTERM. */
  INTERRUPTED: 130,
} as const;

/** Whether a code is a command's answer, not the reason why it has none. */
export function isAnswer(code: number): boolean {
  return code === ExitCode.OK || code === ExitCode.THRESHOLD || code === ExitCode.INVALID;
}

/** The code for an error that ended a command. */
export function exitCodeOf(error: unknown): number {
  if (!(error instanceof UserError)) return ExitCode.INTERNAL;
  switch (error.kind) {
    case "unreachable":
      return ExitCode.UNREACHABLE;
    case "output":
      return ExitCode.OUTPUT;
    default:
      return ExitCode.USAGE;
  }
}

/** The code for a verdict. */
export function exitCodeOfVerdict(verdict: Verdict): number {
  if (verdict.status === "PASS") return ExitCode.OK;
  return verdict.status === "FAIL" ? ExitCode.THRESHOLD : ExitCode.INVALID;
}
