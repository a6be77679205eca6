/** Language models: first token, gaps, time for each token or word, and output. */
import { formatNumber } from "../../../plan/units.ts";
import type { DistributionIn, FigureIn } from "../../../plan/threshold/shown.ts";
import type { Run } from "../../../result/run.ts";
import { type Figure, figureOf, percentileFigure } from "../../figures/estimates.ts";
import type { Row } from "../../figures/figures.ts";
import { commonUnit, outputUnit, rowsOfKind } from "../../figures/kinds.ts";
import { type Column, sparseTable } from "../table/columns.ts";
import { figureCell } from "../table/figure_cell.ts";
import { figureHead } from "../table/figure_head.ts";
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

/** In the order in which the table shows them; the compiler finds what the catalogue has and this leaves out. */
function columnsOf(run: Run, rows: readonly Row[]): Column<Row>[] {
  const fill = unitWords(rows);
  const group = fill("{Units}/s");
  const percentiles = (of: DistributionIn<"llm">) => percentileColumns(run, "llm", of, { fill });
  const { text, title } = figureHead("token_rate");
  const columns: Record<DistributionIn<"llm"> | FigureIn<"llm"> | "user_rate", Column<Row>[]> = {
    first_message: percentiles("first_message"),
    // Of models that do not reason it is the first message, once more.
    first_answer: rows.some(({ total }) => total.counter("reasoned_answers") > 0) ? percentiles("first_answer") : [],
    gap: percentiles("gap"),
    gap_max: percentiles("gap_max"),
    token_time: percentiles("token_time"),
    user_rate: [{
      head: { group, text: "one user", title: fill("1 / P50 of the time per {unit}: how fast one reader is served") },
      cell: ({ name }) => perUserCell(percentileFigure(run, "token_time", 50, { operations: name })),
    }],
    token_rate: [{
      head: { group, text, title: fill(title) },
      cell: ({ name, total }) =>
        outputUnit(total) === null
          ? null
          : figureCell(figureOf(run, { kind: "token_rate" }, { operations: name }), { text: formatNumber }),
    }],
    input_length: percentiles("input_length"),
    output_length: percentiles("output_length"),
  };
  return Object.values(columns).flat();
}

/** Fills in what the rows count: tokens or words. */
function unitWords(rows: readonly Row[]): (text: string) => string {
  const unit = commonUnit(rows)?.slice(0, -1) ?? "token or word";
  const units = commonUnit(rows) === null ? "Tokens or words" : unit === "token" ? "Tokens" : "Words";
  return (text) => text.replaceAll("{unit}", unit).replaceAll("{Units}", units);
}

/** The inverse; the ends of the interval swap. */
function perUserCell(figure: Figure): Insertion {
  const { interval } = figure;
  const turned = interval === null ? null : { low: interval.high, high: interval.low };
  return figureCell({ ...figure, interval: turned }, { text: (us) => formatNumber(1e6 / us) });
}
