/** The page of a comparison: the report's own document and script over both sides. */
import type { Pairing } from "../../compare/compare.ts";
import { directionOf, type FigureDifference } from "../../compare/figures.ts";
import { type ComparisonStatus, mismatchText } from "../../compare/headline.ts";
import type { Side } from "../../compare/sides.ts";
import { changeText, differenceText, intervalText, valueText } from "../../compare/words.ts";
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
import { colorsFor } from "../charts/palette.ts";
import { spanOf } from "../charts/axis.ts";
import { longestRun, sidesByPercentile, sidesOverTime } from "../charts/comparison_charts.ts";
import { stageSpans } from "../charts/marks.ts";
import type { NamedChart } from "../charts/response_charts.ts";
import type { PageData } from "../html/page_data.ts";
import { ChartStore } from "../html/chart_store.ts";
import { documentOf } from "../html/document.ts";
import { type Insertion, type Markup, markup } from "../html/markup.ts";
import { chartFigures } from "../html/sections/charts.ts";
import { barOf, type Content } from "../html/sections/head.ts";
import { Cell, numberRow, numberTable } from "../html/table/table.ts";
import { axisSvg, dumbbell, reachOf } from "./dumbbells.ts";

/** Operations whose curves are drawn. */
const MOST_DRAWN = 12;
/** Sides whose curves are drawn beside the baseline. */
const MOST_SIDES = 3;
const SENTENCE_MAX = 2000;
/** Of the sides beside the baseline; dumbbells and lines have the same. */
const MARKS = ["●", "◇"];

const TONES: Readonly<Record<ComparisonStatus, string>> = {
  SLOWER: "fail",
  WORSE: "fail",
  MIXED: "warn",
  FASTER: "pass",
  BETTER: "pass",
  "NO CHANGE SEEN": "quietly",
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
  const { base } = report.comparison;
  const status = heads[0]?.headline.status ?? "CANNOT TELL";
  const names = heads.map(({ pairing }) => sideName(pairing.other)).join(", ");
  const { data, places } = comparisonData(report, status);
  return documentOf({
    title: `${status} · ${sideName(base)} against ${names} · june-load`,
    bar: barOf(TONES[status], status, `${sideName(base)} → ${names}`, contentsOf(report, places)),
    body: bodyOf(report, data, places),
    data,
  });
}

/** Keeps a number with its unit and its margin. */
const unbroken = (text: string) => text.replace(/ (?=[%±])|(?<=±) /g, "\u00a0");

/** Where charts stand. */
interface Places {
  percentiles: string[];
  time: string[];
}

function contentsOf({ gates }: ComparisonReport, { percentiles, time }: Places): Content[] {
  const named: Array<[id: string, name: string, there: boolean]> = [
    ["verdict", "Verdict", true],
    ["gate", "Gate", gates.length > 0],
    ["differences", "Differences", true],
    ["percentiles", "Percentiles", percentiles.length > 0],
    ["time", "Over time", time.length > 0],
    ["figures", "All figures", true],
    ["method", "Method", true],
    ["files", "Data", true],
  ];
  return named.filter(([, , there]) => there).map(([id, name]) => ({ id, name }));
}

/** The colours of operations are those of the baseline's own report. */
function colorsOf({ comparison: { base, pairings } }: ComparisonReport): Map<string, string> {
  const named = [base, ...pairings.map(({ other }) => other)].flatMap(({ runs }) =>
    runs.slice(0, 1).flatMap(({ run }) => run.plan.tasks.map(({ operation }) => operation))
  );
  return colorsFor([...new Set(named)]);
}

function comparisonData(report: ComparisonReport, status: ComparisonStatus): { data: PageData; places: Places } {
  const { comparison: { base, pairings }, version } = report;
  const sides = [base, ...pairings.slice(0, MOST_SIDES).map(({ other }) => other)];
  const colors = colorsOf(report);
  const operations = [...new Set(pairings[0]?.figures.map(({ operation }) => operation ?? ""))].slice(0, MOST_DRAWN);
  const drawn = (id: string, draw: typeof sidesOverTime): NamedChart[] =>
    operations.flatMap((operation, i) => {
      const chart = draw(sides, operation, colors.get(operation) ?? "op-0");
      return chart === null ? [] : [[`${id}-${i}`, chart] as const];
    });
  const store = new ChartStore();
  const places = {
    percentiles: store.add(drawn("percentile", sidesByPercentile)),
    time: store.add(drawn("time", sidesOverTime)),
  };
  const longest = longestRun(sides);
  const [headline] = headed(report).map(({ headline }) => headline.sentence);
  const data: PageData = {
    run: {
      tool: `june-load ${version}`,
      scenario: longest.plan.scenario,
      started_at: longest.header.started_at,
      status,
      sentence: headline ?? "",
    },
    objectives: [],
    operations: [],
    span_s: spanOf(longest),
    stages: stageSpans(longest),
    findings: [],
    marks: [],
    ...store.content(),
  };
  return { data, places };
}

