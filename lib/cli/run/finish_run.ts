/** The steps after a load: verdict, report, summary, exit code. */
import { UserError } from "../../plan/errors.ts";
import { evaluate } from "../../verdict/evaluate.ts";
import type { FormFiles } from "../../report/report.ts";
import type { TerminalView } from "../../ui/terminal/terminal.ts";
import { type CliContext, warn } from "../context.ts";
import { ExitCode, exitCodeOfVerdict } from "../exit_codes.ts";
import type { ActionsLog } from "../github.ts";
import type { Baseline } from "../report/baseline.ts";
import { type OtlpTarget, sendReport } from "../report/otlp_push.ts";
import { type OutputDir, pointLatest } from "../report/output_dir.ts";
import { showSummary } from "../report/summary.ts";
import { formOptions, writeRunReport } from "../report/write_report.ts";
import type { LoadEnd } from "./run_load.ts";

/** What to report, and where. */
export interface ReportOrder {
  dir: OutputDir;
  baseline: Baseline | null;
  /** Single forms that were asked for. */
  forms: FormFiles;
  /** Where the metrics go; null: nowhere. */
  collector: OtlpTarget | null;
  log: ActionsLog;
}

/** Judges the run, writes the report and shows the summary; returns the exit code. */
export async function finishRun(
  context: CliContext,
  view: TerminalView,
  { run, writeFailure, interrupts }: LoadEnd,
  { dir, baseline, forms, collector, log }: ReportOrder,
): Promise<number> {
  const verdict = evaluate(run);
  let report_path = "";
  let failure: Error | null = writeFailure;
  if (failure === null) {
    try {
      report_path = await writeRunReport(run, { dir: dir.path, stamp: dir.stamp, baseline, forms });
      const unlinked = await pointLatest(dir.path);
      if (unlinked !== null) warn(context, `warning: ${unlinked}`);
      await sendReport(run, verdict, collector, (text) => warn(context, text));
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
  log.unfold();
  showSummary(view, run, verdict, { report_path, exit_code });
  await log.finish(run, verdict, () => formOptions(baseline));
  if (failure !== null) warn(context, `${failure.message}. What was written before is intact in ${dir.path}`);
  return exit_code;
}
