/** Flags of `june-load compare`. */
import { duetFlagParameters } from "../duet/duet_flags.ts";
import { type FlagValues, switchFlag, textFlag, textsFlag } from "../flag_kinds.ts";

/** Flags of `compare`. */
export const compareFlagParameters = {
  failIf: textsFlag("A change that fails, e.g. 'p95(response_time) +5%', 'goodput -3%', 'wer +0.5pp'", "rule"),
  failIfUnsure: switchFlag("Also fail where such a change is not ruled out"),
  acceptDifferences: switchFlag("Hold the rules though the plans differ in what they ask"),
  html: textFlag("Write the page", "file"),
  markdown: textFlag("Write Markdown for a pull request; - for standard output", "file"),
  json: textFlag("Write JSON; - for standard output", "file"),
  csv: textFlag("Write one row a figure; - for standard output", "file"),
  junit: textFlag("Write JUnit's XML, a case a rule; - for standard output", "file"),
  quiet: switchFlag("Print only the headline"),
  duet: switchFlag("Run A and B at the same instants, and compare them pair by pair; the flags below are for it"),
  ...duetFlagParameters,
} as const;

/** Their values. */
export type CompareFlags = FlagValues<typeof compareFlagParameters>;
