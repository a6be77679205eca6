/** Makes a plan from the flags and runs it. */
import { UserError } from "../../plan/errors.ts";
import { type Plan, redactPlan } from "../../plan/plan.ts";
import { readLimits } from "../../resources/limits.ts";
import { checkRoom, isScarce, needsOf, roomWarnings } from "../../run/machine_room.ts";
import { describePlan } from "../../scenario/describe/describe.ts";
import type { Loaded } from "../../scenario/load.ts";
import { type CliContext, say, warn } from "../context.ts";
import { ExitCode } from "../exit_codes.ts";
import type { RunFlags } from "../flags.ts";
import { actionsLog } from "../github.ts";
import { loadPlan } from "../load_plan.ts";
import { type Addresses, simulated } from "../sim/simulated.ts";
import { simulatorFor } from "../sim/simulator.ts";
import { calibrationFor } from "./calibration.ts";
import { runPlan } from "./run_plan.ts";

/**
 * Runs a scenario as the flags say; returns the exit code.
 * @throws {UserError} for faults that the user must fix, before any load is sent
 */
export async function runScenario(context: CliContext, named: string | undefined, flags: RunFlags): Promise<number> {
  for (const flag of ["fault", "profile"] as const) {
    if (flags[flag] === undefined || flags.sim === true) continue;
    throw new UserError("usage", `--${flag}: this flag is only for the built-in simulator; add --sim`);
  }
  if (flags.sim === true && flags.target !== undefined) {
    throw new UserError(
      "usage",
      "--sim and --target: the simulator stands in for every service, so nothing would be sent to that address; " +
        "remove one of the two",
    );
  }
  const first = await loadPlan(context, named, flags, compareOf(flags));
  const room = roomFor(first.plan, flags.sim === true);
  if (flags.dryRun !== true) room.check();
  for (const text of room.warnings) warn(context, `warning: ${text}`);
  const calibration = await calibrationFor(context, flags, first.plan);
  if (flags.dryRun === true) return showPlan(context, flags.sim === true ? aimed(first, NOT_STARTED) : first, flags);
  const simulator = flags.sim === true
    ? await simulatorFor(first.plan, flags, (error) => warn(context, error.message))
    : null;
  const log = actionsLog(context);
  try {
    const loaded = simulator === null ? first : aimed(first, simulator);
    log.fold(`june-load run ${loaded.plan.scenario}`);
    showPlan(context, loaded, flags);
    return await runPlan(context, loaded.plan, flags, { scarce: room.isScarce, log, calibration });
  } finally {
    log.close();
    await simulator?.close();
  }
}

/** What this machine lets the plan open. */
function roomFor(plan: Plan, simulated: boolean) {
  const limits = readLimits();
  const needs = needsOf(plan, limits.open ?? 0, simulated);
  return {
    warnings: roomWarnings(needs, limits),
    isScarce: isScarce(needs, limits),
    check: () => checkRoom(plan, needs, limits),
  };
}

const compareOf = ({ compare }: RunFlags) => compare === undefined ? {} : { comparison_baseline: compare };

/** What a plan shows of a simulator that only a real run starts. */
const SIMULATED = "the built-in simulator";
const NOT_STARTED: Addresses = {
  addresses: { llm: SIMULATED, stt: SIMULATED, tts: SIMULATED },
  http_address: SIMULATED,
};

function aimed({ plan, warnings }: Loaded, simulator: Addresses): Loaded {
  const aimed = simulated(plan, simulator);
  return { plan: aimed.plan, warnings: [...warnings, ...aimed.warnings] };
}

function showPlan(context: CliContext, { plan, warnings }: Loaded, { quiet }: RunFlags): number {
  for (const text of warnings) warn(context, `warning: ${text}`);
  if (quiet !== true) { for (const line of [...describePlan(redactPlan(plan)), ""]) say(context, line); }
  return ExitCode.OK;
}
