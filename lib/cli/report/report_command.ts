/** `june-load report <result>`: makes the same report again from the saved result. */
import { buildCommand } from "@stricli/core";
import type { OutputFormat } from "../../plan/plan.ts";
import { readResult } from "../../result/file.ts";
import type { Run } from "../../result/run.ts";
import { evaluate } from "../../verdict/evaluate.ts";
import { type CliContext, say, warn } from "../context.ts";
import { exitCodeOfVerdict } from "../exit_codes.ts";
import { switchFlag, textFlag } from "../flag_kinds.ts";
import { parseFormats } from "../flags.ts";
import { compareWithBaseline, sayHeadline } from "./baseline_headline.ts";
import { openView, showSummary } from "./summary.ts";
import { stampOf } from "./output_dir.ts";
import { writeRunReport } from "./write_report.ts";

interface ReportFlags {
  compare?: string;
  outputDir?: string;
  format?: OutputFormat[];
  quiet?: boolean;
}

/** Reads a complete or incomplete result and writes its report. */
export const reportCommand = buildCommand<ReportFlags, [string], CliContext>({
  async func({ compare, outputDir, format, quiet }, path) {
    const run = await readResult(path);
    const baseline = compare === undefined ? null : { run: await readResult(compare), name: compare };
    const comparison = baseline === null ? null : compareWithBaseline(run, baseline);
    const dir = outputDir ?? await folderOf(path);
    const written = await writeRunReport(run, {
      dir,
      stamp: stampOfFolder(dir, run),
      ...(format === undefined ? {} : { formats: format }),
      comparison,
    });
    const verdict = evaluate(run);
    const code = exitCodeOfVerdict(verdict);
    if (run.end === null) warn(this, "The result is incomplete: the run was killed or is still running.");
    if (quiet !== true) showSummary(openView(this), run, verdict, { report_path: written, exit_code: code });
    else say(this, written);
    if (comparison !== null && quiet !== true) sayHeadline(this, comparison);
    this.process.exitCode = code;
  },
  parameters: {
    positional: {
      kind: "tuple",
      parameters: [{ brief: "result.ndjson, or the folder that holds it", parse: String, placeholder: "result" }],
    },
    flags: {
      compare: textFlag("An earlier result to compare with", "baseline"),
      outputDir: textFlag("Folder for the files [default: the result's own]", "dir"),
      format: {
        kind: "parsed",
        parse: parseFormats,
        optional: true,
        brief: "Files to write: html,json,csv [default: the plan's]",
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
      "  june-load report reports/spike/20261123_140000 --compare reports/spike/20261122_020000",
    ].join("\n"),
  },
});

async function folderOf(path: string): Promise<string> {
  const info = await Deno.stat(path);
  if (info.isDirectory) return path.replace(/\/+$/, "");
  const cut = path.lastIndexOf("/");
  return cut === -1 ? "." : path.slice(0, cut);
}

/** The timestamp in the names of the run's files: from their folder, else from the start of the run. */
function stampOfFolder(dir: string, run: Run): string {
  const name = dir.split("/").at(-1) ?? "";
  return /^\d{8}_\d{6}(_\d+)?$/.test(name) ? name : stampOf(new Date(run.header.started_at));
}
