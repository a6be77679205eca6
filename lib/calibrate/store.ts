/** Where a calibration is kept, and whether one holds for this host and version. */
import { FileFault, readRegularText } from "../base/regular_file.ts";
import { type CalibratedHost, type Calibration, CALIBRATION_FORMAT, OLD_DAYS } from "../result/calibration.ts";

/** Largest file that is read; bytes. */
const MAX_BYTES = 64 * 1024;
const DAY_MS = 86_400_000;

/** Environment variables. */
type Environment = Readonly<Record<string, string>>;

/**
 * The file of this user's calibration; null where the system names no folder for it.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.equal(calibrationPath({ HOME: "/home/ada" }), "/home/ada/.local/state/june-load/calibration.json");
 * assert.equal(calibrationPath({ XDG_STATE_HOME: "/state", HOME: "/home/ada" }), "/state/june-load/calibration.json");
 * assert.equal(calibrationPath({}), null);
 * ```
 */
export function calibrationPath(env: Environment): string | null {
  const { XDG_STATE_HOME: state = "", HOME: home = "", LOCALAPPDATA: local = "" } = env;
  // The specification has relative paths ignored.
  const folder = state.startsWith("/") ? state : home !== "" ? `${home}/.local/state` : local;
  return folder === "" ? null : `${folder}/june-load/calibration.json`;
}

/** The text of a file that holds a calibration. */
export function calibrationText(calibration: Calibration): string {
  return `${JSON.stringify(calibration, null, 2)}\n`;
}

/** A calibration that was read, or what is wrong with the file: a clause. */
export type ReadCalibration = { calibration: Calibration } | { fault: string };

/**
 * Reads the text of a file.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.deepEqual(await parseCalibration("{}"), { fault: "it is no calibration of june-load" });
 * ```
 */
export async function parseCalibration(text: string): Promise<ReadCalibration> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { fault: "it is no JSON" };
  }
  const format = typeof value === "object" && value !== null && "format" in value ? value.format : null;
  if (typeof format === "number" && format > CALIBRATION_FORMAT) {
    return { fault: "a later june-load wrote it" };
  }
  // Most runs have no calibration to read, and need not load what checks one.
  const { isCalibration } = await import("../result/decode/calibration_shape.ts");
  return isCalibration(value) ? { calibration: value } : { fault: "it is no calibration of june-load" };
}

/** What this run is to be measured against. */
export interface Here {
  tool: string;
  deno: string;
  host: CalibratedHost;
}

/** The calibration for a run; null: there is none. */
export interface Found {
  calibration: Calibration | null;
  /** What is to be said of the one that is kept; empty: nothing. */
  warnings: string[];
}

/** Reads this user's calibration and holds it against this host. */
export async function findCalibration(env: Environment, here: Here, now: Date): Promise<Found> {
  const path = calibrationPath(env);
  if (path === null) return { calibration: null, warnings: [] };
  const shown = JSON.stringify(path);
  try {
    const read = await parseCalibration(await readRegularText(path, MAX_BYTES));
    if ("fault" in read) return refused(`cannot use ${shown}: ${read.fault}`);
    return fitTo(read.calibration, here, now);
  } catch (error) {
    if (!(error instanceof FileFault)) throw error;
    if (error.cause instanceof Deno.errors.NotFound) return { calibration: null, warnings: [] };
    return refused(`cannot read ${shown}: ${error.message}`);
  }
}

const AGAIN = "run june-load calibrate";
const refused = (text: string): Found => ({ calibration: null, warnings: [`${text}; ${AGAIN}`] });

/** Holds a calibration against this host: a foreign one is not used, an old one is said to be old. */
export function fitTo(calibration: Calibration, here: Here, now: Date): Found {
  const other = otherThan(calibration, here);
  if (other !== null) return refused(`the calibration of this user is not used: it was made ${other}`);
  const age_ms = now.getTime() - Date.parse(calibration.measured_at);
  if (age_ms <= OLD_DAYS * DAY_MS) return { calibration, warnings: [] };
  const days = Math.floor(age_ms / DAY_MS);
  return { calibration, warnings: [`the calibration of this host is ${days} days old; ${AGAIN}`] };
}

/** By what it is foreign, as a clause; null: it was made here. */
function otherThan({ tool, deno, host }: Calibration, here: Here): string | null {
  const facts: (readonly [said: string, was: unknown, is: unknown])[] = [
    ["on the host", host.name, here.host.name],
    ["on", host.os, here.host.os],
    ["with the processor", host.cpu_model, here.host.cpu_model],
    ["with this many cores:", host.cpus, here.host.cpus],
    ["under the kernel", host.kernel, here.host.kernel],
    ["with the governor", host.governor, here.host.governor],
    ["by", tool, here.tool],
    ["with Deno", deno, here.deno],
  ];
  const differs = facts.find(([, was, is]) => was !== is);
  if (differs === undefined) return null;
  const [said, was, is] = differs;
  return `${said} ${was ?? "unknown"}, and this is ${is ?? "unknown"}`;
}
