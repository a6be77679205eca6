/** Flags of `june-load history`. */
import { type FlagValues, textFlag } from "../flag_kinds.ts";

/** The flags. */
export const historyFlagParameters = {
  scenario: textFlag("Only runs of this scenario [default: each by itself]", "name"),
  last: textFlag("The newest so many runs of each scenario [default: 100]", "n"),
  html: textFlag("Write the page of the first scenario", "file"),
  json: textFlag("Write JSON; - for standard output", "file"),
} as const;

/** Their values. */
export type HistoryFlags = FlagValues<typeof historyFlagParameters>;
