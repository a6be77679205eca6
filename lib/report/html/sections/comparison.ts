/** The run beside an earlier one. */
import type { FigureDifference } from "../../../compare/figures.ts";
import { headlineOf, mismatchText } from "../../../compare/headline.ts";
import { differenceText, valueText } from "../../../compare/words.ts";
import type { Run } from "../../../result/run.ts";
import { type ComparisonReport, methodTexts, sideName, sideText } from "../../figures/comparison.ts";
import { plainText } from "../../format/escape.ts";
import { type Markup, markup } from "../markup.ts";
import { numberRow, numberTable } from "../table/table.ts";

/** Old and new figures of each operation, with the difference in words. */
export function comparisonSection(_run: Run, report: ComparisonReport): Markup {
  const { comparison: { base, pairings: [pairing] } } = report;
  if (pairing === undefined) return markup``;
  const { status, sentence } = headlineOf(pairing);
  const facts = `Baseline: ${sideName(base)}, ${sideText(base)}.`;
  const unlike = pairing.mismatches.map((one) => `${one.blocks ? "✕" : "!"} ${plainText(mismatchText(one), 400)}`);
  const rows = [...pairing.figures, ...pairing.machines].map(row);
  return markup`<h2 id="comparison">Compared with an earlier run</h2>
<p><strong>${status}</strong> ${plainText(sentence, 2000)}</p>
<p>${[facts, ...methodTexts(report)].join(" ")}</p>
${
    unlike.map((one) =>
      markup`<p>${one}</p>
`
    )
  }${numberTable("comparison", ["Operation", "Figure", "Baseline", "This run", "Difference"], rows)}`;
}

function row(one: FigureDifference): Markup {
  const words = differenceText(one);
  return numberRow(plainText(one.operation ?? "machines"), [
    one.name,
    valueText(one.base, one.unit),
    valueText(one.other, one.unit),
    one.certainty === "certain" && !one.little ? markup`<b>${words}</b>` : words,
  ]);
}
