/** The steps after a load, in the terminal: report, summary, exit code. */
import { dirname } from "node:path";
import type { SessionEnd } from "../../run/session.ts";
import type { Verdict } from "../../verdict/verdict.ts";
import type { TerminalView } from "../../ui/terminal/view.ts";
import { type CliContext, warn } from "../context.ts";
import type { ActionsLog } from "../github.ts";
import { headlineOf } from "../report/baseline_headline.ts";
import { showSummary } from "../report/summary.ts";
import { formOptions } from "../report/write_report.ts";
import type { Interrupts } from "./interrupts.ts";
import { concludeJob, type Conclusion, failureText, type ReportOrder } from "./job.ts";

/** Where a run is shown, and what may interrupt it. */
export interface RunView {
  context: CliContext;
  view: TerminalView;
  interrupts: Interrupts;
  log: ActionsLog;
}

/** Judges the run, writes the report and shows the summary. */
export async function finishRun(
  { context, view, interrupts, log }: RunView,
  ended: SessionEnd,
  order: ReportOrder,
): Promise<Conclusion> {
  const { run, path } = ended;
  const dir = dirname(path);
  interrupts.act(() => {
    interrupts.close();
    // The next one ends the program where it is: the keys must be the shell's again.
    view.close();
    warn(context, `Writing the report; the result is whole in ${dir}. Ctrl-C again ends without a report.`);
  });
  const conclusion = await concludeJob(ended, order, {
    interrupted: () => interrupts.times > 0,
    warn: (text) => warn(context, text),
  });
  const { verdict, comparison, report_path, failure, exit_code } = conclusion;
  log.unfold();
  showSummary(view, run, verdict, { report_path, exit_code, below: headlineOf(comparison) });
  await log.finish(run, verdict, () => formOptions(comparison));
  if (failure !== null) warn(context, failureText(failure, dir));
  else if (context.process.stdout.lost !== null) warn(context, unseen(verdict, report_path));
  return conclusion;
}

/** The verdict for whoever closed standard output, or had it full. */
function unseen({ status }: Verdict, report_path: string): string {
  return `${status}: standard output took no more; the result is whole, and its report is ${report_path}`;
}
