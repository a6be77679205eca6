/** The table of operations: calls, errors, response time with its percentiles, and service time beside it. */
import { HEADLINE } from "../../../plan/threshold/threshold.ts";
import { endedCalls, errorRate } from "../../../measure/series.ts";
import type { FigureIn } from "../../../plan/threshold/shown.ts";
import { matchesGlob } from "../../../plan/glob.ts";
import { formatCount, formatNumber, formatPercent, NO_VALUE } from "../../../plan/units.ts";
import type { Threshold } from "../../../plan/threshold/threshold.ts";
import { speaksInRealTime } from "../../figures/kinds.ts";
import type { Run } from "../../../result/run.ts";
import { operationColors } from "../../charts/colors.ts";
import { nearestOperations } from "../../charts/response_charts.ts";
import { memoized } from "../../figures/memory.ts";
import { hasDetails } from "../chart_data.ts";
import { percentilesOverTime } from "../../figures/over_time.ts";
import { figureOf, percentileFigure, plainPercentile } from "../../figures/estimates.ts";
import { AGGREGATED, errorsOf, operationsOf, percentileName, type Row, selectionOf } from "../../figures/figures.ts";
import { objectivesText, operationsWithoutObjective } from "../../figures/goodput.ts";
import { omissions } from "../../figures/rules.ts";
import { type Column, sparseTable } from "../table/columns.ts";
import { figureCell, figureCellOrDash, milliseconds } from "../table/figure_cell.ts";
import { figureHead } from "../table/figure_head.ts";
import { type Insertion, type Markup, markup } from "../markup.ts";
import type { Cell } from "../table/table.ts";

const SPARK_POINTS = 60;
const SPARK_WIDTH = 84;

/** Name of a row on the page. */
export function rowName(name: string): string {
  return name === AGGREGATED ? "All" : name;
}

/** Every operation with all the percentiles of the plan. */
export function operationsSection(run: Run, operations: readonly Row[], all: Row): Markup {
  const overTime: Column<Row> = {
    head: { text: "Over time", title: "P95 of the response time over the run" },
    cell: (row) => row === all ? null : sparkline(run, row.name),
  };
  const [calls, ...figures] = figureColumns(run);
  const columns = [...(calls === undefined ? [] : [calls]), unfinishedColumn(run), ...figures];
  const total = { name: "All", row: all, emphasis: "total" as const };
  const named = operations.map((row) => ({ name: operationLink(run, row.name), row }));
  const rows = [...named, ...(operations.length > 1 ? [total] : [])];
  return markup`<h2 id="operations">Operations</h2>
<p>Response time in milliseconds: what a person waits for the answer once they have finished asking. Ok calls, ${
    omissions(run)
  } left out. Below a figure stands its 95 % confidence interval; where the calls are too few to carry it, it is grey,
with their number. Limits broken are in colour. Choose an operation to open it.${goodNote(run)}${spokenNote(run)}</p>
${sparseTable("operations", "Operation", rows, [...columns, serviceColumn(run), overTime])}${apartNote(run, all)}`;
}

/** An operation in its colour, linked to what there is to know of it. */
export function operationLink(run: Run, operation: string): Markup {
  const color = operationColors(run).get(operation) ?? "op-0";
  if (!hasDetails(run, operation)) return markup`<i class="swatch ${color}"></i>${operation}`;
  return markup`<a class="op" href="#${operationId(run, operation)}"><i class="swatch ${color}"></i>${operation}</a>`;
}

/** The id of an operation's part of the page: its name, as an address can hold it. */
export function operationId(run: Run, operation: string): string {
  const slug = (name: string) => `op-${name.replace(/[^\w.-]+/g, "-")}`;
  const same = operationsOf(run).filter((name) => slug(name) === slug(operation));
  return same.length === 1 ? slug(operation) : `${slug(operation)}-${same.indexOf(operation) + 1}`;
}

