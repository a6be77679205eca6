/** The report as one self-contained HTML file: no network, no other file, no unsafe inline script. */
import type { Run } from "../../result/run.ts";
import type { Verdict } from "../../verdict/verdict.ts";
import type { ComparisonReport } from "../figures/comparison.ts";
import { rowsOf } from "../figures/figures.ts";
import { plainText } from "../format/escape.ts";
import { type ChartPlaces, type PageData, pageData } from "./chart_data.ts";
import { documentOf } from "./document.ts";
import { type Markup, markup } from "./markup.ts";
import { chartFigures } from "./sections/charts.ts";
import { comparisonSection } from "./sections/comparison.ts";
import { connectionTable } from "./sections/connections.ts";
import { detailsSection } from "./sections/details.ts";
import { filesSection } from "./sections/files.ts";
import { errorsSection, machineFacts, trustSection } from "./sections/findings.ts";
import { glossarySection } from "./sections/glossary.ts";
import { barSection, type Content, verdictSection } from "./sections/head.ts";
import { llmSection } from "./sections/llm.ts";
import { operationsSection } from "./sections/operations.ts";
import { planSection } from "./sections/plan.ts";
import { serverSection } from "./sections/server.ts";
import { stagesSection } from "./sections/stages.ts";
import { sttSection } from "./sections/stt.ts";
import { driftSection, recoverySection } from "./sections/trends.ts";
import { ttsSection } from "./sections/tts.ts";
import { turnSection } from "./sections/turn.ts";
import { whatSection } from "./sections/what.ts";

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
  const rows = rowsOf(run);
  const { data, places } = pageData(run, verdict, rows.operations);
  const bar = barSection(run, verdict, contentsOf(run, options));
  return documentOf({ title, bar, body: renderBody(run, verdict, options, rows, data, places), data });
}

/** The parts of the page that the bar names. */
function contentsOf(run: Run, { baseline }: PageOptions): Content[] {
  const named: Array<[id: string, name: string, there: boolean]> = [
    ["verdict", "Verdict", true],
    ["what", "What happened", true],
    ["operations", "Operations", true],
    ["comparison", "Comparison", baseline !== undefined],
    ["errors", "Errors", true],
    ["resources", "Machines", run.slots.length > 0],
    ["trust", "Trust", true],
    ["plan", "Plan", true],
    ["files", "Data", true],
  ];
  return named.filter(([, , there]) => there).map(([id, name]) => ({ id, name }));
}

/** The content of `main`: the verdict first, then the detail. */
export function renderBody(
  run: Run,
  verdict: Verdict,
  options: PageOptions,
  { operations, all }: ReturnType<typeof rowsOf>,
  data: PageData,
  places: ChartPlaces,
): Markup {
  const { version, baseline } = options;
  const sections = [
    verdictSection(run, verdict, all, version, baseline),
    whatSection(run, data, places),
    turnSection(run, operations),
    operationsSection(run, operations, all),
    detailsSection(run, operations, data, places),
    llmSection(run, operations),
    sttSection(run, operations),
    ttsSection(run, operations),
    serverSection(run),
    stagesSection(run),
    recoverySection(run),
    driftSection(run),
    baseline === undefined ? null : comparisonSection(run, baseline),
    errorsSection(run),
    connectionsSection(run, data, places),
    resourcesSection(run, data, places),
    trustSection(run, verdict, operations),
    planSection(run),
    filesSection(),
    glossarySection(),
  ];
  return markup`${sections}<footer>Made by june-load ${version} from result.ndjson · works offline and sends nothing</footer>
`;
}

function connectionsSection(run: Run, { charts }: PageData, { connections }: ChartPlaces): Markup | null {
  if (run.slots.length === 0) return null;
  return markup`<h2 id="connections">Connections</h2>
<p>Connections that were open, second by second.</p>
<div class="cols">
${chartFigures(connections, charts)}</div>
${connectionTable(run)}`;
}

function resourcesSection(run: Run, { charts }: PageData, { machines }: ChartPlaces): Markup {
  return markup`<h2 id="resources">Machines</h2>
<p>The machine that made the load, and GPUs on it.</p>
${machineFacts(run)}<div class="cols three">
${chartFigures(machines, charts)}</div>
`;
}
