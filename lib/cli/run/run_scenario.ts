/** The main job, step by step: plan, services, load, verdict, report. */
import { UserError } from "../../plan/errors.ts";
import type { Plan } from "../../plan/plan.ts";
import { preparePools, type ReadyPools } from "../../pool/pools.ts";
import { indexPlan } from "../../pool/prepare.ts";
import type { InputRecord } from "../../result/record.ts";
import type { Run } from "../../result/run.ts";
import { describePlan } from "../../scenario/describe/describe.ts";
import type { Loaded } from "../../scenario/load.ts";
import type { Simulator } from "../../sim/simulator.ts";
import { evaluate } from "../../verdict/evaluate.ts";
import type { Verdict } from "../../verdict/verdict.ts";
import { type Baseline, findBaseline } from "../report/baseline.ts";
import { type CliContext, say, warn } from "../context.ts";
import { ExitCode, exitCodeOfVerdict } from "../exit_codes.ts";
import { onInterrupt } from "../interrupt.ts";
import { inputRecords } from "../../run/input_records.ts";
import { loadPlan } from "../load_plan.ts";
import { makeOutputDir, type OutputDir } from "../report/output_dir.ts";
import { checkServices, describeObstacles, mayStart, type ServiceCheck } from "../../run/preflight.ts";
import type { RunFlags } from "../flags.ts";
import { runSession, type SessionControls } from "../../run/session.ts";
import { simulated } from "../sim/simulated.ts";
import { simulatorFor } from "../sim/simulator.ts";
import type { TerminalView } from "../../ui/terminal/terminal.ts";
import { openView, showSummary } from "../report/summary.ts";
import { TOOL } from "../version.ts";
import { liveView } from "../../ui/views/views.ts";
import { writeRunReport } from "../report/write_report.ts";

/**
 * Runs a scenario as the flags say; returns the exit code.
 * @throws {UserError} for what is the user's to mend, before any load is sent
 */
export async function runScenario(context: CliContext, named: string | undefined, flags: RunFlags): Promise<number> {
  for (const flag of ["fault", "profile"] as const) {
    if (flags[flag] === undefined || flags.sim === true) continue;
    throw new UserError("usage", `--${flag}: this is for the built-in simulator; add --sim`);
  }
  const first = await loadPlan(context, named, flags, compareOf(flags));
  if (flags.dryRun === true) return showPlan(context, first, flags);
  const simulator = flags.sim === true
    ? await simulatorFor(first.plan, flags, (error) => warn(context, error.message))
    : null;
  try {
    const loaded = simulator === null ? first : aimed(first, simulator);
    showPlan(context, loaded, flags);
    return await runPlan(context, loaded.plan, flags);
  } finally {
    await simulator?.close();
  }
}

const compareOf = ({ compare }: RunFlags) => compare === undefined ? {} : { comparison_baseline: compare };

function aimed({ plan, warnings }: Loaded, simulator: Simulator): Loaded {
  const aimed = simulated(plan, simulator);
  return { plan: aimed.plan, warnings: [...warnings, ...aimed.warnings] };
}

function showPlan(context: CliContext, { plan, warnings }: Loaded, { quiet }: RunFlags): number {
  for (const text of warnings) warn(context, `warning: ${text}`);
  if (quiet !== true) { for (const line of [...describePlan(plan), ""]) say(context, line); }
  return ExitCode.OK;
}

async function runPlan(context: CliContext, plan: Plan, flags: RunFlags): Promise<number> {
  const inputs = await indexPlan(plan);
  const baseline = await baselineOf(context, plan);
  const services = flags.preflight ? await preflight(context, plan) : [];
  const pools = await preparePools(plan, inputs);
  const dir = await makeOutputDir(plan.output.dir, plan.scenario, new Date()).catch((error) => {
    pools.discard();
    throw error;
  });
  const view = openView(context);
  try {
    const ended = await runLoad(flags.quiet === true ? null : view, plan, pools, {
      services,
      inputs: inputRecords(inputs),
    }, dir);
    return await finishRun(context, view, ended, dir, baseline);
  } finally {
    view.close();
  }
}

/** Judges, reports and sums up; returns the exit code. */
async function finishRun(
  context: CliContext,
  view: TerminalView,
  { run, writeFailure, interrupts }: Ended,
  dir: OutputDir,
  baseline: Baseline | null,
): Promise<number> {
  const verdict = evaluate(run);
  let report_path = "";
  let failure: Error | null = writeFailure;
  if (failure === null) {
    try {
      report_path = await writeRunReport(run, { dir: dir.path, stamp: dir.stamp, baseline });
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
  if (failure !== null) warn(context, `${failure.message}. What was written before is intact in ${dir.path}`);
  return exit_code;
}

async function baselineOf(context: CliContext, { output }: Plan): Promise<Baseline | null> {
  if (output.comparison_baseline === null) return null;
  const found = await findBaseline(output.comparison_baseline, output.dir);
  if ("run" in found) return found;
  warn(context, `warning: nothing to compare with: ${found.missing}`);
  return null;
}

async function preflight(context: CliContext, plan: Plan): Promise<ServiceCheck[]> {
  const checks = await checkServices(plan);
  if (!mayStart(checks)) throw new UserError("unreachable", describeObstacles(checks));
  for (const { name, address, state, details, remedy } of checks) {
    if (state === "unhealthy") {
      warn(context, `warning: ${name} (${address}) says it is not healthy: ${details}. ${remedy}.`);
    }
  }
  return checks;
}

/** A verdict with all its intervals costs a tenth of a second: while the run goes it is renewed only so often. */
const LIVE_VERDICT_MS = 5000;

/** A load that is over. */
interface Ended {
  run: Run;
  /** Why the result file is not whole, or null. */
  writeFailure: Error | null;
  /** How often Ctrl-C was pressed. */
  interrupts: number;
}

/** The load itself, with its live view, if any, and Ctrl-C. */
async function runLoad(
  view: TerminalView | null,
  plan: Plan,
  pools: ReadyPools,
  found: { services: ServiceCheck[]; inputs: InputRecord[] },
  dir: OutputDir,
): Promise<Ended> {
  let controls: SessionControls | null = null;
  let interrupts = 0;
  let verdict: Verdict | null = null;
  const off = onInterrupt((times) => {
    interrupts = times;
    if (times === 1) {
      view?.print("Stopping: no new tasks; calls in flight may end. Ctrl-C again ends at once.");
      controls?.stop();
    } else controls?.abort();
  });
  try {
    const ended = await runSession({
      plan,
      tool: TOOL,
      pools,
      dir: dir.path,
      ...found,
      onRunning: (given) => {
        controls = given;
        if (interrupts > 0) given.stop();
      },
      onSecond: (run) => {
        if (view === null) return;
        const isStopping = interrupts > 0 || run.events.some(({ kind }) => kind === "aborted_by_rule");
        if (verdict === null || run.elapsed_ms % LIVE_VERDICT_MS === 0) verdict = evaluate(run);
        view.update(liveView(run, verdict, run.elapsed_ms, isStopping));
      },
    });
    return { ...ended, interrupts };
  } finally {
    off();
  }
}
