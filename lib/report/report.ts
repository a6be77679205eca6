/** Writes the report tree of a run: pages, tables and pictures made from the result and nothing else. */
import { join } from "node:path";
import type { OutputFormat } from "../plan/plan.ts";
import { makeFolder, replaceFile, writeNamedFile } from "../result/output_file.ts";
import type { Run } from "../result/run.ts";
import type { Verdict } from "../verdict/verdict.ts";
import { renderComparisonText } from "./compare/text.ts";
import type { ComparisonReport } from "./figures/comparison.ts";
import { FORM_NAMES, type FormName, formRenderer } from "./form.ts";
import { renderHistoryCsv } from "./csv/history.ts";
import { renderExceptionsCsv, renderFailuresCsv, renderStatsCsv } from "./csv/locust.ts";
import { renderMetricsCsv } from "./csv/metrics.ts";
import { renderSummary } from "./text/summary.ts";

/** What to write, and where. */
export interface ReportOptions {
  /** The run's folder; made where it is missing. */
  dir: string;
  /** Part of the file names, e.g. `20261123_140000`. */
  stamp: string;
  /** The analysis folder is written whatever is listed here. */
  formats: readonly OutputFormat[];
  /** Whether pictures are drawn into the analysis folder. */
  include_charts: boolean;
  /** june-load's version, for the foot of the page. */
  version: string;
  /** This run beside an earlier one. */
  baseline?: ComparisonReport;
  /** Single forms, and the files they go to, wherever those are. */
  forms?: FormFiles;
}

/** The file of each form that is wanted by itself. */
export type FormFiles = Readonly<Partial<Record<FormName, string>>>;

/**
 * Writes the report and returns the paths written, in a fixed order. Files of an earlier report of the same run are
 * replaced, never written through; the same run, verdict and options give the same bytes.
 *
 * @throws {UserError} kind `output` when a file cannot be written.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { makeRun } from "../../tests/result/make_run.ts"; // sixty made-up seconds
 * import { evaluate } from "../verdict/evaluate.ts";
 *
 * const dir = await Deno.makeTempDir();
 * const run = makeRun();
 * const options = { dir, stamp: "1", formats: ["json" as const], include_charts: false, version: "0.1.0" };
 * const paths = await writeReport(run, evaluate(run), options);
 * assert.deepEqual(paths.map((path) => path.slice(dir.length)), [
 *   "/june_load_1.json",
 *   "/analysis/metrics.csv",
 *   "/analysis/summary.txt",
 * ]);
 * await Deno.remove(dir, { recursive: true });
 * ```
 */
export async function writeReport(run: Run, verdict: Verdict, options: ReportOptions): Promise<string[]> {
  const { dir, stamp, formats, baseline, forms = {} } = options;
  const render = formRenderer(run, verdict, options);
  const named = (ending: string) => join(dir, `june_load_${stamp}${ending}`);
  const paths: string[] = [];
  const write = async (path: string, content: string | Uint8Array) => {
    await replaceFile(path, content);
    paths.push(path);
  };
  await makeFolder(join(dir, "analysis"));
  if (formats.includes("json")) await write(named(".json"), await render("json"));
  if (formats.includes("csv")) {
    await write(named("_stats.csv"), renderStatsCsv(run));
    await write(named("_stats_history.csv"), renderHistoryCsv(run));
    await write(named("_measures.csv"), await render("csv"));
    await write(named("_failures.csv"), renderFailuresCsv(run));
    await write(named("_exceptions.csv"), renderExceptionsCsv(run));
  }
  await write(join(dir, "analysis", "metrics.csv"), renderMetricsCsv(run));
  await write(join(dir, "analysis", "summary.txt"), renderSummary(run, verdict));
  if (baseline !== undefined) await write(join(dir, "comparison.txt"), renderComparisonText(baseline));
  if (formats.includes("html")) await write(named(".html"), await render("html"));
  for (const [form, ending] of FORM_ENDINGS) if (formats.includes(form)) await write(named(ending), await render(form));
  if (options.include_charts) await writePictures(run, join(dir, "analysis"), write);
  for (const form of FORM_NAMES) {
    const file = forms[form];
    if (file === undefined) continue;
    await writeNamedFile(file, await render(form));
    paths.push(file);
  }
  return paths;
}

/** Forms beside page, document and tables, and how their files end. */
const FORM_ENDINGS = [
  ["markdown", ".md"],
  ["junit", "_junit.xml"],
  ["prometheus", ".prom"],
  ["hlog", ".hlog"],
  ["otlp", "_otlp.json"],
] as const satisfies ReadonlyArray<readonly [FormName & OutputFormat, string]>;

async function writePictures(
  run: Run,
  dir: string,
  write: (path: string, content: string | Uint8Array) => Promise<void>,
): Promise<void> {
  const [{ BAR_CHARTS, renderBarChart }, { rasterise }] = await Promise.all([
    import("./png/bar_charts.ts"),
    import("./png/raster.ts"),
  ]);
  for (const name of BAR_CHARTS) {
    const svg = renderBarChart(run, name);
    await write(join(dir, `${name}.png`), await rasterise(svg));
    await write(join(dir, `${name}.svg`), svg);
  }
}
