/** What a run knows of its host: the calibration it carries, and what is to be said of it before the load. */
import { demandWarnings } from "../../calibrate/demand.ts";
import { readHost } from "../../calibrate/host.ts";
import { findCalibration } from "../../calibrate/store.ts";
import type { Plan } from "../../plan/plan.ts";
import type { Calibration } from "../../result/calibration.ts";
import { type CliContext, warn } from "../context.ts";
import type { RunFlags } from "../flags.ts";
import { TOOL } from "../version.ts";

/**
 * The newest calibration that holds for this host and version; with `--calibrate` a short one is made where there is none.
 * Warns where one is old or foreign, and where the plan asks for more than the host was calibrated for.
 */
export async function calibrationFor(
  context: CliContext,
  { calibrate, dryRun }: Pick<RunFlags, "calibrate" | "dryRun">,
  plan: Plan,
  tell: (text: string) => void = (text) => warn(context, text),
): Promise<Calibration | null> {
  const here = { tool: TOOL, deno: Deno.version.deno, host: readHost() };
  const { calibration, warnings } = await findCalibration(context.process.env, here, new Date());
  if (calibration === null && calibrate === true && dryRun !== true) return await makeOne(context);
  const asked = calibration === null ? [] : demandWarnings(plan, calibration);
  for (const text of [...warnings, ...asked]) tell(`warning: ${text}`);
  return calibration;
}

async function makeOne(context: CliContext): Promise<Calibration> {
  // No other run needs what measures.
  const { measureHere } = await import("../calibrate/run_calibration.ts");
  return await measureHere(context, "short");
}
