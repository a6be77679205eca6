/** Voice turns: how long people wait for the answer, which leg takes it, and two turns in full. */
import type { DistributionIn, FigureIn } from "../../../plan/threshold/shown.ts";
import { formatClock, formatDuration, formatPercent, NO_VALUE } from "../../../plan/units.ts";
import type { Run } from "../../../result/run.ts";
import { WATERFALL_WIDTH, type WaterfallBar, waterfallOf } from "../../charts/waterfall.ts";
import type { Row } from "../../figures/figures.ts";
import { plainText } from "../../format/escape.ts";
import { type Leg, legsOf, type ShownTurn, shownTurns } from "../../figures/turns.ts";
import { type Column, sparseTable } from "../table/columns.ts";
import { type Markup, markup } from "../markup.ts";
import { percentileColumns } from "../table/percentile_columns.ts";
import { Cell, numberRow, numberTable } from "../table/table.ts";

/** Null where no turn was measured. */
export function turnSection(run: Run, operations: readonly Row[]): Markup | null {
  const rows = operations.filter(({ total }) => total.histogram("voice_to_voice").count > 0);
  if (rows.length === 0) return null;
  const columns: Record<DistributionIn<"turn"> | FigureIn<"turn">, Column<Row>[]> = {
    voice_to_voice: percentileColumns(run, "turn", "voice_to_voice"),
  };
  return markup`<h2 id="turns">Voice turns</h2>
<p>Voice to voice, in milliseconds: from the sending of the last word to the first sound of the answer, which its three legs
make up exactly. The response time counts from the instant at which the last word was to end, so that audio sent late is
in it.</p>
${sparseTable("turns", "Operation", rows.map((row) => ({ name: row.name, row })), Object.values(columns).flat())}
${rows.map((row) => turnDetail(run, row, rows.length > 1))}`;
}

function turnDetail(run: Run, { name, values }: Row, several: boolean): Markup {
  const of = several ? ` of ${name}` : "";
  return markup`${legTable(`legs-${name}`, `Where the time${of} goes`, legsOf(values), values)}
${shownTurns(run.turns, name, values).map((shown) => exampleTurn(shown, of))}`;
}

function legTable(id: string, title: string, legs: readonly Leg[], values: Row["values"]): Markup | null {
  if (legs.length === 0) return null;
  const rows = legs.map(({ name, of, mean_us, share, title }) => {
    const p95_us = values.histogram(of).percentile(95);
    return numberRow(name, [
      new Cell(title, { classes: "left optional" }),
      formatDuration(mean_us),
      new Cell(formatDuration(p95_us), { classes: "optional" }),
      formatPercent(share),
      new Cell(shareBar(share, of), { classes: "wide" }),
    ]);
  });
  const heads = [
    "Leg",
    { text: "From, to", left: true, optional: true },
    "Mean",
    { text: "P95", optional: true, title: "P95 of the legs do not add up to the P95 of the turn" },
    { text: "Share", title: "Mean of the leg / mean of all three: means add up" },
    "",
  ];
  return markup`<h3 id="${id}">${title}</h3>
${numberTable(id, heads, rows)}`;
}

function shareBar(share: number, of: string): Markup {
  return markup`<svg class="share ${of}" viewBox="0 0 100 12" preserveAspectRatio="none" aria-hidden="true">
<rect class="track" y="2" width="100" height="8"/><rect class="value" y="2" width="${
    (100 * share).toFixed(1)
  }" height="8"/></svg>`;
}

function exampleTurn({ title, turn }: ShownTurn, of: string): Markup {
  const { bars, heard_x, answered_x } = waterfallOf(turn);
  const id = `turn-${turn.start_ms}`;
  const heading = `${title}${of}: ${formatDuration(turn.voice_to_voice_us)}, at ${formatClock(turn.start_ms)}`;
  const rest = turn.spans.length - bars.length;
  const rows = bars.map((bar) =>
    numberRow(plainText(bar.name, 40), [
      new Cell(spanBar(bar, [heard_x, answered_x]), { classes: "wide" }),
      new Cell(formatDuration(bar.start_us), { classes: "optional" }),
      bar.first_us === null ? NO_VALUE : formatDuration(bar.first_us),
      formatDuration(bar.end_us),
    ])
  );
  const heads = [
    "Step",
    { text: "Line: first content. Dashed: end of speech, first audio of the answer", left: true },
    { text: "Begins", optional: true, title: "Counted from the start of the turn" },
    "First",
    "Ends",
  ];
  const more = rest > 0 ? markup`<p class="note">and ${rest} more steps.</p>` : null;
  return markup`<h3 id="${id}">${heading}</h3>
${numberTable(id, heads, rows)}${more}`;
}

function spanBar({ kind, x, width, first_x }: WaterfallBar, marks: readonly (number | null)[]): Markup {
  const known = ["speech", "stt", "llm", "tts"].includes(kind) ? kind : "other";
  const line = (at: number | null, name: string) =>
    at === null
      ? null
      : markup`<line class="${name}" x1="${at}" x2="${at}" y1="0" y2="20" vector-effect="non-scaling-stroke"/>`;
  return markup`<svg class="span ${known}" viewBox="0 0 ${WATERFALL_WIDTH} 20" preserveAspectRatio="none" aria-hidden="true">
<rect x="${x}" y="4" width="${width}" height="12"/>${line(first_x, "first")}${
    marks.map((at) => line(at, "instant"))
  }</svg>`;
}
