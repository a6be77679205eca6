/** The page of a comparison. */
import { headlineOf } from "../../compare/headline.ts";
import type { ComparisonReport } from "../figures/comparison.ts";
import { markup } from "../html/markup.ts";
/** The whole document. */
export function renderComparisonPage({ comparison: { pairings } }: ComparisonReport): string {
  return markup`<!doctype html>
<p>${pairings.map((one) => headlineOf(one).sentence)}</p>
`.text;
}
