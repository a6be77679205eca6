/** Text to speech: first audio, speed, and the pauses that a listener hears. */
import { formatDuration } from "../../../plan/units.ts";
import type { DistributionIn, FigureIn } from "../../../plan/threshold/shown.ts";
import type { Run } from "../../../result/run.ts";
import { figureOf } from "../../figures/estimates.ts";
import type { Row } from "../../figures/figures.ts";
import { rowsOfKind } from "../../figures/kinds.ts";
import { type Column, sparseTable } from "../table/columns.ts";
import { shareCell } from "../table/figure_cell.ts";
import { figureHead } from "../table/figure_head.ts";
import { type Markup, markup } from "../markup.ts";
import { percentileColumns } from "../table/percentile_columns.ts";
import { audioLength } from "./stt.ts";

/** Null where no speech was made. */
export function ttsSection(run: Run, operations: readonly Row[]): Markup | null {
  const rows = rowsOfKind(
    run,
    operations,
    "tts",
    (total) => total.histogram("first_message").count > 0 || total.counter("audio_received_us") > 0,
  );
  if (rows.length === 0) return null;
  return markup`<h3 id="tts">Text to speech</h3>
<p class="note">Times in milliseconds. Stalls are those of a player that starts ${
    playerText(run)
  }; a call with one audio message cannot stall and does not count as played.</p>
${sparseTable("tts", "Operation", rows.map((row) => ({ name: row.name, row })), columnsOf(run))}`;
}

/** When the player starts whose stalls are counted. */
function playerText({ plan }: Run): string {
  const prebuffers_ms = plan.services.flatMap(({ options }) => options.kind === "tts" ? [options.prebuffer_ms] : []);
  const lengths = [...new Set(prebuffers_ms)].map((ms) => formatDuration(ms * 1000));
  const atOnce = prebuffers_ms.every((ms) => ms === 0);
  return atOnce ? "with the first audio" : `${lengths.join(" or ")} after the first audio`;
}

/** In the order in which the table shows them; the compiler finds what the catalogue has and this leaves out. */
function columnsOf(run: Run): Column<Row>[] {
  const percentiles = (of: DistributionIn<"tts">) => percentileColumns(run, "tts", of);
  const columns: Record<DistributionIn<"tts"> | FigureIn<"tts"> | "audio", Column<Row>[]> = {
    first_message: percentiles("first_message"),
    real_time_factor: percentiles("real_time_factor"),
    stalled: [{
      head: figureHead("stalled"),
      cell: ({ name }) => shareCell(figureOf(run, { kind: "stalled" }, { operations: name }), "played"),
    }],
    stall: percentiles("stall"),
    needed_prebuffer: percentiles("needed_prebuffer"),
    audio: [{
      head: { text: "Audio made", title: "Length of all the audio received by ok calls" },
      cell: ({ total }) => audioLength(total.counter("audio_received_us")),
    }],
  };
  return Object.values(columns).flat();
}
