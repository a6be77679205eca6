/** Text to speech: first audio, speed, and the pauses that a listener hears. */
import { formatDuration } from "../../../plan/units.ts";
import type { Distribution } from "../../../plan/threshold/threshold.ts";
import type { Run } from "../../../result/run.ts";
import { figureOf } from "../../figures/estimates.ts";
import type { Row } from "../../figures/figures.ts";
import { rowsOfKind } from "../../figures/kinds.ts";
import { type Column, sparseTable } from "../table/columns.ts";
import { factor, shareCell } from "../table/figure_cell.ts";
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
  const at_once = prebuffers_ms.every((ms) => ms === 0);
  return at_once ? "with the first audio" : `${lengths.join(" or ")} after the first audio`;
}

function columnsOf(run: Run): Column<Row>[] {
  const columns = (of: Distribution, what: string, percentiles: number[], title: string) =>
    percentileColumns(run, { of, what, percentiles, title });
  return [
    ...columns("first_message", "First audio", [50, 95, 99], "From the intended start to the first message with audio"),
    ...percentileColumns(run, {
      of: "real_time_factor",
      what: "Real-time factor",
      percentiles: [50, 95],
      title: "Time to make the audio / its length",
      text: factor,
    }),
    {
      head: {
        text: "Stalled",
        title: "Calls in which the player ran out of audio / played calls (two audio messages or more)",
      },
      cell: ({ name }) => shareCell(figureOf(run, { kind: "stalled" }, { operations: name }), "played"),
    },
    ...columns("stall", "Silence", [95], "P95 over played calls of the sum of all stalls of each"),
    ...columns("needed_prebuffer", "Prebuffer", [95], "Buffer with which 95 % of calls would not stall"),
    {
      head: { text: "Audio made", title: "Length of all the audio received by ok calls" },
      cell: ({ total }) => audioLength(total.counter("audio_received_us")),
    },
  ];
}
