/** Flags of a duet. */
import { UserError } from "../../plan/errors.ts";
import type { FlagValues } from "../flag_kinds.ts";
import { planFlagParameters, runFlagParameters } from "../flags.ts";

/** Flags of a duet's run. */
export const duetFlagParameters = {
  ...planFlagParameters,
  sim: runFlagParameters.sim,
  fault: runFlagParameters.fault,
  profile: runFlagParameters.profile,
  preflight: runFlagParameters.preflight,
} as const;

/** The values of flags as they come from the command line. */
export type DuetFlags = FlagValues<typeof duetFlagParameters>;

/**
 * Plan flags given without `--duet`.
 * @throws {UserError} kind `usage` for the first of them
 */
export function refuseDuetFlags(given: Partial<Record<keyof DuetFlags, unknown>>): void {
  const names = Object.keys(duetFlagParameters) as (keyof DuetFlags)[];
  const one = names.find((name) => name === "preflight" ? given[name] === false : given[name] !== undefined);
  if (one === undefined) return;
  const flag = one === "preflight" ? "no-preflight" : one.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  throw new UserError(
    "usage",
    `--${flag}: this flag is only for a run of two sides; add --duet, or remove it to compare saved runs`,
  );
}
