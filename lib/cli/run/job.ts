/**
 * A run as an object: made ready, run, judged and reported on. The command line and the live page start runs by this same
 * code; nothing here writes to a terminal.
 */
import { basename, dirname } from "node:path";
import { UserError } from "../../plan/errors.ts";
import type { Plan } from "../../plan/plan.ts";
import { preparePools } from "../../pool/pools.ts";
import { indexPlan } from "../../pool/prepare.ts";
import type { FormFiles } from "../../report/report.ts";
import type { ComparisonReport } from "../../report/figures/comparison.ts";
import type { Calibration } from "../../result/calibration.ts";
import { ResultWriter } from "../../result/file.ts";
import { LostResult } from "../../result/kept_file.ts";
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
import { Session, type SessionEnd } from "../../run/session.ts";
import { evaluate } from "../../verdict/evaluate.ts";
import type { Verdict } from "../../verdict/verdict.ts";
import { ExitCode, exitCodeOfVerdict } from "../exit_codes.ts";
import { type Baseline, findBaseline } from "../report/baseline.ts";
import { compareWithBaseline } from "../report/baseline_headline.ts";
import { collectorOf, formFiles } from "../report/form_files.ts";
import type { FormFlags } from "../report/form_flags.ts";
import { type OtlpTarget, sendReport } from "../report/otlp_push.ts";
import { makeOutputDir, pointLatest } from "../report/output_dir.ts";
import { writeRunReport } from "../report/write_report.ts";
import { TOOL } from "../version.ts";
import type { Room } from "./aim.ts";

/** What a job has to say before and after its load: news, and warnings. */
export interface Voice {
  say(text: string): void;
  warn(text: string): void;
}

/** How a plan is run. */
export interface JobOptions {
  forms: FormFlags;
  env: Readonly<Record<string, string>>;
  /** Whether services are asked for their health first. */
  preflight: boolean;
  room: Pick<Room, "isScarce" | "whyNoRoom">;
  /** What june-load adds on this host; null: not known. */
  calibration: Calibration | null;
}

/** A run that is ready to begin. Whoever has it must execute its session, or discard its pools. */
export interface Job {
  session: Session;
  /** What is reported, and where besides the run's folder. */
  order: ReportOrder;
  /** The run's folder; its result may move. */
  folder: string;
}

/** What to report, and where besides the run's folder. */
export interface ReportOrder {
  baseline: Baseline | null;
  /** Single forms that were asked for. */
  forms: FormFiles;
  /** Where the metrics go; null: nowhere. */
  collector: OtlpTarget | null;
}

/**
 * Makes a run ready: inputs, services, workers, and its folder.
 * @throws {UserError} for faults that the user must fix, before any load is sent
 */
export async function prepareJob(asked: Plan, options: JobOptions, voice: Voice): Promise<Job> {
  const { room } = options;
  const inputs = await indexPlan(asked);
  for (const text of inputWarnings(asked, inputs)) voice.warn(`warning: ${text}`);
  const collector = collectorOf(options.forms, options.env);
  const forms = await formFiles(options.forms);
  const baseline = await baselineOf(asked, voice);
  const services = options.preflight ? await preflight(asked, voice) : [];
  const plan = withRates(asked, services);
  const pools = await preparePools(plan, inputs, { scarce: room.isScarce, absent: !options.preflight });
  const writer = await openResult(plan).catch((error) => {
    pools.discard();
    throw error;
  });
  const session = new Session({
    plan,
    tool: TOOL,
    pools,
    writer,
    services,
    inputs: inputRecords(inputs),
    whyNoRoom: room.whyNoRoom,
    calibration: options.calibration,
  });
  return { session, order: { baseline, forms, collector }, folder: dirname(writer.path) };
}

/** Makes the run's folder and the result in it, and another beside it if that one goes. */
async function openResult({ output, scenario }: Plan): Promise<ResultWriter> {
  const place = async () => `${(await makeOutputDir(output.dir, scenario, new Date())).path}/result.ndjson`;
  return await ResultWriter.create(await place(), place);
}

async function baselineOf({ output }: Plan, voice: Voice): Promise<Baseline | null> {
  if (output.comparison_baseline === null) return null;
  const found = await findBaseline(output.comparison_baseline, output.dir);
  if ("run" in found) return found;
  voice.warn(`warning: nothing to compare with: ${found.missing}`);
  return null;
}

async function preflight(plan: Plan, voice: Voice): Promise<ServiceCheck[]> {
  const checks = await checkServices(plan);
  if (!mayStart(checks)) throw new UserError("unreachable", describeObstacles(checks));
  for (const check of checks) {
    const { name, address, addresses } = check;
    if (addresses !== undefined) {
      voice.say(`${name} (${address}) has ${addressesText(check)}: connections are spread over them.`);
    }
    const text = warningOf(check);
    if (text !== null) voice.warn(`warning: ${text}`);
  }
  return checks;
}

/** What came of a run. */
export interface Conclusion {
  verdict: Verdict;
  comparison: ComparisonReport | null;
  /** The page or the folder to open; empty when nothing was written. */
  report_path: string;
  /** Why the result or its report is not whole; null: it is. */
  failure: Error | null;
  exit_code: number;
}

/** What the end of a run depends on besides the run. */
export interface Ending {
  /** Whether the user interrupted the program; asked at the very end. */
  interrupted(): boolean;
  warn(text: string): void;
}

/** Judges a run and writes its report. */
export async function concludeJob(
  { run, writeFailure, path }: SessionEnd,
  { baseline, forms, collector }: ReportOrder,
  { interrupted, warn }: Ending,
): Promise<Conclusion> {
  const dir = dirname(path);
  const verdict = evaluate(run);
  let report_path = "";
  let failure: Error | null = writeFailure;
  const comparison = baseline === null ? null : compareWithBaseline(run, baseline);
  if (failure === null) {
    try {
      report_path = await writeRunReport(run, { dir, stamp: basename(dir), comparison, forms });
      await checkThere(path);
      const unlinked = await pointLatest(dir);
      if (unlinked !== null) warn(`warning: ${unlinked}`);
      await sendReport(run, verdict, collector, warn);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      failure = error;
    }
  }
  const exit_code = failure !== null
    ? ExitCode.OUTPUT
    : run.end?.reason === "failed"
    ? ExitCode.INTERNAL
    : interrupted()
    ? ExitCode.INTERRUPTED
    : exitCodeOfVerdict(verdict);
  return { verdict, comparison, report_path, failure, exit_code };
}

/** The failure of a run's report in words. */
export function failureText(failure: Error, dir: string): string {
  if (failure instanceof LostResult) return failure.message;
  return `${failure.message}. What was written before is intact in ${dir}`;
}

/**
 * A report without its result is none: it could not be made again, compared or merged.
 * @throws {LostResult} where the result has gone since its last line
 */
async function checkThere(path: string): Promise<void> {
  await Deno.lstat(path).catch(() => {
    throw new LostResult(path, "it was removed while its report was written");
  });
}
