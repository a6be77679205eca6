/** The steps after a load: verdict, report, summary, exit code. */
import { UserError } from "../../plan/errors.ts";
import { evaluate } from "../../verdict/evaluate.ts";
import type { TerminalView } from "../../ui/terminal/terminal.ts";
import { type CliContext, warn } from "../context.ts";
import { ExitCode, exitCodeOfVerdict } from "../exit_codes.ts";
import type { Baseline } from "../report/baseline.ts";
import { compareWithBaseline, sayHeadline } from "../report/baseline_headline.ts";
import type { OutputDir } from "../report/output_dir.ts";
import { showSummary } from "../report/summary.ts";
import { writeRunReport } from "../report/write_report.ts";
import type { LoadEnd } from "./run_load.ts";

/** Judges the run, writes the report and shows the summary; returns the exit code. */
export async function finishRun(
  context: CliContext,
  view: TerminalView,
  { run, writeFailure, interrupts }: LoadEnd,
  dir: OutputDir,
  baseline: Baseline | null,
): Promise<number> {
  const verdict = evaluate(run);
  let report_path = "";
  let failure: Error | null = writeFailure;
  const comparison = baseline === null ? null : compareWithBaseline(run, baseline);
  if (failure === null) {
    try {
      report_path = await writeRunReport(run, { dir: dir.path, stamp: dir.stamp, comparison });
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      failure = error;
    }
  }
  const exit_code = failure !== null
    ? ExitCode.OUTPUT
    : run.end?.reason === "failed"
    ? ExitCode.INTERNAL
    : interrupts > 0
    ? ExitCode.INTERRUPTED
    : exitCodeOfVerdict(verdict);
  showSummary(view, run, verdict, { report_path, exit_code });
  if (comparison !== null) sayHeadline(context, comparison);
  if (failure !== null) warn(context, `${failure.message}. What was written before is intact in ${dir.path}`);
  return exit_code;
}
