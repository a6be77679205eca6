/** Stage by stage: the load planned, the load reached, and how the services answered. */
import { HEADLINE } from "../../../plan/threshold/threshold.ts";
import { errorRate } from "../../../measure/series.ts";
import type { FigureIn } from "../../../plan/threshold/shown.ts";
import type { Stage } from "../../../plan/plan.ts";
import { formatClock, formatCount, formatNumber, formatPercent, NO_VALUE } from "../../../plan/units.ts";
import type { Run } from "../../../result/run.ts";
import { figureOf, percentileFigure, plainPercentile } from "../../figures/estimates.ts";
import { percentileName, type Row, rowOfAll } from "../../figures/figures.ts";
import { hasOpenLoad, type Reached, reachedIn, targetText } from "../../figures/load_reached.ts";
import { type Slowest, slowestOf } from "../../figures/slowest.ts";
import { plainText } from "../../format/escape.ts";
import { type Column, sparseTable } from "../table/columns.ts";
import { figureCell, milliseconds } from "../table/figure_cell.ts";
import { figureHead } from "../table/figure_head.ts";
import { type Markup, markup } from "../markup.ts";
import { wordErrorCell } from "./stt.ts";
import { Cell } from "../table/table.ts";

interface StageRow {
  stage: Stage;
  all: Row;
  reached: Reached | null;
  slowest: Slowest | null;
}

/** Null for a plan of one closed stage: the table above shows the same. */
export function stagesSection(run: Run): Markup | null {
  const { stages } = run.plan;
  if (stages.length < 2 && !hasOpenLoad(run)) return null;
  const rows = stages.map((stage) => {
    const all = rowOfAll(run, stage.name);
    const slowest = slowestOf(run, { stage: stage.name });
    return { name: stage.name, row: { stage, all, reached: reachedIn(run, stage), slowest } };
  });
  const arrivals = hasOpenLoad(run)
    ? " Offered: arrivals that fell due. An arrival that cannot start in time is dropped."
    : "";
  return markup`<h2 id="stages">Stage by stage</h2>
<p>All operations together; the response time is that of the slowest, in milliseconds. A call belongs to the stage in
which it was meant to start. Each operation has its own stages above.${arrivals}</p>
${sparseTable("stages", "Stage", rows, columnsOf(run))}`;
}

function columnsOf(run: Run): Column<StageRow>[] {
  return [
    { head: "Time", cell: ({ stage }) => `${formatClock(stage.start_ms)}–${formatClock(stage.end_ms)}` },
    {
      head: { text: "Asked for", left: true },
      cell: ({ stage }) => new Cell(askedText(run, stage), { classes: "left" }),
    },
    ...arrivalColumns(run),
    ...figureColumnsOf(run),
  ];
}

/** In the order in which the table shows them; the compiler finds what the catalogue has and this leaves out. */
function figureColumnsOf(run: Run): Column<StageRow>[] {
  const where = ({ stage }: StageRow) => ({ stage: stage.name });
  const columns: Record<FigureIn<"stages"> | "response_time", Column<StageRow>[]> = {
    calls: [{ head: figureHead("calls"), cell: ({ all }) => formatCount(all.calls) }],
    throughput: [{ head: figureHead("throughput"), cell: ({ all }) => formatNumber(all.rate_per_s) }],
    error_rate: [{
      head: figureHead("error_rate"),
      cell: ({ all }) => all.calls === 0 ? NO_VALUE : formatPercent(errorRate(all.total)),
    }],
    goodput: run.plan.objectives.length === 0 ? [] : [{
      head: figureHead("goodput"),
      cell: (row) => figureCell(figureOf(run, { kind: "goodput" }, where(row)), { text: formatNumber }),
    }],
    response_time: slowestColumns(run),
    wer: [{
      head: { ...figureHead("wer"), title: "Word error rate under this load" },
      cell: (row) => wordErrorCell(run, where(row)),
    }],
  };
  return Object.values(columns).flat();
}

/** The operation that people waited longest for in each stage. */
function slowestColumns(run: Run): Column<StageRow>[] {
  const group = run.operations.length > 1 ? "Response time of the slowest operation" : "Response time";
  const name: Column<StageRow> = {
    head: { group, text: "Name", left: true, title: "The operation with the highest P95 in the stage" },
    cell: ({ slowest }) => slowest === null ? null : new Cell(plainText(slowest.operation, 80), { classes: "left" }),
  };
  const percentiles = [50, 95, 99].map((p): Column<StageRow> => ({
    head: { group, text: percentileName(p) },
    cell: ({ stage, slowest }) => {
      if (slowest === null) return NO_VALUE;
      const selection = { operations: slowest.operation, stage: stage.name };
      return figureCell(plainPercentile(run, HEADLINE, p, selection), { text: milliseconds });
    },
  }));
  return run.operations.length > 1 ? [name, ...percentiles] : percentiles;
}

function askedText(run: Run, stage: Stage): string {
  const known = /warm/.test(stage.name);
  return `${targetText(run, stage)}${stage.warm_up && !known ? " (warm-up)" : ""}`;
}

function arrivalColumns(run: Run): Column<StageRow>[] {
  const per_s = (read: (reached: Reached) => number) => ({ reached }: StageRow) =>
    reached === null ? null : formatNumber(read(reached));
  return [
    {
      head: { group: "Arrivals", text: "Offered/s", title: "Arrivals that fell due" },
      cell: per_s(({ offered_per_s }) => offered_per_s),
    },
    {
      head: { group: "Arrivals", text: "Begun/s", title: "Tasks that began" },
      cell: per_s(({ begun_per_s }) => begun_per_s),
    },
    {
      head: { group: "Arrivals", text: "Dropped", title: "Arrivals that could not start within the longest wait" },
      cell: ({ reached }) =>
        reached === null
          ? null
          : new Cell(formatCount(reached.dropped), { classes: reached.dropped > 0 ? "over" : "" }),
    },
    {
      head: {
        group: "Arrivals",
        text: "Waited P99",
        title: "P99 of the start delay: from the intended to the actual start; milliseconds",
      },
      cell: ({ reached, stage }) =>
        reached === null
          ? null
          : figureCell(percentileFigure(run, "start_delay", 99, { stage: stage.name }), { text: milliseconds }),
    },
  ];
}
