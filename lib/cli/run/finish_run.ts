/** The steps after a load: verdict, report, summary, exit code. */
import { basename, dirname } from "node:path";
import { UserError } from "../../plan/errors.ts";
import { LostResult } from "../../result/kept_file.ts";
import type { SessionEnd } from "../../run/session.ts";
import { evaluate } from "../../verdict/evaluate.ts";
import type { FormFiles } from "../../report/report.ts";
import type { Verdict } from "../../verdict/verdict.ts";
import type { TerminalView } from "../../ui/terminal/view.ts";
import { type CliContext, warn } from "../context.ts";
import { ExitCode, exitCodeOfVerdict } from "../exit_codes.ts";
import type { ActionsLog } from "../github.ts";
import type { Baseline } from "../report/baseline.ts";
import { compareWithBaseline, headlineOf } from "../report/baseline_headline.ts";
import { type OtlpTarget, sendReport } from "../report/otlp_push.ts";
import { pointLatest } from "../report/output_dir.ts";
import { showSummary } from "../report/summary.ts";
import { formOptions, writeRunReport } from "../report/write_report.ts";
import type { Interrupts } from "./interrupts.ts";

/** Where a run is shown, and what may interrupt it. */
export interface RunView {
  context: CliContext;
  view: TerminalView;
  interrupts: Interrupts;
}

/** What to report, and where besides the run's folder. */
export interface ReportOrder {
  baseline: Baseline | null;
  /** Single forms that were asked for. */
  forms: FormFiles;
  /** Where the metrics go; null: nowhere. */
  collector: OtlpTarget | null;
  log: ActionsLog;
}

/** Judges the run, writes the report and shows the summary; returns the exit code. */
export async function finishRun(
  { context, view, interrupts }: RunView,
  { run, writeFailure, path }: SessionEnd,
  { baseline, forms, collector, log }: ReportOrder,
): Promise<number> {
  const dir = dirname(path);
  interrupts.act(() => {
    interrupts.close();
    // The next one ends the program where it is: the keys must be the shell's again.
    view.close();
    warn(context, `Writing the report; the result is whole in ${dir}. Ctrl-C again ends without a report.`);
  });
  const verdict = evaluate(run);
  let report_path = "";
  let failure: Error | null = writeFailure;
  const comparison = baseline === null ? null : compareWithBaseline(run, baseline);
  if (failure === null) {
    try {
      report_path = await writeRunReport(run, { dir, stamp: basename(dir), comparison, forms });
      await checkThere(path);
      const unlinked = await pointLatest(dir);
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
    : interrupts.times > 0
    ? ExitCode.INTERRUPTED
    : exitCodeOfVerdict(verdict);
  log.unfold();
  showSummary(view, run, verdict, { report_path, exit_code, below: headlineOf(comparison) });
  await log.finish(run, verdict, () => formOptions(comparison));
  if (failure instanceof LostResult) warn(context, failure.message);
  else if (failure !== null) warn(context, `${failure.message}. What was written before is intact in ${dir}`);
  else if (context.process.stdout.lost !== null) warn(context, unseen(verdict, report_path));
  return exit_code;
}

/**
 * A report without its result is none: it could not be made again, compared or merged.
 * @throws {LostResult} where the result has gone since its last line
 */
async function checkThere(path: string): Promise<void> {
  await Deno.lstat(path).catch(() => {
    throw new LostResult(path, "it was removed while its report was written");
  });
}

/** The verdict for whoever closed standard output, or had it full. */
function unseen({ status }: Verdict, report_path: string): string {
  return `${status}: standard output took no more; the result is whole, and its report is ${report_path}`;
}