/** Calls of the warm-up stand apart, so that all counts of the page add up. */
function apartNote(run: Run, all: Row): Markup | null {
  const { outcomes } = run.total({}, true);
  const calls = endedCalls(outcomes) - all.calls;
  if (calls === 0) return null;
  const failed = errorsOf(outcomes) - errorsOf(all.total.outcomes);
  return markup`<p class="note" id="warm-up-calls">Warm-up, in none of these figures: ${formatCount(calls)} calls, ${
    formatCount(failed)
  } of them failed. With it ${formatCount(all.calls + calls)} calls ended.</p>
`;
}

function goodNote({ plan }: Run): string {
  if (plan.objectives.length === 0) return "";
  const without = operationsWithoutObjective(plan);
  const others = without.length === 0
    ? ""
    : ` No objective applies to ${without.join(", ")}: calls of ${
      without.length === 1 ? "it" : "them"
    } are neither good nor bad.`;
  return ` A call is good when it is ok and meets ${objectivesText(plan.objectives)}.${others}`;
}

/** A clip spoken at the speed of speech takes its length, however quick the service is. */
function spokenNote({ plan }: Run): string {
  const spoken = plan.tasks.filter((task) => speaksInRealTime(plan, task)).map(({ operation }) => operation);
  if (spoken.length === 0) return "";
  return ` ${spoken.join(" and ")} ${spoken.length > 1 ? "speak" : "speaks"} in real time: the response time counts ` +
    `from the end of speech in the clip, the service time holds the whole clip.`;
}

/** Calls, rate, errors, goodput and response time, over the whole run or one stage. */
export function figureColumns(run: Run, stage?: string): Column<Row>[] {
  const times = (cell: (row: Row) => string): (row: Row) => Insertion => (row) =>
    row.values.histogram(HEADLINE).count === 0 ? NO_VALUE : cell(row);
  // In the order in which the table shows them; the compiler finds what the catalogue has and this leaves out.
  const figures: Record<FigureIn<"operations">, Column<Row>[]> = {
    calls: [{ head: figureHead("calls"), cell: ({ calls }) => formatCount(calls) }],
    throughput: [{ head: figureHead("throughput"), cell: ({ rate_per_s }) => formatNumber(rate_per_s) }],
    error_rate: [{ head: figureHead("error_rate"), cell: errorCell(run, stage) }],
    good_rate: goodColumns(run, stage),
  };
  return [
    ...Object.values(figures).flat(),
    {
      head: { group: "Response time", text: "Mean" },
      cell: times(({ values }) => milliseconds(values.histogram(HEADLINE).mean)),
    },
    ...run.plan.percentiles.map((p): Column<Row> => ({
      head: { group: "Response time", text: percentileName(p) },
      cell: (row) => percentileCell(run, row, p, stage),
    })),
    { head: { group: "Response time", text: "Max" }, cell: (row) => maxCell(run, row, stage) },
  ];
}

/** Empty, and so left out, where every call of the run had its time. */
function unfinishedColumn(run: Run): Column<Row> {
  const some = run.total().outcomes.unfinished > 0;
  return {
    head: { text: "Unfinished", title: "Of these calls, cut off by the end of the run" },
    cell: ({ total }) => some ? formatCount(total.outcomes.unfinished) : null,
  };
}

function errorCell(run: Run, stage: string | undefined): (row: Row) => Insertion {
  return (row) => {
    if (row.calls === 0) return NO_VALUE;
    if (stage !== undefined && !hasStageIntervals(run, row.name)) return formatPercent(errorRate(row.total));
    const figure = figureOf(run, { kind: "error_rate" }, selectionOf(row, stage));
    return figureCell({ ...figure, sampleSufficient: true }, { text: formatPercent }) ??
      formatPercent(errorRate(row.total));
  };
}

/** Without objectives every ok call is good: the rate says it all. */
function goodColumns(run: Run, stage: string | undefined): Column<Row>[] {
  if (run.plan.objectives.length === 0) return [];
  return [{
    head: figureHead("good_rate"),
    cell: (row) =>
      figureCellOrDash({ ...figureOf(run, { kind: "good_rate" }, selectionOf(row, stage)), interval: null }, {
        text: formatPercent,
      }),
  }];
}

