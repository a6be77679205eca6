/** The last screen of a run or a report. */
import type { Run } from "../../result/run.ts";
import type { Keyboard } from "../../ui/terminal/device/keyboard.ts";
import { openDevice } from "../../ui/terminal/device/screen.ts";
import { openTerminal } from "../../ui/terminal/terminal.ts";
import type { TerminalView } from "../../ui/terminal/view.ts";
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
  /** Lines that follow the summary, such as those of a comparison. */
  below: readonly string[];
}

/**
 * Opens the terminal view on standard output.
 * @param keyboard where keys come from while a run is shown; null: nowhere
 */
export function openView(context: CliContext, keyboard: Keyboard | null = null): TerminalView {
  return openTerminal({
    keyboard,
    device: openDevice("stdout", context.process.stdout),
    env: (name) => context.process.env[name],
  });
}

/** Shows the summary in place of the live view. */
export function showSummary(view: TerminalView, run: Run, verdict: Verdict, outcome: SummaryOutcome): void {
  const { below, ...rest } = outcome;
  const exit_meaning = MEANINGS[outcome.exit_code] ?? "";
  view.finish(summaryView(run, verdict, { ...rest, exit_meaning, advice: [] }), below);
}
