/** Reads mutated results and reports them, as `report` does. */
import assert from "node:assert/strict";
import { UserError } from "../../../lib/plan/errors.ts";
import { renderHistoryCsv } from "../../../lib/report/csv/history.ts";
import { renderExceptionsCsv, renderFailuresCsv, renderStatsCsv } from "../../../lib/report/csv/locust.ts";
import { renderMeasuresCsv } from "../../../lib/report/csv/measures.ts";
import { renderMetricsCsv } from "../../../lib/report/csv/metrics.ts";
import { renderHtml } from "../../../lib/report/html/page.ts";
import { renderJson } from "../../../lib/report/json.ts";
import { renderComparisonText } from "../../../lib/report/compare/text.ts";
import { reportOf } from "../../compare/sides.ts";
import { renderSummary } from "../../../lib/report/text/summary.ts";
import { compareSides } from "../../../lib/compare/compare.ts";
import { DuetRuns } from "../../../lib/result/duet.ts";
import { readResult, readSides } from "../../../lib/result/file.ts";
import type { Run } from "../../../lib/result/run.ts";
import { summaryView } from "../../../lib/ui/views/summary_view.ts";
import { evaluate } from "../../../lib/verdict/evaluate.ts";
import { mutate, picks } from "./mutate.ts";

/** How many mutated results ended how. */
export interface FuzzCounts {
  refused: number;
  damaged: number;
  incomplete: number;
  whole: number;
}

/** How far each result is taken: up to its verdict, the texts of its report, or its page, too, which takes longest. */
export type Depth = "verdict" | "texts" | "page";

/**
 * Reads and reports one mutated result a seed. Nothing may crash: a file is refused in words, or reported, and a damaged one
 * never passes.
 */
export async function fuzzResults(
  sources: readonly (readonly string[])[],
  seeds: { from: number; to: number },
  depth: Depth,
): Promise<FuzzCounts> {
  const counts: FuzzCounts = { refused: 0, damaged: 0, incomplete: 0, whole: 0 };
  const path = await Deno.makeTempFile();
  try {
    for (let seed = seeds.from; seed < seeds.to; seed++) {
      const pick = picks(seed);
      await Deno.writeTextFile(path, mutate(sources[pick(sources.length)] ?? [], pick));
      try {
        counts[await readAndReport(path, depth)]++;
      } catch (error) {
        throw new Error(`Seed ${seed}: ${error}`, { cause: error });
      }
    }
  } finally {
    await Deno.remove(path);
  }
  return counts;
}

/** Reads and reports one result, as far as `depth` says. */
export async function readAndReport(path: string, depth: Depth): Promise<keyof FuzzCounts> {
  const run = await readResult(path).catch((error) => {
    if (!(error instanceof UserError)) throw error;
    assert.equal(error.kind, "input");
    assert.match(error.message, /^Cannot read "[^"]+": [\x20-\x7e]+$/);
    return null;
  });
  if (run === null) return "refused";
  if (run.damage !== null) assert.match(run.damage.reason, /^[\x20-\x7e]+$/);
  reportAll(run, depth);
  const sides = await readSides(path);
  if (sides instanceof DuetRuns) compareDuet(sides);
  return run.damage !== null ? "damaged" : run.end === null ? "incomplete" : "whole";
}

function compareDuet({ sides: [base, other], names }: DuetRuns): void {
  const side = (name: string, run: Run) => ({ name, runs: [{ run, verdict: evaluate(run), path: name }] });
  const [from, to] = [side(names[0], base), { ...side(names[1], other), paired: true }];
  const comparison = compareSides(from, [to]);
  for (const { change, p } of comparison.pairings[0]?.figures ?? []) {
    for (const value of [change?.value, change?.low, change?.high, p]) assert.ok(!Number.isNaN(value ?? 0));
  }
  assertShowable(renderComparisonText({ comparison, gates: [], version: "0.1.0" }));
}

function reportAll(run: Run, depth: Depth): void {
  const verdict = evaluate(run);
  if (run.end === null) assert.notEqual(verdict.status, "PASS");
  if (depth === "verdict") return;
  const texts = [
    renderSummary(run, verdict),
    renderJson(run, verdict),
    renderComparisonText(reportOf(run, run)),
    ...[renderStatsCsv, renderHistoryCsv, renderMeasuresCsv, renderFailuresCsv, renderExceptionsCsv, renderMetricsCsv]
      .map((render) => render(run)),
  ];
  summaryView(run, verdict, { report_path: "", exit_code: 0, exit_meaning: "", advice: [] });
  if (depth === "page") renderHtml(run, verdict, { version: "0.1.0" });
  for (const text of texts) assertShowable(text);
}

function assertShowable(text: string): void {
  // deno-lint-ignore no-control-regex -- what a terminal would obey
  assert.ok(!/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/.test(text), "a control character is shown");
}
