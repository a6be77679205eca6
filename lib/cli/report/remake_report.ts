/** Makes the report of a saved result again. */
import { UserError } from "../../plan/errors.ts";
import { damageText } from "../../result/damage.ts";
import { readResult } from "../../result/file.ts";
import type { Run } from "../../result/run.ts";
import { evaluate } from "../../verdict/evaluate.ts";
import { type CliContext, say, warn } from "../context.ts";
import { ExitCode, exitCodeOfVerdict } from "../exit_codes.ts";
import { actionsLog } from "../github.ts";
import { compareWithBaseline, headlineOf } from "./baseline_headline.ts";
import { collectorOf, formFiles } from "./form_files.ts";
import type { ReportFlags } from "./report_flags.ts";
import { sendReport } from "./otlp_push.ts";
import { openView, showSummary } from "./summary.ts";
import { stampOf } from "./output_dir.ts";
import { formOptions, writeRunReport } from "./write_report.ts";

/**
 * Reads a complete or incomplete result and writes its report; returns the verdict's exit code.
 * @throws {UserError} for a result that cannot be read, and files that cannot be written
 */
export async function remakeReport(context: CliContext, path: string, flags: ReportFlags): Promise<number> {
  const { compare, outputDir, format, quiet } = flags;
  const collector = collectorOf(flags, context.process.env);
  const forms = await formFiles(flags);
  const run = await readResult(path);
  const baseline = compare === undefined ? null : { run: await readResult(compare), name: compare };
  const comparison = baseline === null ? null : compareWithBaseline(run, baseline);
  const dir = outputDir ?? await folderOf(path);
  const written = await writeRunReport(run, {
    dir,
    stamp: stampOfFolder(dir, run),
    ...(format === undefined ? {} : { formats: format }),
    comparison,
    forms,
  });
  const verdict = evaluate(run);
  // A collector that does not answer hides no verdict.
  const unsent = await sendReport(run, verdict, collector, (text) => warn(context, text)).then(() => null, userErrorOf);
  const code = unsent === null ? exitCodeOfVerdict(verdict) : ExitCode.OUTPUT;
  const log = actionsLog(context, { quiet: quiet === true });
  log.unfold();
  for (const [what, name, one] of [["result", path, run], ["baseline", compare, baseline?.run]] as const) {
    const why = one === undefined ? null : incompleteText(one);
    if (why !== null) warn(context, `The ${what} "${name}" is incomplete: ${why}.`);
  }
  const below = headlineOf(comparison);
  if (quiet !== true) showSummary(openView(context), run, verdict, { report_path: written, exit_code: code, below });
  else say(context, written);
  await log.finish(run, verdict, () => formOptions(comparison));
  if (unsent !== null) warn(context, unsent.message);
  return code;
}

function incompleteText(run: Run): string | null {
  if (run.end !== null) return null;
  return run.damage === null ? "the run was killed or is still running" : damageText(run.damage);
}

async function folderOf(path: string): Promise<string> {
  const info = await Deno.stat(path);
  const cut = path.lastIndexOf("/");
  const folder = info.isDirectory ? path.replace(/\/+$/, "") : cut === -1 ? "." : path.slice(0, cut);
  // `latest` is a link; the names of the files have the folder's own name in them.
  return (await Deno.lstat(folder)).isSymlink ? await Deno.realPath(folder) : folder;
}

/** The timestamp in the names of the run's files: from their folder, else from the start of the run. */
function stampOfFolder(dir: string, run: Run): string {
  const name = dir.split("/").at(-1) ?? "";
  return /^\d{8}_\d{6}(_\d+)?$/.test(name) ? name : stampOf(new Date(run.header.started_at));
}

/** An error for the user; any other is thrown on. */
function userErrorOf(error: unknown): UserError {
  if (error instanceof UserError) return error;
  throw error;
}
