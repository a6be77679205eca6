/** Two saved runs beside each other. */
import { compareSides } from "../../compare/compare.ts";
import type { Side } from "../../compare/sides.ts";
import { readResult } from "../../result/file.ts";
import { evaluate } from "../../verdict/evaluate.ts";
import { opened } from "./forms.ts";

/**
 * The page of a comparison.
 * @throws {UserError} for a result that cannot be read
 */
export async function comparisonOf(base: string, other: string, version: string): Promise<Response> {
  const sides = [await sideOf(base), await sideOf(other)] as const;
  // Loaded late: the page carries a megabyte of charts.
  const { renderComparisonPage } = await import("../../report/compare/page.ts");
  return opened(renderComparisonPage({ comparison: compareSides(sides[0], [sides[1]]), gates: [], version }));
}

async function sideOf(dir: string): Promise<Side> {
  const run = await readResult(dir);
  const name = dir.split("/").slice(-2).join("/");
  return { name, runs: [{ run, verdict: evaluate(run), path: name }] };
}
