/** The page of a comparison: one file without a script, so that its policy allows nothing but its own style sheet. */
import type { Pairing } from "../../compare/compare.ts";
import { directionOf, type FigureDifference } from "../../compare/figures.ts";
import { type ComparisonStatus, mismatchText } from "../../compare/headline.ts";
import type { Side } from "../../compare/sides.ts";
import { changeText, differenceText, intervalText, valueText } from "../../compare/words.ts";
import { operationKind } from "../../plan/operation_kind.ts";
import {
  columnNames,
  type ComparisonReport,
  GATE_WORDS,
  gateText,
  headed,
  methodTexts,
  sideName,
  sideText,
} from "../figures/comparison.ts";
import { plainText } from "../format/escape.ts";
import { type Markup, markup, verbatim } from "../html/markup.ts";
import { percentileCurves, timeCurves } from "./curves.ts";
import { axisSvg, dumbbell, reachOf } from "./dumbbells.ts";
import { comparisonPolicy } from "./policy.ts";
import style from "./page.css" with { type: "text" };

/** Operations whose curves are drawn. */
const MOST_DRAWN = 12;
/** Sides whose curves are drawn beside the baseline. */
const MOST_SIDES = 3;
const SENTENCE_MAX = 2000;

const TONES: Readonly<Record<ComparisonStatus, string>> = {
  SLOWER: "fail",
  WORSE: "fail",
  MIXED: "warn",
  FASTER: "pass",
  BETTER: "pass",
  "NO CHANGE SEEN": "mute",
  "CANNOT TELL": "warn",
  "NOT COMPARABLE": "warn",
};

/**
 * The whole document.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { compareSides } from "../../compare/compare.ts";
 * import { makeRun } from "../../../tests/result/make_run.ts"; // sixty made-up seconds
 * import { evaluate } from "../../verdict/evaluate.ts";
 *
 * const side = (name: string, run = makeRun()) => ({ name, runs: [{ run, verdict: evaluate(run), path: name }] });
 * const comparison = compareSides(side("main"), [side("new")]);
 * assert.match(renderComparisonPage({ comparison, gates: [], version: "1" }), /^<!doctype html>/);
 * ```
 */
