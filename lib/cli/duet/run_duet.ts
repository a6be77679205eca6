/** `june-load compare --duet A B SCENARIO`: runs one schedule against two targets at the same instants. */
import { dirname } from "node:path";
import { duetOf } from "../../plan/duet.ts";
import { type Plan, redactPlan } from "../../plan/plan.ts";
import { LostResult } from "../../result/kept_file.ts";
import { readLimits } from "../../resources/limits.ts";
import { checkRoom, isScarce, needsOf, roomWarnings } from "../../run/machine_room.ts";
import type { SessionEnd } from "../../run/session.ts";
import { describePlan } from "../../scenario/describe/describe.ts";
import type { Simulator } from "../../sim/simulator.ts";
import { type CliContext, say, warn } from "../context.ts";
import { ExitCode } from "../exit_codes.ts";
import { pointLatest } from "../report/output_dir.ts";
import type { RunView } from "../run/finish_run.ts";
import { measurePlan } from "../run/run_plan.ts";
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
    const scarce = checkMachine(context, plan, flags.sim === true);
    if (!quiet) { for (const line of [...describePlan(redactPlan(plan)), ""]) say(context, line); }
    return await measurePlan(
      context,
      plan,
      { scarce, preflight: flags.preflight, quiet, collector: null },
      (shown, ended) => finishDuet(shown, ended, report),
    );
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

/** Checks that the machine lets the plan open what it needs; returns whether it may be scarce. */
function checkMachine(context: CliContext, plan: Plan, isSimulated: boolean): boolean {
  const limits = readLimits();
  const needs = needsOf(plan, limits.open ?? 0, isSimulated);
  checkRoom(plan, needs, limits);
  for (const text of roomWarnings(needs, limits)) warn(context, `warning: ${text}`);
  return isScarce(needs, limits);
}

async function finishDuet(
  { context, view, interrupts }: RunView,
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
