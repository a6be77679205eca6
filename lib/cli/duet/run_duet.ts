/** `june-load compare --duet A B SCENARIO`: runs one schedule against two targets at the same instants. */
import { dirname } from "node:path";
import { duetOf } from "../../plan/duet.ts";
import { type Plan, redactPlan } from "../../plan/plan.ts";
import { LostResult } from "../../result/kept_file.ts";
import type { SessionEnd } from "../../run/session.ts";
import { describePlan } from "../../scenario/describe/describe.ts";
import type { Simulator } from "../../sim/simulator.ts";
import { type CliContext, say, warn } from "../context.ts";
import { ExitCode } from "../exit_codes.ts";
import { prepareForSignals } from "../interrupt.ts";
import { pointLatest } from "../report/output_dir.ts";
import { openView } from "../report/summary.ts";
import { openKeyboard } from "../../ui/terminal/device/keyboard.ts";
import type { TerminalView } from "../../ui/terminal/view.ts";
import { roomFor } from "../run/aim.ts";
import { type Interrupts, watchInterrupts } from "../run/interrupts.ts";
import { calibrationFor } from "../run/calibration.ts";
import { type JobOptions, prepareJob } from "../run/job.ts";
import { runLoad } from "../run/run_load.ts";
import { voiceOf } from "../run/run_plan.ts";
import { simulated } from "../sim/simulated.ts";
import { simulatorFor } from "../sim/simulator.ts";
import type { DuetFlags } from "./duet_flags.ts";
import { duetWords, loadSides } from "./duet_sides.ts";

/** What to do with the result of a duet; returns the exit code of the comparison. */
export type ReportDuet = (dir: string) => Promise<number>;

/**
 * Runs a duet; returns the exit code.
 * @param report compares the sides once the result is whole
 * @throws {UserError} for faults that the user must fix, before any load is sent
 */
export async function runDuet(
  context: CliContext,
  named: readonly string[],
  flags: DuetFlags,
  quiet: boolean,
  report: ReportDuet,
): Promise<number> {
  const loaded = await loadSides(context, duetWords(named, flags.sim === true), flags);
  for (const text of new Set(loaded.flatMap(({ warnings }) => warnings))) warn(context, `warning: ${text}`);
  const [base, other] = [loaded[0].plan, loaded[1].plan];
  // Told now what they would be refused for, before any simulator starts.
  duetOf(base, other);
  const simulators = flags.sim === true ? await startBoth(context, base, flags) : [];
  try {
    const plan = duetOf(aimed(base, simulators[0]), aimed(other, simulators[1]));
    const calibration = await calibrationFor(context, {}, plan);
    const room = roomFor(plan, flags.sim === true, false);
    room.check();
    for (const text of room.warnings) warn(context, `warning: ${text}`);
    if (!quiet) { for (const line of [...describePlan(redactPlan(plan)), ""]) say(context, line); }
    return await measure(context, plan, { room, calibration, preflight: flags.preflight, quiet }, report);
  } finally {
    await Promise.all(simulators.map((simulator) => simulator.close()));
  }
}

/** Two simulators; faults and profile are B's, so that there is a difference to find. */
async function startBoth(context: CliContext, plan: Plan, { fault, profile }: DuetFlags): Promise<Simulator[]> {
  const onDeath = (error: Error) => warn(context, error.message);
  const base = await simulatorFor(plan, {}, onDeath);
  // Another seed, as two real servers have no random numbers in common.
  const changed = { ...(fault !== undefined && { fault }), ...(profile !== undefined && { profile }) };
  const other = await simulatorFor({ ...plan, seed: plan.seed + 1 }, changed, onDeath).catch(async (error) => {
    await base.close();
    throw error;
  });
  return [base, other];
}

function aimed(plan: Plan, simulator: Simulator | undefined): Plan {
  return simulator === undefined ? plan : simulated(plan, simulator).plan;
}

async function measure(
  context: CliContext,
  plan: Plan,
  { quiet, ...options }: Pick<JobOptions, "room" | "calibration" | "preflight"> & { quiet: boolean },
  report: ReportDuet,
): Promise<number> {
  prepareForSignals();
  const { session } = await prepareJob(plan, { forms: {}, env: {}, ...options }, voiceOf(context, quiet));
  const view = openView(context, openKeyboard());
  const interrupts = watchInterrupts();
  try {
    const ended = await runLoad(context, session, quiet ? null : view, interrupts);
    return await finishDuet({ context, view, interrupts }, ended, report);
  } finally {
    interrupts.close();
    view.close();
  }
}

async function finishDuet(
  { context, view, interrupts }: { context: CliContext; view: TerminalView; interrupts: Interrupts },
  { run, writeFailure, path }: SessionEnd,
  report: ReportDuet,
): Promise<number> {
  view.close();
  const dir = dirname(path);
  const there = await Deno.lstat(path).then(() => true, () => false);
  const failure = writeFailure ?? (there ? null : new LostResult(path, "it was removed"));
  if (failure !== null) {
    warn(context, failure.message);
    return ExitCode.OUTPUT;
  }
  const unlinked = await pointLatest(dir);
  if (unlinked !== null) warn(context, `warning: ${unlinked}`);
  const code = await report(dir);
  if (run.end?.reason === "failed") return ExitCode.INTERNAL;
  return interrupts.times > 0 ? ExitCode.INTERRUPTED : code;
}