export function renderComparisonPage(report: ComparisonReport): string {
  const heads = headed(report);
  const [first] = heads;
  const { base } = report.comparison;
  const status = first?.headline.status ?? "CANNOT TELL";
  const names = heads.map(({ pairing }) => sideName(pairing.other)).join(", ");
  const several = heads.length > 1;
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${comparisonPolicy()}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${status} · ${sideName(base)} against ${names} · june-load</title>
<style>${verbatim(style)}</style>
</head>
<body>
<header class="bar ${TONES[status]}"><div><span><b>${status}</b> ${sideName(base)} → ${names}</span>
<nav>${
    report.gates.length === 0 ? null : markup`<a href="#gate">Gate</a>`
  }<a href="#differences">Differences</a><a href="#percentiles">Percentiles</a><a href="#time">Over time</a><a href="#figures">All figures</a><a href="#method">Method</a></nav>
<label><input type="checkbox" id="theme"> Other theme</label></div></header>
<main>
${
    heads.map(({ pairing, headline }) =>
      markup`<h1 class="${TONES[headline.status]}"><b>${headline.status}</b>${
        several ? `${sideName(pairing.other)}: ` : ""
      }${plainText(headline.sentence, SENTENCE_MAX)}</h1>
`
    )
  }
<div class="top">${gateTable(report)}${sidesTable(report)}</div>
${heads.map(({ pairing }) => differencesSection(base, pairing, several))}
${curvesSections(report)}
${figuresSection(report, several)}
<section id="method"><h2>Method</h2>
${
    methodTexts(report).map((text) =>
      markup`<p>${text}</p>
`
    )
  }</section>
<footer>Made by june-load ${report.version} · works offline, without a script</footer>
</main>
</body>
</html>
`.text;
}

function gateTable({ gates, comparison: { pairings } }: ComparisonReport): Markup | null {
  if (gates.length === 0) return null;
  const tone = { broken: "fail", unsure: "warn", holds: "pass", nothing: "warn" } as const;
  return markup`<div id="gate"><h3>Gate</h3><div class="scroll"><table>
<thead><tr><th scope="col">Rule</th><th scope="col">Worst change</th><th scope="col">How sure</th></tr></thead>
<tbody>${
    gates.map((outcome) =>
      markup`<tr class="${tone[outcome.state]}"><th scope="row"><span class="t">${
        GATE_WORDS[outcome.state].mark
      }</span> <code>${plainText(outcome.gate.source)}</code>${
        pairings.length > 1 ? markup`<small>${plainText(outcome.against)}</small>` : null
      }</th><td>${gateText(outcome)}</td><td>${GATE_WORDS[outcome.state].word}</td></tr>
`
    )
  }</tbody></table></div></div>
`;
}

function sidesTable({ comparison: { base, pairings } }: ComparisonReport): Markup {
  const row = (mark: string, name: string, text: string) =>
    markup`<tr><th scope="row">${mark} ${name}</th><td class="side">${text}</td></tr>
`;
  const mismatches = pairings.flatMap(({ mismatches, other }) =>
    mismatches.map((one) => {
      const whose = pairings.length > 1 ? `${sideName(other)}: ` : "";
      return markup`<tr class="${one.blocks ? "fail" : "warn"}"><th scope="row"><span class="t">${
        one.blocks ? "✕" : "!"
      }</span> not the same</th><td>${whose}${plainText(mismatchText(one), 400)}</td></tr>
`;
    })
  );
  const fit = pairings.every(({ comparable }) => comparable);
  return markup`<div><h3>Can they be compared? ${fit ? "Yes" : "No"}</h3><div class="scroll"><table>
<tbody>${row("○", sideName(base), sideText(base))}${
    pairings.map(({ other }) => row("●", sideName(other), sideText(other)))
  }${mismatches}</tbody></table></div></div>
`;
}

function differencesSection(base: Side, { other, figures }: Pairing, several: boolean): Markup {
  const [from, to] = headsOf(base, other);
  const start = other.paired === true ? `starts at ${from} (ring) and ends at ${to} (dot)` : START;
  const reach = reachOf(figures);
  const groups = [...Map.groupBy(figures, ({ operation }) => operation ?? "")];
  const title = several ? `Differences: ${sideName(other)}` : "Differences";
  return markup`<section${several ? null : markup` id="differences"`}><h2>${title}</h2>
<p>Each row ${start}; the bar is the 95 % interval. Right is worse, whatever the figure.</p>
<div class="scroll" role="region" aria-label="${title}" tabindex="0"><table>
<thead><tr><th scope="col">Figure</th><th scope="col" class="n">${from}</th><th scope="col" class="n">${to}</th><td class="plot axis">${
    axisSvg(reach)
  }</td><th scope="col">In words</th></tr></thead>
<tbody>${
    groups.map(([name, group]) =>
      markup`<tr class="group ${kindClass(other, name)}"><th scope="rowgroup" colspan="5"><span class="swatch"></span>${
        plainText(name)
      }</th></tr>
${group.map((one) => differenceRow(one, kindClass(other, name), reach))}`
    )
  }</tbody></table></div></section>
`;
}

const START = "starts at the baseline (ring) and ends at the new runs (dot)";

function headsOf(base: Side, other: Side): [base: string, other: string] {
  return other.paired === true ? columnNames(base, other) : ["Baseline", "New"];
}

function differenceRow(one: FigureDifference, kind: string, reach: number): Markup {
  return markup`<tr class="${kind} ${toneOf(one)}"><th scope="row">${one.name}</th><td class="n">${
    valueText(one.base, one.unit)
  }</td><td class="n">${valueText(one.other, one.unit)}</td><td class="plot">${dumbbell(one, reach)}</td><td>${
    words(one)
  }</td></tr>
`;
}

/** Colour only where a change is certain and more than a little. */
function toneOf(one: FigureDifference): string {
  if (one.certainty !== "certain" || one.little) return "mute";
  const direction = directionOf(one);
  return direction === "worse" ? "fail" : direction === "better" ? "pass" : "warn";
}

function words(one: FigureDifference): Markup | string {
  const text = differenceText(one);
  return one.certainty === "certain" && !one.little ? markup`<span class="certain">${text}</span>` : text;
}

function kindClass({ runs }: Pairing["other"], operation: string): string {
  const plan = runs[0]?.run.plan;
  return plan === undefined ? "other" : operationKind(plan, operation) ?? "other";
}

function curvesSections({ comparison: { base, pairings } }: ComparisonReport): Markup {
  const sides = pairings.slice(0, MOST_SIDES).map(({ other }) => other);
  const [first] = pairings;
  const all = [...new Set(first?.figures.map(({ operation }) => operation ?? ""))].slice(0, MOST_DRAWN);
  const colours = first?.other.paired === true
    ? `Grey is ${sideName(base)}, colour ${sideName(first.other)}`
    : "Grey is the baseline, colour the new runs";
  const figures = (draw: typeof percentileCurves, about: string) =>
    all.flatMap((operation) => {
      const svg = draw(base, sides, operation);
      const name = plainText(operation);
      return svg === null ? [] : [
        markup`<figure class="${
          kindClass(base, operation)
        }" role="img" aria-label="${about} of ${name}"><h3><span class="swatch"></span>${name}</h3>${svg}</figure>
