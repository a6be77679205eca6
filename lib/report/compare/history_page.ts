/** The history of a scenario as a page: each figure over its runs, with its levels, in the report's own document. */
import { type FigureHistory, type History, LEAST_RUNS, type PastRun } from "../../compare/history.ts";
import { mismatchText } from "../../compare/headline.ts";
import { formatCount } from "../../plan/units.ts";
import { colorsFor } from "../charts/palette.ts";
import { historyChart } from "../charts/history_charts.ts";
import { instantText } from "../figures/figures.ts";
import { plainText } from "../format/escape.ts";
import type { PageData } from "../html/page_data.ts";
import { ChartStore } from "../html/chart_store.ts";
import { documentOf } from "../html/document.ts";
import { type Markup, markup } from "../html/markup.ts";
import { chartFigure } from "../html/sections/charts.ts";
import { barOf } from "../html/sections/head.ts";
import { Cell, numberRow, numberTable } from "../html/table/table.ts";
import { levelText } from "./history_text.ts";

/** Figures drawn at once; more are folded away, so that a page of hundreds opens quickly and prints on few sheets. */
const MOST_DRAWN = 12;

/** The whole document. */
export function renderHistoryPage(history: History, version: string): string {
  const name = plainText(history.scenario);
  const data = historyData(history, version);
  const changed = history.figures.filter(({ levels }) => levels.length > 1);
  // Those measured in few runs come last.
  const steady = history.figures.filter(({ levels }) => levels.length === 1)
    .toSorted((a, b) => b.points.length - a.points.length);
  const contents = [
    { id: "verdict", name: "Verdict", there: true },
    { id: "changed", name: "Changes", there: changed.length > 0 },
    { id: "steady", name: "No change", there: steady.length > 0 },
    { id: "runs", name: "Runs", there: true },
    { id: "files", name: "Data", there: true },
  ].filter(({ there }) => there);
  const word = changed.length > 0 ? "CHANGED" : "STEADY";
  return documentOf({
    title: `History of ${name} · june-load`,
    bar: barOf(changed.length > 0 ? "warn" : "quietly", enough(history) ? word : "TOO FEW RUNS", name, contents),
    body: markup`<section class="verdict ${changed.length > 0 ? "warn" : "quietly"}" id="verdict" aria-label="Verdict">
<p class="say">${summary(history, changed)}</p>
<p class="note">Each dot is a run, each step a stretch without a change; a dashed line stands where the level moved
(E-divisive means, 999 orders, P &lt; 0.01 for each figure). What went with a change is for you to find.</p></section>
${partOf(history, data, "changed", "Levels that changed", changed)}${
      partOf(history, data, "steady", "No change seen", steady)
    }${runsSection(history.runs)}<h2 id="files">Data</h2>
<p class="buttons"><button class="tool" id="save-json" type="button" hidden>Save the data as JSON</button>
<button class="tool" id="save-csv" type="button" hidden>Save the lines as CSV</button></p>
<footer>Made by june-load ${version} · works offline and sends nothing</footer>
`,
    data,
  });
}

function enough({ runs }: History): boolean {
  return runs.filter(({ left_out }) => left_out.length === 0).length >= LEAST_RUNS;
}

const idOf = ({ figures }: History, one: FigureHistory) => `history-${figures.indexOf(one)}`;

function historyData(history: History, version: string): PageData {
  const { scenario, runs, figures } = history;
  const colors = colorsFor([...new Set(figures.map(({ operation }) => operation))]);
  const store = new ChartStore();
  store.add(
    figures.map((one) =>
      [
        idOf(history, one),
        historyChart(one, runs, colors.get(one.operation) ?? "op-0", levelsText(one, runs)),
      ] as const
    ),
  );
  const started_at = runs.at(-1)?.started_at ?? "";
  return {
    run: { tool: `june-load ${version}`, scenario, started_at, status: "HISTORY", sentence: "" },
    objectives: [],
    operations: [],
    span_s: Math.max(1, runs.length - 1),
    runs: runs.map(({ started_at }) => instantText(started_at)),
    stages: [],
    findings: [],
    marks: [],
    ...store.content(),
  };
}

function levelsText(one: FigureHistory, runs: readonly PastRun[]): string {
  return one.levels.slice(1).map((level) => levelText(one, level, runs)).join("; ");
}

function summary({ runs }: History, changed: readonly FigureHistory[]): string {
  const kept = runs.filter(({ left_out }) => left_out.length === 0).length;
  const latest = changed.flatMap((figure) => {
    const level = figure.levels.at(-1);
    return level === undefined ? [] : [{ figure, level }];
  }).sort((a, b) => b.level.from - a.level.from)[0];
  const what = latest === undefined
    ? kept < LEAST_RUNS ? `too few to tell a change (${LEAST_RUNS} are needed)` : "no level changed"
    : `the latest change: ${plainText(latest.figure.operation)} ${latest.figure.name}, ${
      levelText(latest.figure, latest.level, runs)
    }`;
  return `${formatCount(kept)} of ${formatCount(runs.length)} runs can be set side by side; ${what}.`;
}

function partOf(
  history: History,
  { charts }: PageData,
  id: string,
  title: string,
  figures: readonly FigureHistory[],
): Markup | null {
  if (figures.length === 0) return null;
  const drawn = (some: readonly FigureHistory[]) =>
    markup`<div class="cols">
${
      some.map((one) => {
        const [place, text] = [idOf(history, one), levelsText(one, history.runs)];
        const chart = charts[place];
        if (chart === undefined) return null;
        return markup`<div>${chartFigure(place, chart)}${
          text === "" ? null : markup`<p class="levels">${text}</p>`
        }</div>
`;
      })
    }</div>
`;
  const rest = figures.slice(MOST_DRAWN);
  const more = rest.length === 0 ? null : markup`<details><summary>and ${rest.length} more figures</summary>
${drawn(rest)}</details>
`;
  return markup`<h2 id="${id}">${title}</h2>
${drawn(figures.slice(0, MOST_DRAWN))}${more}`;
}

function runsSection(runs: readonly PastRun[]): Markup {
  const left = (text: string) => ({ text, left: true });
  const cell = (text: string) => new Cell(text, { classes: "left" });
  const rows = runs.toReversed().map((run) => {
    const [first] = run.left_out;
    return numberRow(instantText(run.started_at), [
      cell(run.status),
      formatCount(run.calls),
      cell(plainText(run.tool)),
      new Cell(plainText(run.path), { classes: "wrap" }),
      new Cell(first === undefined ? "" : plainText(mismatchText(first), 200), { classes: "wrap" }),
    ]);
  });
  const heads = ["Started", left("Verdict"), "Calls", left("june-load"), left("Result"), left("Left out")];
  return markup`<h2 id="runs">Runs</h2>
${numberTable("runs", heads, rows)}`;
}
