/** The tables of operations: all percentiles, streams, and stage by stage. */
import type { Histogram } from "../../measure/histogram.ts";
import { errorRate } from "../../measure/series.ts";
import { matchesGlob } from "../../plan/glob.ts";
import { formatCount, formatDuration, formatNumber, formatPercent, NO_VALUE } from "../../plan/units.ts";
import type { Stage } from "../../plan/plan.ts";
import type { Threshold } from "../../plan/threshold.ts";
import type { Run } from "../../result/run.ts";
import { type Bin, binLength, binsOf, latencyByBin } from "../bins.ts";
import { AGGREGATED, enoughFor, percentileMs, percentileName, type Row, rowsOf } from "../figures.ts";
import { type Insertion, type Markup, markup } from "./markup.ts";
import { Cell, type Head, numberRow, numberTable } from "./table.ts";

const SPARK_POINTS = 60;
const SPARK_WIDTH = 104;

/** Name of a row on the page. */
export function rowName(name: string): string {
  return name === AGGREGATED ? "All" : name;
}

/** Every operation with all the percentiles of the plan. */
export function operationsSection(run: Run, operations: readonly Row[], all: Row): Markup {
  const bins = binsOf(run, binLength(run, SPARK_POINTS));
  const heads: Head[] = [
    ...figureHeads(run),
    { text: "First P95", title: "P95 of the time to the first message with content, of streams" },
    { text: "Over time", title: "P95 over the run" },
  ];
  const rowOf = (row: Row, operation?: string) => {
    const first = milliseconds(row.total.histogram("first_message"), 95);
    const cells = [...figureCells(run, row), first, sparkline(bins, operation)];
    return numberRow(rowName(row.name), cells, row === all ? "total" : "");
  };
  const rows = [...operations.map((row) => rowOf(row, row.name)), rowOf(all)];
  return markup`<h2 id="operations">Operations</h2>
<p>Latency in milliseconds from the intended start, ok calls, warm-up left out. Limits broken are in colour; a value in
italics rests on too few calls to be trusted.${spokenNote(run)}</p>
${numberTable("operations", heads, rows)}`;
}

/** A clip spoken at the speed of speech takes its length, however quick the service is. */
function spokenNote({ plan }: Run): string {
  const spoken = plan.services.some(({ name, options }) =>
    options.kind === "stt" && options.pacing === "real_time" &&
    plan.tasks.some((task) => task.services.includes(name) && task.name === "stt.recognize_stream")
  );
  if (!spoken) return "";
  return " Clips of stt.recognize_stream are spoken in real time: its latency holds their length, and what a speaker waits " +
    "for after the last word is the final latency under Streams.";
}

function figureHeads(run: Run): Head[] {
  return [
    "Operation",
    { text: "Calls", title: "Ended calls, whatever their outcome" },
    { text: "Share", title: "Part of all calls" },
    { text: "Rate/s", title: "Ok calls per second" },
    { text: "Errors", title: "(failed + timed out) / (ok + failed + timed out)" },
    "Min",
    "Mean",
    ...run.plan.percentiles.map(percentileName),
    "Max",
  ];
}

function figureCells(run: Run, row: Row, stage?: string): Insertion[] {
  const { calls, share, rate_per_s, total } = row;
  const latency = total.histogram("latency");
  const cell = (us: number) => latency.count === 0 ? NO_VALUE : formatNumber(us / 1000);
  return [
    formatCount(calls),
    formatPercent(share),
    formatNumber(rate_per_s),
    calls === 0 ? NO_VALUE : formatPercent(errorRate(total.outcomes)),
    cell(latency.min),
    cell(latency.mean),
    ...run.plan.percentiles.map((p) => percentileCell(run, row, p, stage)),
    cell(latency.max),
  ];
}

function percentileCell(run: Run, row: Row, percentile: number, stage: string | undefined): Cell {
  const latency = row.total.histogram("latency");
  if (latency.count === 0) return new Cell(NO_VALUE);
  const broken = brokenLimit(run, row.name, percentile, latency.percentile(percentile), stage);
  const few = !enoughFor(percentile, latency.count);
  const reasons = [
    ...(broken === undefined ? [] : [`over the limit of ${broken.source}`]),
    ...(few ? [`from ${formatCount(latency.count)} calls, too few to trust ${percentileName(percentile)}`] : []),
  ];
  const classes = [...(broken === undefined ? [] : ["over"]), ...(few ? ["few"] : [])].join(" ");
  return new Cell(milliseconds(latency, percentile), { classes, title: reasons.join("; ") });
}