`,
      ];
    });
  return markup`<section id="percentiles"><h2>Percentiles</h2>
<p>Response time, both axes logarithmic. ${colours}; a line ends where five calls are left.</p>
<div class="charts">${figures(percentileCurves, "response time by percentile")}</div></section>
<section id="time"><h2>Over time</h2>
<p>P95 of response time in stretches of equal length, the first run of each side by its own clock; warm-up left out.</p>
<div class="charts">${figures(timeCurves, "response time over time")}</div></section>
`;
}

function figuresSection({ comparison: { base, pairings } }: ComparisonReport, several: boolean): Markup {
  const size = ({ change }: FigureDifference) => change?.scale === "ratio" ? Math.abs(Math.log1p(change.value)) : 0;
  const rank = ({ certainty }: FigureDifference) => ["certain", "perhaps", "none", "unknown"].indexOf(certainty);
  const sorted = (figures: readonly FigureDifference[]) =>
    figures.toSorted((a, b) => rank(a) - rank(b) || size(b) - size(a));
  return markup`<section id="figures"><h2>All figures</h2>
<p>Of the whole run and of the machines, the most certain and largest change first; stage by stage below.</p>
${
    pairings.map(({ other, figures, machines, stages }) =>
      markup`${several ? markup`<h3>${sideName(other)}</h3>` : null}${
        figureTable(sorted([...figures, ...machines]), false, headsOf(base, other))
      }${
        stages.length === 0
          ? null
          : markup`<details><summary>${stages.length} figures stage by stage</summary>${
            figureTable(stages, true, headsOf(base, other))
          }</details>`
      }`
    )
  }</section>
`;
}

function figureTable(
  figures: readonly FigureDifference[],
  byStage: boolean,
  [from, to]: [base: string, other: string],
): Markup {
  return markup`<div class="scroll" role="region" aria-label="figures" tabindex="0"><table>
<thead><tr><th scope="col">Operation</th>${
    byStage ? markup`<th scope="col">Stage</th>` : null
  }<th scope="col">Figure</th><th scope="col" class="n">${from}</th><th scope="col" class="n">${to}</th><th scope="col" class="n">Difference</th><th scope="col" class="n">95 % interval</th><th scope="col">In words</th></tr></thead>
<tbody>${
    figures.map((one) =>
      markup`<tr class="${toneOf(one)}"><th scope="row">${plainText(one.operation ?? "machines")}</th>${
        byStage ? markup`<td>${plainText(one.stage ?? "")}</td>` : null
      }<td>${one.name}</td><td class="n">${valueText(one.base, one.unit)}</td><td class="n">${
        valueText(one.other, one.unit)
      }</td><td class="n">${changeText(one)}</td><td class="n">${intervalText(one)}</td><td>${words(one)}</td></tr>
`
    )
  }</tbody></table></div>
`;
}
