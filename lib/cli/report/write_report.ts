/** Writes the files of a report, for `run` and `report` alike. */
import type { OutputFormat } from "../../plan/plan.ts";
import type { FormOptions } from "../../report/form.ts";
import type { FormFiles } from "../../report/report.ts";
import { isFileSystemError, outputError } from "../../result/output_error.ts";
import type { Run } from "../../result/run.ts";
import { evaluate } from "../../verdict/evaluate.ts";
import type { ComparisonReport } from "../../report/figures/comparison.ts";
import { VERSION } from "../version.ts";

/** The folder, the names and the formats of the files. */
export interface ReportTarget {
  dir: string;
  stamp: string;
  /** Default: the plan's. */
  formats?: readonly OutputFormat[];
  /** The run beside an earlier one; null where there is none. */
  comparison: ComparisonReport | null;
  /** Single forms that were asked for, and their files. */
  forms: FormFiles;
}

/** What forms show besides the run. */
export function formOptions(comparison: ComparisonReport | null): FormOptions {
  return { version: VERSION, ...(comparison === null ? {} : { baseline: comparison }) };
}

/**
 * Writes the report and returns the file to open: the HTML page where there is one, else the folder.
 * @throws {UserError} kind `output` when a file cannot be written
 */
export async function writeRunReport(run: Run, target: ReportTarget): Promise<string> {
  const { output } = run.plan;
  // Loaded late: charts and fonts are large, and most commands do not need them.
  const { writeReport } = await import("../../report/report.ts");
  try {
    const paths = await writeReport(run, evaluate(run), {
      dir: target.dir,
      stamp: target.stamp,
      formats: target.formats ?? output.formats,
      include_charts: output.include_charts,
      forms: target.forms,
      ...formOptions(target.comparison),
    });
    return paths.find((path) => path.endsWith(".html")) ?? target.dir;
  } catch (error) {
    if (isFileSystemError(error)) throw outputError(target.dir, error);
    throw error;
  }
}
