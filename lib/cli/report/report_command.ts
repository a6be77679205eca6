/** `june-load report <result>`: makes the same report again from the saved result. */
import { buildCommand } from "@stricli/core";
import { UserError } from "../../plan/errors.ts";
import { OUTPUT_FORMATS, type OutputFormat } from "../../plan/plan.ts";
import { damageText } from "../../result/damage.ts";
import { readResult } from "../../result/file.ts";
import type { Run } from "../../result/run.ts";
import { evaluate } from "../../verdict/evaluate.ts";
import { type CliContext, say, warn } from "../context.ts";
import { ExitCode, exitCodeOfVerdict } from "../exit_codes.ts";
import { actionsLog } from "../github.ts";
import { switchFlag, textFlag } from "../flag_kinds.ts";
import { parseFormats } from "../flags.ts";
import { compareWithBaseline, headlineOf } from "./baseline_headline.ts";
import { collectorOf, formFiles, formFlagParameters, type FormFlags } from "./form_flags.ts";
import { sendReport } from "./otlp_push.ts";
import { openView, showSummary } from "./summary.ts";
import { stampOf } from "./output_dir.ts";
import { formOptions, writeRunReport } from "./write_report.ts";

interface ReportFlags extends FormFlags {
  compare?: string;
  outputDir?: string;
  format?: OutputFormat[];
  quiet?: boolean;
}

/** Reads a complete or incomplete result and writes its report. */
export const reportCommand = buildCommand<ReportFlags, [string], CliContext>({
  async func(flags, path) {
    const { compare, outputDir, format, quiet } = flags;
    const collector = collectorOf(flags, this.process.env);
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
    const unsent = await sendReport(run, verdict, collector, (text) => warn(this, text)).then(() => null, userErrorOf);
    const code = unsent === null ? exitCodeOfVerdict(verdict) : ExitCode.OUTPUT;
    const log = actionsLog(this, { quiet: quiet === true });
    log.unfold();
    for (const [what, name, one] of [["result", path, run], ["baseline", compare, baseline?.run]] as const) {
      const why = one === undefined ? null : incompleteText(one);
      if (why !== null) warn(this, `The ${what} "${name}" is incomplete: ${why}.`);
    }
    const below = headlineOf(comparison);
    if (quiet !== true) showSummary(openView(this), run, verdict, { report_path: written, exit_code: code, below });
    else say(this, written);
    await log.finish(run, verdict, () => formOptions(comparison));
    this.process.exitCode = code;
    if (unsent !== null) warn(this, unsent.message);
  },
  parameters: {
    positional: {
      kind: "tuple",
      parameters: [{ brief: "result.ndjson, or the folder that holds it", parse: String, placeholder: "result" }],
    },
    flags: {
      compare: textFlag("An earlier result to compare with", "baseline"),
      ...formFlagParameters,
      outputDir: textFlag("Folder for the files [default: the result's own]", "dir"),
      format: {
        kind: "parsed",
        parse: parseFormats,
        optional: true,
        brief: `Files to write, of ${OUTPUT_FORMATS.join(",")} [default: the plan's]`,
        placeholder: "list",
      },
      quiet: switchFlag("Print only the report's path"),
    },
  },
  docs: {
    brief: "Make the report again from a saved result",
    fullDescription: [
      "Makes the report of a saved result again, even for a run that was killed. Ends with the verdict's exit code.",
      "",
      "  june-load report reports/spike/20261123_140000",
      "  june-load report reports/spike/latest --markdown report.md --junit junit.xml",
      "  june-load report reports/spike/20261123_140000 --compare reports/spike/20261122_020000",
    ].join("\n"),
  },
});

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
