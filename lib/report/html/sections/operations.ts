/** The table of operations: calls, errors, response time with its percentiles, and service time beside it. */
import { HEADLINE } from "../../../plan/threshold/threshold.ts";
import { errorRate } from "../../../measure/series.ts";
import type { FigureIn } from "../../../plan/threshold/shown.ts";
import { matchesGlob } from "../../../plan/glob.ts";
import { formatCount, formatNumber, formatPercent, NO_VALUE } from "../../../plan/units.ts";
import type { Threshold } from "../../../plan/threshold/threshold.ts";
import { speaksInRealTime } from "../../figures/kinds.ts";
import { censoredPercentile } from "../../../measure/censored.ts";
import type { Run } from "../../../result/run.ts";
import { type Bin, binLength, binsOf, timesByBin } from "../../figures/bins.ts";
import { figureOf, percentileFigure, plainPercentile } from "../../figures/estimates.ts";
import { AGGREGATED, percentileName, type Row, selectionOf } from "../../figures/figures.ts";
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
  const bins = binsOf(run, binLength(run, SPARK_POINTS));
  const overTime: Column<Row> = {
    head: { text: "Over time", title: "P95 of the response time over the run" },
    cell: (row) => row === all ? null : sparkline(bins, row.name),
  };
  const [calls, ...figures] = figureColumns(run);
  const columns = [...(calls === undefined ? [] : [calls]), unfinishedColumn(run), ...figures];
  const total = { name: "All", row: all, emphasis: "total" as const };
  const rows = [...operations.map((row) => ({ name: row.name, row })), ...(operations.length > 1 ? [total] : [])];
  return markup`<h2 id="operations">Operations</h2>
<p>Response time in milliseconds: what a person waits for the answer once they have finished asking. Ok calls, ${
    omissions(run)
  } left out. Below a figure stands its 95 % confidence interval; where the calls are too few to carry it, it is grey,
with their number. Limits broken are in colour.${goodNote(run)}${spokenNote(run)}</p>
${sparseTable("operations", "Operation", rows, [...columns, serviceColumn(run), overTime])}`;
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
    if (stage !== undefined) return formatPercent(errorRate(row.total));
    const figure = figureOf(run, { kind: "error_rate" }, selectionOf(row));
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
  // A run has one table without a stage, and as many operations times stages as it likes.
  const read = stage === undefined ? percentileFigure : plainPercentile;
  const figure = read(run, HEADLINE, percentile, selectionOf(row, stage));
  const broken = figure.value === null ? undefined : brokenLimit(run, row.name, percentile, figure.value, stage);
  const look = broken === undefined ? {} : { classes: "over", title: `over the limit of ${broken.source}` };
  return figureCellOrDash(figure, { text: milliseconds, ...look });
}

/** The rule that a percentile of a row breaks, by itself; the row of all calls answers only to rules on all calls. */
function brokenLimit(run: Run, name: string, percentile: number, value: number, stage?: string): Threshold | undefined {
  return run.plan.thresholds.find(({ measure, operations, stage: ruleStage, comparison, limit }) =>
    measure.kind === "percentile" && measure.of === HEADLINE && measure.percentile === percentile &&
    (name === AGGREGATED ? operations === null : operations !== null && matchesGlob(operations, name)) &&
    ruleStage === (stage ?? null) && (comparison === "<" ? value >= limit : comparison === "<=" && value > limit)
  );
}

/** P95 of an operation over the run, as a line without axes; empty where nothing was measured. */
function sparkline(bins: readonly Bin[], operation: string): Markup | null {
  const values = timesByBin(
    bins,
    operation,
    ({ answered, givenUp }) => censoredPercentile(answered, givenUp, 95)?.value_us ?? null,
  );
  const max = values.reduce<number>((most, value) => Math.max(most, value ?? 0), 0);
  if (max === 0) return null;
  const step = SPARK_WIDTH / Math.max(1, values.length - 1);
  const points = values.flatMap((value, i) =>
    value === null ? [] : [`${(i * step).toFixed(1)},${(21 - 20 * Math.max(0, value) / max).toFixed(1)}`]
  );
  return markup`<svg class="spark" viewBox="0 0 ${SPARK_WIDTH} 22" aria-hidden="true">
<polyline points="${points.join(" ")}"/></svg>`;
}
