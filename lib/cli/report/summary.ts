/** The last screen of a run or a report. */
import type { Run } from "../../result/run.ts";
import { openDevice } from "../../ui/terminal/screen.ts";
import { openTerminal, type TerminalView } from "../../ui/terminal/terminal.ts";
import type { Verdict } from "../../verdict/verdict.ts";
import type { CliContext } from "../context.ts";
import { ExitCode } from "../exit_codes.ts";
import { summaryView } from "../../ui/views/summary_view.ts";

const MEANINGS: Readonly<Record<number, string>> = {
  [ExitCode.THRESHOLD]: "a threshold failed",
  [ExitCode.INVALID]: "the run carries no verdict",
  [ExitCode.INTERNAL]: "june-load itself failed",
  [ExitCode.INTERRUPTED]: "interrupted",
  [ExitCode.OUTPUT]: "something could not be written",
};

/** How the command ends. */
export interface SummaryOutcome {
  /** Path of the report; empty when nothing was written. */
  report_path: string;
  exit_code: number;
}

/** Opens the terminal view on standard output. */
export function openView(context: CliContext): TerminalView {
  return openTerminal({
    device: openDevice("stdout", context.process.stdout),
    env: (name) => context.process.env[name],
  });
}

/** Shows the summary in place of the live view. */
export function showSummary(view: TerminalView, run: Run, verdict: Verdict, outcome: SummaryOutcome): void {
  view.finish(summaryView(run, verdict, { ...outcome, exit_meaning: MEANINGS[outcome.exit_code] ?? "", advice: [] }));
}