/**
 * What other load testers call latency. Of one operation the difference to `latency` is the waiting before the call could
 * start; over several operations it would measure their mix, and the clips spoken.
 */
function serviceColumn(run: Run): Column<Row> {
  return {
    head: {
      group: "Service time",
      text: "P95",
      title:
        "P95 of the whole call from its actual start, the clip of speech included: what most load testers call latency",
    },
    cell: (row) => {
      if (row.name === AGGREGATED) return NO_VALUE;
      const figure = plainPercentile(run, "service_time", 95, selectionOf(row));
      return figureCell(figure, { text: milliseconds });
    },
  };
}

function maxCell(run: Run, row: Row, stage: string | undefined): Cell {
  const figure = figureOf(run, { kind: "max", of: HEADLINE }, selectionOf(row, stage));
  return figureCellOrDash({ ...figure, interval: null }, { text: milliseconds });
}

function percentileCell(run: Run, row: Row, percentile: number, stage: string | undefined): Cell {
  const read = stage === undefined || hasStageIntervals(run, row.name) ? percentileFigure : plainPercentile;
  const figure = read(run, HEADLINE, percentile, selectionOf(row, stage));
  const broken = figure.value === null ? undefined : brokenLimit(run, row.name, percentile, figure.value, stage);
  const look = broken === undefined ? {} : { classes: "over", title: `over the limit of ${broken.source}` };
  return figureCellOrDash(figure, { text: milliseconds, ...look });
}

/** Most stages, over all operations, whose figures have intervals: each figure's takes a millisecond to work out. */
const MAX_STAGE_INTERVALS = 60;

/** Whether an operation's figures of each stage have their intervals: those nearest to their limits have. */
export function hasStageIntervals(run: Run, operation: string): boolean {
  const most = Math.floor(MAX_STAGE_INTERVALS / run.plan.stages.length);
  return memoized(run, "operations with intervals of stages", () => new Set(nearestOperations(run).slice(0, most)))
    .has(operation);
}

/** The rule that a percentile of a row breaks, by itself; the row of all calls answers only to rules on all calls. */
function brokenLimit(run: Run, name: string, percentile: number, value: number, stage?: string): Threshold | undefined {
  return run.plan.thresholds.find(({ measure, operations, stage: ruleStage, comparison, limit }) =>
    measure.kind === "percentile" && measure.of === HEADLINE && measure.percentile === percentile &&
    (name === AGGREGATED ? operations === null : operations !== null && matchesGlob(operations, name)) &&
    ruleStage === (stage ?? null) && (comparison === "<" ? value >= limit : comparison === "<=" && value > limit)
  );
}

/** P95 of an operation over the run, as a line without axes; null where nothing was measured. */
export function sparkline(run: Run, operation: string): Markup | null {
  const values = thinned(percentilesOverTime(run, operation)[95].values);
  const max = values.reduce<number>((most, value) => Math.max(most, value ?? 0), 0);
  if (max === 0) return null;
  const step = SPARK_WIDTH / Math.max(1, values.length - 1);
  const points = values.flatMap((value, i) =>
    value === null ? [] : [`${(i * step).toFixed(1)},${(21 - 20 * Math.max(0, value) / max).toFixed(1)}`]
  );
  const color = operationColors(run).get(operation) ?? "op-0";
  return markup`<svg class="spark ${color}" viewBox="0 0 ${SPARK_WIDTH} 22" aria-hidden="true">
<polyline points="${points.join(" ")}"/></svg>`;
}

/** The highest of each group of neighbours: no peak is lost. */
function thinned(values: ReadonlyArray<number | null>): Array<number | null> {
  const size = Math.ceil(values.length / SPARK_POINTS);
  return Array.from({ length: Math.ceil(values.length / size) }, (_, i) => {
    const known = values.slice(i * size, (i + 1) * size).filter((value) => value !== null);
    return known.length === 0 ? null : Math.max(...known);
  });
}
