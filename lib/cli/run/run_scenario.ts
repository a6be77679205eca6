/** Makes a plan from the flags and runs it. */
import { UserError } from "../../plan/errors.ts";
import { type Plan, redactPlan } from "../../plan/plan.ts";
import { describePlan } from "../../scenario/describe/describe.ts";
import type { Loaded } from "../../scenario/load.ts";
import { type CliContext, say, warn } from "../context.ts";
import { ExitCode } from "../exit_codes.ts";
import type { LoadFlags, RunFlags } from "../flags.ts";
import { actionsLog } from "../github.ts";
import { loadPlan } from "../load_plan.ts";
import { parsePort } from "../port.ts";
import { WatchBench } from "../page/watch_bench.ts";
import { simulatorFor } from "../sim/simulator.ts";
import { aimed, NOT_STARTED, roomFor } from "./aim.ts";
import { calibrationFor } from "./calibration.ts";
import { runPlan } from "./run_plan.ts";

/**
 * Runs a scenario as the flags say; returns the exit code.
 * @throws {UserError} for faults that the user must fix, before any load is sent
 */
export async function runScenario(context: CliContext, named: string | undefined, flags: RunFlags): Promise<number> {
  checkSimulatorFlags(flags);
  // A dry run opens no page, and tells of a wrong port all the same.
  if (flags.ui !== undefined && flags.ui !== "") parsePort(flags.ui, "--ui=8089");
  const first = await loadPlan(context, named, flags, compareOf(flags));
  const room = roomFor(first.plan, flags.sim === true, flags.ui !== undefined);
  if (flags.dryRun !== true) room.check();
  for (const text of room.warnings) warn(context, `warning: ${text}`);
  const calibration = await calibrationFor(context, flags, first.plan);
  if (flags.dryRun === true) return showPlan(context, flags.sim === true ? aimed(first, NOT_STARTED) : first, flags);
  const simulator = flags.sim === true
    ? await simulatorFor(first.plan, flags, (error) => warn(context, error.message))
    : null;
  const log = actionsLog(context);
  let watcher: WatchBench | null = null;
  try {
    const loaded = simulator === null ? first : aimed(first, simulator);
    log.fold(`june-load run ${loaded.plan.scenario}`);
    showPlan(context, loaded, flags);
    watcher = flags.ui === undefined ? null : await openPage(context, loaded.plan, flags);
    return await runPlan(context, loaded.plan, flags, { room, log, watcher, calibration });
  } finally {
    log.close();
    await watcher?.close();
    await simulator?.close();
  }
}

/** Serves the page of `--ui`. */
function openPage(context: CliContext, { output }: Plan, { ui = "", sim }: RunFlags): Promise<WatchBench> {
  return WatchBench.open(context, output.dir, sim === true, { port: ui });
}

/**
 * Flags that contradict each other.
 * @throws {UserError} kind `usage`
 */
export function checkSimulatorFlags(flags: LoadFlags): void {
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
}

/** The overrides of `--compare`. */
export const compareOf = ({ compare }: LoadFlags) => compare === undefined ? {} : { comparison_baseline: compare };

function showPlan(context: CliContext, { plan, warnings }: Loaded, { quiet }: RunFlags): number {
  for (const text of warnings) warn(context, `warning: ${text}`);
  if (quiet !== true) { for (const line of [...describePlan(redactPlan(plan)), ""]) say(context, line); }
  return ExitCode.OK;
}
