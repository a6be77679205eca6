/** Calibrates this host, shows the table and saves it. */
import { readHost } from "../../calibrate/host.ts";
import { calibrate, type Extent } from "../../calibrate/measure.ts";
import { calibrationPath, calibrationText } from "../../calibrate/store.ts";
import type { Calibration } from "../../result/calibration.ts";
import { writeNamedFile } from "../../result/output_file.ts";
import { type CliContext, say, warn } from "../context.ts";
import { ExitCode } from "../exit_codes.ts";
import { TOOL } from "../version.ts";
import { startSelf } from "./self.ts";
import { calibrationLines } from "./table.ts";

/** What is asked for. */
export interface CalibrationOrder {
  /** Where to save it; absent: where later runs find it. */
  output?: string;
  short?: boolean;
  /** The document instead of the table. */
  json?: boolean;
}

/**
 * Runs the command; returns the exit code.
 * @throws {UserError} kind `output` when it cannot be saved
 */
export async function runCalibration(context: CliContext, { output, short, json }: CalibrationOrder): Promise<number> {
  const calibration = await measureHere(context, short === true ? "short" : "whole");
  if (json === true) context.process.stdout.write(calibrationText(calibration));
  else for (const line of calibrationLines(calibration)) say(context, line);
  // A short one says less than the one that may be there.
  if (output === undefined && short === true) return ExitCode.OK;
  const path = output ?? calibrationPath(context.process.env);
  if (path === null) {
    warn(context, "warning: not saved: neither XDG_STATE_HOME nor HOME is set; name a file with --output");
    return ExitCode.OK;
  }
  await writeNamedFile(path, calibrationText(calibration));
  warn(context, output === undefined ? `Saved for later runs in ${path}` : `Saved in ${path}`);
  return ExitCode.OK;
}

/** Calibrates; says on standard error what is measured now. */
export async function measureHere(context: CliContext, extent: Extent): Promise<Calibration> {
  return await calibrate({ tool: TOOL, host: readHost(), startSelf, tell: (text) => warn(context, text) }, extent);
}
