/** Language models: first token, gaps, time for each token or word, and output. */
import { formatCount, formatNumber } from "../../../plan/units.ts";
import type { Distribution } from "../../../plan/threshold/threshold.ts";
import type { Run } from "../../../result/run.ts";
import { type Figure, figureOf, percentileFigure } from "../../figures/estimates.ts";
import type { Row } from "../../figures/figures.ts";
import { commonUnit, outputUnit, rowsOfKind } from "../../figures/kinds.ts";
import { type Column, sparseTable } from "../table/columns.ts";
import { figureCell } from "../table/figure_cell.ts";
import { type Insertion, type Markup, markup } from "../markup.ts";
import { percentileColumns } from "../table/percentile_columns.ts";

/** Null where no language model was measured. */
export function llmSection(run: Run, operations: readonly Row[]): Markup | null {
  const rows = rowsOfKind(
    run,
    operations,
    "llm",
    (total) => total.histogram("first_message").count > 0 || outputUnit(total) !== null,
  );
  if (rows.length === 0) return null;
  const lengths = rows.some(({ total }) => outputUnit(total) !== null);
  return markup`<h3 id="llm">Language models</h3>
<p class="note">Times in milliseconds.${lengths ? sourceNote(rows) : ""}</p>
${sparseTable("llm", "Operation", rows.map((row) => ({ name: row.name, row })), columnsOf(run, rows))}`;
}

/** Tokens are never guessed: the page names their source. */
function sourceNote(rows: readonly Row[]): string {
  switch (commonUnit(rows)) {
    case "tokens":
      return " Output is counted in tokens, as the server itself reports them.";
    case "words":
      return " Output is counted in words because the server reports no tokens.";
    case null:
      return ` Output is counted in the server's own tokens where it reports them, else in words: ${
        rows.flatMap(({ name, total }) => outputUnit(total) === null ? [] : [`${name} in ${outputUnit(total)}`]).join(
          ", ",
        )
      }.`;
  }
}

function columnsOf(run: Run, rows: readonly Row[]): Column<Row>[] {
  const unit = commonUnit(rows)?.slice(0, -1) ?? "token or word";
  const units = commonUnit(rows) === null ? "Tokens or words" : unit === "token" ? "Tokens" : "Words";
  const rate = `${units}/s`;
  const columns = (of: Distribution, what: string, percentiles: number[], title: string) =>
    percentileColumns(run, { of, what, percentiles, title });
  return [
    ...columns("first_message", "First token", [50, 95, 99], "From the intended start to the first message with text"),
    ...columns("gap", "Gap", [50, 99], "Between one message with text and the next, those of all calls pooled"),
    ...columns("gap_max", "Largest gap", [95], "P95 over calls of the largest gap of each"),
    ...columns("token_time", `Per ${unit}`, [50, 95], `(last − first message) / (${unit}s − 1), call by call`),
    {
      head: { group: rate, text: "one user", title: `1 / P50 of the time per ${unit}: how fast one reader is served` },
      cell: ({ name }) => perUserCell(percentileFigure(run, "token_time", 50, { operations: name })),
    },
    {
      head: { group: rate, text: "in total", title: `${units} of ok calls that ended before the load did / its time` },
      cell: ({ name, total }) =>
        outputUnit(total) === null
          ? null
          : figureCell(figureOf(run, { kind: "token_rate" }, { operations: name }), { text: formatNumber }),
    },
    ...percentileColumns(run, {
      of: "input_length",
      what: "Prompt",
      percentiles: [50, 95],
      title: "Length of one prompt: the server's own tokens where it reports them, else words",
      text: formatCount,
    }),
    ...percentileColumns(run, {
      of: "output_length",
      what: "Length",
      percentiles: [50],
      title: `${units} of one answer`,
      text: formatCount,
    }),
  ];
}

/** The inverse; the ends of the interval swap. */
function perUserCell(figure: Figure): Insertion {
  const { interval } = figure;
  const turned = interval === null ? null : { low: interval.high, high: interval.low };
  return figureCell({ ...figure, interval: turned }, { text: (us) => formatNumber(1e6 / us) });
}
