/** The main job, step by step: inputs, services, load, verdict, report. */
import { UserError } from "../../plan/errors.ts";
import type { Plan } from "../../plan/plan.ts";
import { preparePools } from "../../pool/pools.ts";
import { indexPlan } from "../../pool/prepare.ts";
import type { Calibration } from "../../result/calibration.ts";
import { ResultWriter } from "../../result/file.ts";
import { inputRecords } from "../../run/input_records.ts";
import { inputWarnings } from "../../run/input_warnings.ts";
import {
  addressesText,
  checkServices,
  describeObstacles,
  mayStart,
  type ServiceCheck,
  warningOf,
  withRates,
} from "../../run/preflight.ts";
import { Session } from "../../run/session.ts";
import { type CliContext, say, warn } from "../context.ts";
import type { RunFlags } from "../flags.ts";
import type { ActionsLog } from "../github.ts";
import { type Baseline, findBaseline } from "../report/baseline.ts";
import { collectorOf, formFiles } from "../report/form_flags.ts";
import { makeOutputDir } from "../report/output_dir.ts";
import { openView } from "../report/summary.ts";
import { TOOL } from "../version.ts";
import { finishRun } from "./finish_run.ts";
import { prepareForSignals } from "../interrupt.ts";
import { watchInterrupts } from "./interrupts.ts";
import { sendMetrics } from "./live_metrics.ts";
import { runLoad } from "./run_load.ts";

/** Where a run takes place. */
export interface RunSurroundings {
  /** It may need more files and connections than it may open. */
  scarce: boolean;
  /** What june-load adds on this host; null: not known. */
  calibration: Calibration | null;
  log: ActionsLog;
}

/**
 * Runs a plan as the flags say; returns the exit code.
 * @throws {UserError} for faults that the user must fix, before any load is sent
 */
export async function runPlan(
  context: CliContext,
  asked: Plan,
  flags: RunFlags,
  { scarce, log, calibration }: RunSurroundings,
): Promise<number> {
  prepareForSignals();
  const inputs = await indexPlan(asked);
  for (const text of inputWarnings(asked, inputs)) warn(context, `warning: ${text}`);
  const collector = collectorOf(flags, context.process.env);
  const forms = await formFiles(flags);
  const baseline = await baselineOf(context, asked);
  const services = flags.preflight ? await preflight(context, asked, flags.quiet === true) : [];
  const plan = withRates(asked, services);
  const pools = await preparePools(plan, inputs, { scarce, absent: !flags.preflight });
  const writer = await openResult(plan).catch((error) => {
    pools.discard();
    throw error;
  });
  const view = openView(context);
  const interrupts = watchInterrupts();
  try {
    const session = new Session({
      plan,
      tool: TOOL,
      pools,
      writer,
      services,
      inputs: inputRecords(inputs),
      calibration,
    });
    const tell = (text: string) => flags.quiet === true ? warn(context, text) : view.print(text);
    const stopSending = collector === null ? async () => {} : sendMetrics(session, collector, tell);
    const ended = await runLoad(context, session, flags.quiet === true ? null : view, interrupts).finally(stopSending);
    return await finishRun({ context, view, interrupts }, ended, { baseline, forms, collector, log });
  } finally {
    interrupts.close();
    view.close();
  }
}

/** Makes the run's folder and the result in it, and another beside it if that one goes. */
async function openResult({ output, scenario }: Plan): Promise<ResultWriter> {
  const place = async () => `${(await makeOutputDir(output.dir, scenario, new Date())).path}/result.ndjson`;
  return await ResultWriter.create(await place(), place);
}

async function baselineOf(context: CliContext, { output }: Plan): Promise<Baseline | null> {
  if (output.comparison_baseline === null) return null;
  const found = await findBaseline(output.comparison_baseline, output.dir);
  if ("run" in found) return found;
  warn(context, `warning: nothing to compare with: ${found.missing}`);
  return null;
}

async function preflight(context: CliContext, plan: Plan, quiet: boolean): Promise<ServiceCheck[]> {
  const checks = await checkServices(plan);
  if (!mayStart(checks)) throw new UserError("unreachable", describeObstacles(checks));
  for (const check of checks) {
    const { name, address, addresses } = check;
    if (addresses !== undefined && !quiet) {
      say(context, `${name} (${address}) has ${addressesText(check)}: connections are spread over them.`);
    }
    const text = warningOf(check);
    if (text !== null) warn(context, `warning: ${text}`);
  }
  return checks;
}
