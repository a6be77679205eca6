/** The report as one self-contained HTML file: no network, no other file, no unsafe inline script. */
import { createHash } from "node:crypto";
import { writeDuration } from "../../plan/units.ts";
import type { Run } from "../../result/run.ts";
import type { Verdict } from "../../verdict/verdict.ts";
import type { ComparisonReport } from "../figures/comparison.ts";
import { type Row, rowsOf } from "../figures/figures.ts";
import { MAX_PANELS } from "../charts/response_charts.ts";
import { plainText, scriptJson } from "../format/escape.ts";
import { type ChartData, chartData } from "./chart_data.ts";
import { connectionTable } from "./sections/connections.ts";
import { comparisonSection } from "./sections/comparison.ts";
import { errorsSection, eventList, machineFacts, trustSection } from "./sections/findings.ts";
import { glossarySection } from "./sections/glossary.ts";
import { figuresSection, headerSection, verdictSection } from "./sections/head.ts";
import { type Markup, markup, verbatim } from "./markup.ts";
import { planSection } from "./sections/plan.ts";
import { llmSection } from "./sections/llm.ts";
import { operationsSection } from "./sections/operations.ts";
import { serverSection } from "./sections/server.ts";
import { stagesSection } from "./sections/stages.ts";
import { sttSection } from "./sections/stt.ts";
import { driftSection, recoverySection } from "./sections/trends.ts";
import { ttsSection } from "./sections/tts.ts";
import { turnSection } from "./sections/turn.ts";
import echarts from "echarts/dist/echarts.min.js" with { type: "text" };
import script from "./page/bundle.js" with { type: "text" };
import layout from "./style/layout.css" with { type: "text" };
import narrow from "./style/narrow.css" with { type: "text" };
import paper from "./style/paper.css" with { type: "text" };
import tables from "./style/tables.css" with { type: "text" };
import theme from "./style/theme.css" with { type: "text" };

const style = theme + layout + tables + narrow + paper;

/** What a page is made of besides the run. */
export interface PageOptions {
  /** june-load's version, for the foot of the page. */
  version: string;
  /** The run beside an earlier one. */
  baseline?: ComparisonReport;
}

/**
 * The whole document.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { makeRun } from "../../../tests/result/make_run.ts"; // sixty made-up seconds
 * import { evaluate } from "../../verdict/evaluate.ts";
 *
 * const run = makeRun();
 * assert.match(renderHtml(run, evaluate(run), { version: "0.1.0" }), /^<!doctype html>/);
 * ```
 */
export function renderHtml(run: Run, verdict: Verdict, options: PageOptions): string {
  const title = `${plainText(run.plan.scenario)} · ${verdict.status} · june-load`;
  const data = chartData(run, rowsOf(run).operations);
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${contentSecurityPolicy()}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${verbatim(style)}</style>
</head>
<body>
<main>
${renderBody(run, verdict, options, data)}</main>
<script type="application/json" id="chart-data">${verbatim(scriptJson(data))}</script>
<script>${verbatim(echarts)}</script>
<script>${verbatim(script)}</script>
</body>
</html>
`.text;
}

/** Allows only the page's two scripts and one style sheet, each by its hash; the page may load nothing. */
export function contentSecurityPolicy(): string {
  const hash = (text: string) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
  return [
    "default-src 'none'",
    `script-src ${hash(echarts)} ${hash(script)}`,
    `style-src ${hash(style)}`,
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
}

/** The content of `main`: the verdict first, then the detail. */
export function renderBody(run: Run, verdict: Verdict, options: PageOptions, data: ChartData): Markup {
  const { operations, all } = rowsOf(run);
  const { version, baseline } = options;
  const sections = [
    headerSection(run, version),
    verdictSection(run, verdict),
    figuresSection(run, all),
    timeSection(run, data),
    turnSection(run, operations),
    operationsSection(run, operations, all),
    llmSection(run, operations),
    sttSection(run, operations),
    ttsSection(run, operations),
    serverSection(run),
    stagesSection(run),
    recoverySection(run),
    driftSection(run),
    baseline === undefined ? null : comparisonSection(run, baseline),
    tailSection(all, data),
    errorsSection(run),
    connectionsSection(run, data),
    resourcesSection(run, data),
    trustSection(run, verdict, operations),
    planSection(run),
    glossarySection(),
  ];
  return markup`${sections}<footer>Made by june-load ${version} from result.ndjson · works offline · data embedded below</footer>
`;
}

function chartPlace(data: ChartData, id: string): Markup | null {
  const chart = data.charts[id];
  if (chart === undefined) return null;
  return markup`<div id="${id}" class="chart" role="img" aria-label="${chart.description}">
<noscript>Charts need JavaScript.</noscript></div>
`;
}

function timeSection(run: Run, data: ChartData): Markup {
  const place = chartPlace(data, "time-chart");
  if (place === null) {
    return markup`<h2 id="time">What happened</h2>
<p>No data: the run ended before the first second was measured.</p>
${eventList(run)}`;
  }
  const length = writeDuration(data.bin_ms * 1000);
  const shaded = run.plan.stages.length > 1 ? "; every second stage of the plan is shaded" : "";
  return markup`<h2 id="time">What happened</h2>
<p>Response time of each operation, load, and the machines on one time axis. Percentiles are over ${length} each${shaded}.</p>
${operationPicker(run, data)}${chartPlace(data, "response-chart")}${place}${eventList(run)}`;
}

/** Selects the operation whose response time is shown with all its percentiles. */
function operationPicker(run: Run, data: ChartData): Markup | null {
  const names = Object.keys(data.variants);
  if (names.length === 0 || data.charts["response-chart"] === undefined) return null;
  const each = run.operations.length > MAX_PANELS
    ? `the ${MAX_PANELS} operations nearest to their limits`
    : "each operation";
  const option = (value: string, text: string) => markup`<option value="${value}">${text}</option>`;
  return markup`<label class="pick" hidden>Response time of
<select id="pick-operation">${option("", each)}${names.map((name) => option(name, name))}</select></label>
`;
}

function tailSection({ values }: Row, data: ChartData): Markup | null {
  if (data.charts["percentile-chart"] === undefined) return null;
  const hidden = values.outcomes.timed_out > 0 ? " A line ends where calls that timed out hide the rest." : "";
  const part = (title: string, text: string, id: string) =>
    markup`<section><h2>${title}</h2><p>${text}</p>
${chartPlace(data, id)}</section>
`;
  return markup`<div class="two">
${part("Response time by percentile", `How the tail behaves, each operation.${hidden}`, "percentile-chart")}
${part("Response times over the run", "Every ok call; the stronger the colour, the more calls.", "heat-chart")}
</div>
`;
}

function connectionsSection(run: Run, data: ChartData): Markup | null {
  const place = chartPlace(data, "connection-chart");
  if (place === null) return null;
  return markup`<h2 id="connections">Connections</h2>
<p>Calls, streams and connections that were open, second by second.</p>
${place}${connectionTable(run)}`;
}

function resourcesSection(run: Run, data: ChartData): Markup {
  return markup`<h2 id="resources">Resources</h2>
<p>The machine that made the load, and GPUs on it.</p>
${machineFacts(run)}${chartPlace(data, "resource-chart")}`;
}
