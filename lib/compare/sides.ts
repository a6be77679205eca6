/** What is compared: sides of one run or several. */
import type { Run } from "../result/run.ts";
import type { Verdict } from "../verdict/verdict.ts";

/** One run of a side. */
export interface SideRun {
  run: Run;
  verdict: Verdict;
  /** The user's name for it: its path. */
  path: string;
}

/** Runs of one and the same system, at least one. */
export interface Side {
  /** How the user calls it, e.g. `main`, or its path. */
  name: string;
  runs: readonly SideRun[];
  /** Run k was made at the same instants as run k of the baseline: they are the sides of a duet. Absent: no. */
  paired?: boolean;
}

/** The runs of a side, in order of time. */
export function runsOf({ runs }: Side): Run[] {
  return runs.map(({ run }) => run);
}