function bodyOf(report: ComparisonReport, { charts }: PageData, { percentiles, time }: Places): Markup {
  const heads = headed(report);
  const several = heads.length > 1;
  const { base } = report.comparison;
  const plan = base.runs[0]?.run.plan;
  const curves = (id: string, title: string, text: string, places: readonly string[]) =>
    places.length === 0 ? null : markup`<h2 id="${id}">${title}</h2>
<p>${text}</p>
<div class="cols three">
${chartFigures(places, charts)}</div>
`;
  return markup`<section class="verdict ${
    TONES[heads[0]?.headline.status ?? "CANNOT TELL"]
  }" id="verdict" aria-label="Verdict">
<p class="where"><span>${plainText(plan?.scenario ?? "")}</span><span>${sideName(base)}: ${sideText(base)}</span></p>
${
    heads.map(({ pairing, headline }) =>
      markup`<p class="say ${TONES[headline.status]}"><b>${headline.status}</b> ${
        several ? `${sideName(pairing.other)}: ` : ""
      }${unbroken(plainText(headline.sentence, SENTENCE_MAX))}</p>
`
    )
  }<div class="top">${gateTable(report)}${sidesTable(report)}</div>
</section>
${heads.map(({ pairing }, i) => differencesSection(report, pairing, i, several))}${
    curves(
      "percentiles",
      "Percentiles",
      `Response time, both axes logarithmic. ${coloursText(report)}; a line ends where five calls are left.`,
      percentiles,
    )
  }${
    curves(
      "time",
      "Over time",
      "P95 of response time in stretches of equal length, the first run of each side by its own clock, with the stages of the longest behind. The cursor is one for all; drag to zoom, Escape shows all.",
      time,
    )
  }${figuresSection(report, several)}<h2 id="method">Method</h2>
${
    methodTexts(report).map((text) =>
      markup`<p class="note">${text}</p>
`
    )
  }<h2 id="files">Data</h2>
<p class="buttons"><button class="tool" id="save-json" type="button" hidden>Save the data as JSON</button>
<button class="tool" id="save-csv" type="button" hidden>Save the lines as CSV</button></p>
<footer>Made by june-load ${report.version} · works offline and sends nothing</footer>
`;
}

function coloursText({ comparison: { base, pairings } }: ComparisonReport): string {
  const other = pairings[0]?.other;
  if (other?.paired === true) return `Grey is ${sideName(base)}, colour ${sideName(other)}`;
  return "Grey is the baseline, colour the new runs, dashed a third";
}