/** The rule that a percentile of a row breaks, by itself; the row of all calls answers only to rules on all calls. */
function brokenLimit(run: Run, name: string, percentile: number, value: number, stage?: string): Threshold | undefined {
  return run.plan.thresholds.find(({ measure, operations, stage: rule_stage, comparison, limit }) =>
    measure.kind === "percentile" && measure.of === "latency" && measure.percentile === percentile &&
    (name === AGGREGATED ? operations === null : operations !== null && matchesGlob(operations, name)) &&
    rule_stage === (stage ?? null) && (comparison === "<" ? value >= limit : comparison === "<=" && value > limit)
  );
}

/** Milliseconds without the unit, which the heading names. */
function milliseconds(histogram: Histogram, percentile: number): string {
  return histogram.count === 0 ? NO_VALUE : formatNumber(histogram.percentile(percentile) / 1000);
}

/** P95 over the run, as a line without axes; empty where nothing was measured. */
function sparkline(bins: readonly Bin[], operation: string | undefined): Markup | null {
  const values = latencyByBin(bins, operation, (latency) => percentileMs(latency, 95));
  const max = values.reduce<number>((most, value) => Math.max(most, value ?? 0), 0);
  if (max === 0) return null;
  const step = SPARK_WIDTH / Math.max(1, values.length - 1);
  const points = values.flatMap((value, i) =>
    value === null ? [] : [`${(i * step).toFixed(1)},${(21 - 20 * value / max).toFixed(1)}`]
  );
  return markup`<svg class="spark" viewBox="0 0 ${SPARK_WIDTH} 22" aria-hidden="true">
<polyline points="${points.join(" ")}"/></svg>`;
}

const STREAM_PERCENTILES = [50, 95, 99];

/** First message, gaps and what follows the last word; null when nothing streamed. */
export function streamsSection(operations: readonly Row[]): Markup | null {
  const streams = operations.filter(({ total }) => total.histogram("first_message").count > 0);
  if (streams.length === 0) return null;
  const spoken = streams.some(({ total }) => total.histogram("final_latency").count > 0);
  const heads = (what: string, title: string): Head[] =>
    STREAM_PERCENTILES.map((p) => ({ text: `${what} ${percentileName(p)}`, title: `${title}; milliseconds` }));
  const cells = (histogram: Histogram) =>
    STREAM_PERCENTILES.map((p) => {
      const few = histogram.count > 0 && !enoughFor(p, histogram.count);
      return new Cell(milliseconds(histogram, p), { classes: few ? "few" : "" });
    });
  const rows = streams.map(({ name, total }) =>
    numberRow(name, [
      ...cells(total.histogram("first_message")),
      ...cells(total.histogram("gap")),
      ...(spoken ? cells(total.histogram("final_latency")) : []),
      total.outcomes.ok === 0 ? NO_VALUE : formatNumber(total.messages / total.outcomes.ok),
    ])
  );
  return markup`<h3 id="streams">Streams</h3>
${
    numberTable("streams", [
      "Operation",
      ...heads("First", "From the intended start to the first message with content"),
      ...heads("Gap", "Between one message with content and the next"),
      ...(spoken ? heads("Final", "From the end of speech to the final transcript") : []),
      { text: "Messages", title: "Messages with content for each ok call" },
    ], rows)
  }`;
}

/** The same figures for each stage of the plan, folded; null where there is one stage only. */
export function stagesSection(run: Run): Markup | null {
  if (run.plan.stages.length < 2) return null;
  const heads = figureHeads(run);
  const rows = run.plan.stages.flatMap((stage) => stageRows(run, stage, heads.length));
  return markup`<details><summary id="stages">Stage by stage</summary>
${numberTable("stages", heads, rows)}</details>
`;
}

function stageRows(run: Run, stage: Stage, columns: number): Markup[] {
  const { operations, all } = rowsOf(run, stage.name);
  const called = operations.filter(({ calls }) => calls > 0);
  const rows = called.length > 1 ? [...called, all] : called;
  const title = [
    stage.name,
    `${formatDuration(stage.start_ms * 1000)} to ${formatDuration(stage.end_ms * 1000)}`,
    ...(stage.warm_up ? ["warm-up: no objective reads it"] : []),
    ...(rows.length === 0 ? ["no call"] : []),
  ].join(", ");
  const head = markup`<tr class="group"><th colspan="${columns}" scope="rowgroup">${title}</th></tr>
`;
  const cells = (row: Row) =>
    numberRow(rowName(row.name), figureCells(run, row, stage.name), row === all ? "total" : "");
  return [head, ...rows.map(cells)];
}
