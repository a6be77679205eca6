/** Speech to text: partial and final transcripts, speed, accuracy, and whether speech was sent in real time. */
import { formatDuration } from "../../../plan/units.ts";
import type { Distribution } from "../../../plan/threshold/threshold.ts";
import type { Run, Selection } from "../../../result/run.ts";
import { figureOf } from "../../figures/estimates.ts";
import type { Row } from "../../figures/figures.ts";
import { rowsOfKind } from "../../figures/kinds.ts";
import { paceBroken, PACING_LIMIT_US } from "../../../measure/pacing.ts";
import { type Column, sparseTable } from "../table/columns.ts";
import { factor, milliseconds, shareCell } from "../table/figure_cell.ts";
import { type Insertion, type Markup, markup } from "../markup.ts";
import { percentileColumns } from "../table/percentile_columns.ts";

const HEARD: readonly Distribution[] = ["first_partial", "final_latency", "real_time_factor", "pacing_error"];

/** Null where no speech was recognised. */
export function sttSection(run: Run, operations: readonly Row[]): Markup | null {
  const measured = (total: Row["total"]) =>
    HEARD.some((of) => total.histogram(of).count > 0) || total.counter("reference_words") > 0;
  const rows = [
    ...rowsOfKind(run, operations, "stt", measured),
    ...rowsOfKind(run, operations, "turn", (total) => total.counter("reference_words") > 0),
  ];
  if (rows.length === 0) return null;
  const warning = rows.some(({ total }) => paceBroken(total))
    ? ` Speech was not sent as it is spoken: chunks went out more than ${
      formatDuration(PACING_LIMIT_US)
    } late (P99). june-load's machine is short of CPU, and the times below do not represent live speech.`
    : "";
  return markup`<h3 id="stt">Speech to text</h3>
<p class="note">Times in milliseconds. Word errors are counted after both sides are put in lower case and stripped of
punctuation (NFKC).${warning}</p>
${sparseTable("stt", "Operation", rows.map((row) => ({ name: row.name, row })), columnsOf(run))}`;
}

function columnsOf(run: Run): Column<Row>[] {
  const columns = (of: Distribution, what: string, percentiles: number[], title: string) =>
    percentileColumns(run, { of, what, percentiles, title });
  return [
    ...columns(
      "first_partial",
      "First partial",
      [50, 95],
      "From the first audio sent to the first non-empty transcript",
    ),
    ...columns("final_latency", "Final", [50, 95, 99], "From the end of speech to the last transcript"),
    ...columns(
      "response_latency",
      "After its audio",
      [50, 95],
      "From sending the audio that a transcript covers to that transcript",
    ),
    ...percentileColumns(run, {
      of: "real_time_factor",
      what: "Real-time factor",
      percentiles: [50, 95],
      title: "Time to recognise / length of the audio",
      text: factor,
    }),
    {
      head: { text: "WER", title: "Word error rate: wrong, missing and added words / words said" },
      cell: ({ name }) => wordErrorCell(run, { operations: name }),
    },
    ...percentileColumns(run, {
      of: "pacing_error",
      what: "Late chunks",
      percentiles: [99],
      title: "Time a chunk of paced speech was sent − time it was due; milliseconds",
      text: milliseconds,
      look: ({ total }) => paceBroken(total) ? { classes: "minded", title: "speech was not sent in real time" } : {},
    }),
    {
      head: { text: "Speech sent", title: "Length of all the audio sent by ok calls" },
      cell: ({ total }) => audioLength(total.counter("audio_sent_us")),
    },
  ];
}

/** The word error rate of a selection with its number of words; null where no clip has a known transcript. */
export function wordErrorCell(run: Run, selection: Selection): Insertion {
  return shareCell(figureOf(run, { kind: "wer" }, selection), "words");
}

/** A length of audio, or null for none. */
export function audioLength(us: number): string | null {
  return us === 0 ? null : formatDuration(us);
}