function gateTable({ gates, comparison: { pairings } }: ComparisonReport): Markup | null {
  if (gates.length === 0) return null;
  const tone = { broken: "fail", unsure: "warn", holds: "pass", nothing: "warn" } as const;
  return markup`<div class="gates" id="gate"><h2>Gate</h2><div class="scroll"><table>
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
  return markup`<div class="sides"><h2>Can they be compared? ${fit ? "Yes" : "No"}</h2><div class="scroll"><table>
<tbody>${row("○", sideName(base), sideText(base))}${
    pairings.map(({ other }, i) => row(MARKS[i] ?? "◇", sideName(other), sideText(other)))
  }${mismatches}</tbody></table></div></div>
`;
}

/** What the columns of both sides are called. */
function headsOf(base: Side, other: Side): [base: string, other: string] {
  return other.paired === true ? columnNames(base, other) : ["Baseline", "New"];
}

const START = "starts at the baseline (ring) and ends at the new runs (dot)";

function differencesSection(
  report: ComparisonReport,
  { other, figures }: Pairing,
  at: number,
  several: boolean,
): Markup {
  const [from, to] = headsOf(report.comparison.base, other);
  const start = other.paired === true ? `starts at ${from} (ring) and ends at ${to} (dot)` : START;
  const reach = reachOf(figures);
  const colors = colorsOf(report);
  const groups = [...Map.groupBy(figures, ({ operation }) => operation ?? "")];
  const id = at === 0 ? "differences" : `differences-${at + 1}`;
  const title = several ? `Differences: ${sideName(other)}` : "Differences";
  return markup`<h2 id="${id}">${title}</h2>
<p>Each row ${start}; the bar is the 95 % interval. Right is worse,
whatever the figure.</p>
<div class="scroll" role="region" aria-labelledby="${id}" tabindex="0"><table class="diff">
<thead><tr><th scope="col">Figure</th><th scope="col" class="n">${from}</th><th scope="col" class="n">${to}</th><td class="bell">${
    axisSvg(reach)
  }</td><th scope="col">In words</th></tr></thead>
<tbody>${
    groups.map(([name, group]) =>
      markup`<tr class="group"><th scope="rowgroup" colspan="5"><i class="swatch ${colors.get(name) ?? "op-0"}"></i>${
        plainText(name)
      }</th></tr>
${group.map((one) => differenceRow(one, colors.get(name) ?? "op-0", reach))}`
    )
  }</tbody></table></div>
`;
}

function differenceRow(one: FigureDifference, color: string, reach: number): Markup {
  return markup`<tr class="${color} ${toneOf(one)}"><th scope="row">${one.name}</th><td class="n">${
    valueText(one.base, one.unit)
  }</td><td class="n">${valueText(one.other, one.unit)}</td><td class="bell">${
    dumbbell(one, reach)
  }</td><td class="words">${words(one)}</td></tr>
`;
}

/** Colour only where a change is certain and more than a little. */
function toneOf(one: FigureDifference): string {
  if (one.certainty !== "certain" || one.little) return "quietly";
  const direction = directionOf(one);
  return direction === "worse" ? "fail" : direction === "better" ? "pass" : "warn";
}

function words(one: FigureDifference): Markup | string {
  const text = differenceText(one);
  return one.certainty === "certain" && !one.little ? markup`<span class="certain">${text}</span>` : text;
}

function figuresSection({ comparison: { base, pairings } }: ComparisonReport, several: boolean): Markup {
  const size = ({ change }: FigureDifference) => change?.scale === "ratio" ? Math.abs(Math.log1p(change.value)) : 0;
  const rank = ({ certainty }: FigureDifference) => ["certain", "perhaps", "none", "unknown"].indexOf(certainty);
  const sorted = (figures: readonly FigureDifference[]) =>
    figures.toSorted((a, b) => rank(a) - rank(b) || size(b) - size(a));
  const parts = pairings.map(({ other, figures, machines, stages }, i) => {
    const id = `figures-${i + 1}`;
    const byStage = stages.length === 0
      ? null
      : markup`<details><summary>${stages.length} figures stage by stage</summary>
<h3 class="skip" id="${id}-stages">Figures by stage</h3>
${figureTable(`${id}-stages`, stages, true, headsOf(base, other))}</details>
`;
    return markup`<h3 id="${id}"${several ? null : markup` class="skip"`}>${
      several ? sideName(other) : "Whole run"
    }</h3>
${figureTable(id, sorted([...figures, ...machines]), false, headsOf(base, other))}${byStage}`;
  });
  return markup`<h2 id="figures">All figures</h2>
<p>Of the whole run and of the machines, the most certain and largest change first; stage by stage below.</p>
${parts}`;
}

function figureTable(
  id: string,
  figures: readonly FigureDifference[],
  byStage: boolean,
  sides: readonly [base: string, other: string],
): Markup {
  const left = (text: string) => ({ text, left: true });
  const heads = [
    "Operation",
    ...(byStage ? [left("Stage")] : []),
    left("Figure"),
    ...[...sides, "Difference", "95 % interval"],
    left("In words"),
  ];
  const cell = (text: Insertion) => new Cell(text, { classes: "left" });
  return numberTable(
    id,
    heads,
    figures.map((one) =>
      numberRow(plainText(one.operation ?? "machines"), [
        ...(byStage ? [cell(plainText(one.stage ?? ""))] : []),
        cell(one.name),
        valueText(one.base, one.unit),
        valueText(one.other, one.unit),
        changeText(one),
        intervalText(one),
        new Cell(words(one), { classes: `left ${toneOf(one)}` }),
      ])
    ),
  );
}
