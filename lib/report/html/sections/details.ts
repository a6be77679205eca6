/** One operation opened: every call, percentiles, what its callers feel beside the response time, stages, errors. */
import { formatCount, formatPercent } from "../../../plan/units.ts";
import { errorRate } from "../../../measure/series.ts";
import type { Run } from "../../../result/run.ts";
import { operationColors } from "../../charts/colors.ts";
import { type Row, rowsOf } from "../../figures/figures.ts";
import type { ChartPlaces, PageData } from "../chart_data.ts";
import { type Markup, markup } from "../markup.ts";
import { sparseTable } from "../table/columns.ts";
import { chartFigures } from "./charts.ts";
import { failuresOf } from "./findings.ts";
import { figureColumns, hasStageIntervals, operationId } from "./operations.ts";

/** A fold for each operation. */
export function detailsSection(run: Run, rows: readonly Row[], { charts }: PageData, places: ChartPlaces): Markup {
  const stages = run.plan.stages.map((stage) => ({ stage, rows: rowsOf(run, stage.name).operations }));
  const folds = rows.filter(({ name }) => places.operations.has(name)).map((row) => {
    const own = places.operations.get(row.name) ?? { wide: [], small: [] };
    const id = operationId(run, row.name);
    const byStage = stages.flatMap(({ stage, rows: found }) =>
      found.filter(({ name, calls }) => name === row.name && calls > 0).map((one) => ({ stage, row: one }))
    );
    return markup`<details class="drill ${operationColors(run).get(row.name) ?? "op-0"}" id="${id}">
<summary><b>${row.name}</b> <span>${summaryOf(row)}</span></summary>
<div class="cols wide">
${chartFigures(own.wide, charts)}</div>
<div class="cols three">
${chartFigures(own.small, charts)}</div>
${run.plan.stages.length < 2 ? null : stageTable(run, `${id}-stages`, byStage)}${errorsOf(run, row.name, id)}</details>
`;
  });
  return markup`${folds}`;
}

function summaryOf({ calls, total }: Row): string {
  return `${formatCount(calls)} calls, ${calls === 0 ? "none" : formatPercent(errorRate(total))} failed`;
}

/** Each stage's figures are read like those of the table of operations, with their intervals where the load was steady. */
function stageTable(
  run: Run,
  id: string,
  rows: ReadonlyArray<{ stage: Run["plan"]["stages"][number]; row: Row }>,
): Markup | null {
  const [first] = rows;
  if (first === undefined) return null;
  const columns = figureColumns(run, "");
  const cells = new Map(rows.map(({ stage }) => [stage.name, figureColumns(run, stage.name)]));
  const named = rows.map(({ stage, row }) => ({
    name: `${stage.name}${stage.warm_up ? ", apart" : ""}`,
    row: { stage, row },
  }));
  const why = hasStageIntervals(run, first.row.name)
    ? "Below a figure its 95 % interval; none where the load of a stage was not steady, or its calls too few."
    : "Without intervals, which the operations nearest to their limits have.";
  return markup`<h3 id="${id}">Stage by stage</h3>
<p class="note">${why}</p>
${
    sparseTable(
      id,
      "Stage",
      named,
      columns.map(({ head }, i) => ({
        head,
        cell: ({ stage, row }) => cells.get(stage.name)?.[i]?.cell(row) ?? null,
      })),
    )
  }`;
}

function errorsOf(run: Run, operation: string, id: string): Markup | null {
  const table = failuresOf(run, operation, `${id}-errors`);
  return table === null ? null : markup`<h3 id="${id}-errors">Errors</h3>
${table}`;
}
