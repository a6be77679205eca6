/** Speech to text: partial and final transcripts, speed, accuracy, and whether speech was sent in real time. */
import { formatCount, formatDuration } from "../../../plan/units.ts";
import type { DistributionIn, FigureIn } from "../../../plan/threshold/shown.ts";
import type { Distribution } from "../../../plan/threshold/threshold.ts";
import type { Run, Selection } from "../../../result/run.ts";
import { figureOf } from "../../figures/estimates.ts";
import type { Row } from "../../figures/figures.ts";
import { interimsText } from "../../figures/interims.ts";
import { rowsOfKind } from "../../figures/kinds.ts";
import { paceBroken, PACING_LIMIT_US } from "../../../measure/pacing.ts";
import { MAX_WORST } from "../../../measure/worst_transcripts.ts";
import { plainText } from "../../format/escape.ts";
import { type Column, sparseTable } from "../table/columns.ts";
import { Cell, numberRow, numberTable } from "../table/table.ts";
import { shareCell } from "../table/figure_cell.ts";
import { figureHead } from "../table/figure_head.ts";
import { type Insertion, type Markup, markup } from "../markup.ts";
import { percentileColumns } from "../table/percentile_columns.ts";

/** Longest text of an example that is shown; characters. */
const MAX_TEXT = 500;

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
  const broken = rows.filter(({ total }) => paceBroken(total));
  const warning = broken.length > 0 ? ` ${paceWarning(broken)}` : "";
  return markup`<h3 id="stt">Speech to text</h3>
<p class="note">Times in milliseconds. Word errors of English are counted after both sides are made comparable by
Whisper's rules (numbers, contractions, titles, spellings); by the basic rules, and in other languages, after capitals
and punctuation are gone.${interimsNote(rows)}${warning}</p>
${sparseTable("stt", "Operation", rows.map((row) => ({ name: row.name, row })), columnsOf(run))}
${worstTranscripts(run)}`;
}

function interimsNote(rows: readonly Row[]): string {
  return rows.map(({ name, total }) => {
    const text = interimsText(total);
    return text === null ? "" : ` ${name}: ${text}.`;
  }).join("");
}

/** Pairs of what was said and what was understood; null where every word was understood. */
function worstTranscripts(run: Run): Markup | null {
  const { transcripts } = run;
  if (transcripts.length === 0) return null;
  const rows = transcripts.map(({ operation, errors, words, said, heard }) =>
    numberRow(operation, [
      `${formatCount(errors)} of ${formatCount(words)}`,
      new Cell(plainText(said, MAX_TEXT), { classes: "wrap" }),
      new Cell(plainText(heard, MAX_TEXT), { classes: "wrap" }),
    ])
  );
  const heads = ["Operation", "Word errors", { text: "Said", left: true }, { text: "Understood", left: true }];
  return markup`<h3 id="worst-transcripts">The worst transcripts</h3>
<p class="note">Of each operation the ${MAX_WORST} clips with the most errors for their length, each with its worst
transcript.</p>
${numberTable("worst-transcripts", heads, rows)}`;
}

/** Speech is late because june-load could not send it, or because the service did not take it; older results do not tell. */
function paceWarning(rows: readonly Row[]): string {
  const limit = formatDuration(PACING_LIMIT_US);
  const sum = (of: "paced_calls" | "late_speech") => rows.reduce((all, { total }) => all + total.counter(of), 0);
  const [clips, late] = [sum("paced_calls"), sum("late_speech")];
  if (clips > 0 && late === 0) {
    return `The services did not take speech as it is spoken: chunks waited more than ${limit} for room (P99).`;
  }
  const which = clips > 0 ? ` of ${formatCount(late)} clips` : "";
  return `Speech was not sent as it is spoken: chunks${which} went out more than ${limit} late, ` +
    "and the times below do not represent live speech.";
}

/** In the order in which the table shows them; the compiler finds what the catalogue has and this leaves out. */
function columnsOf(run: Run): Column<Row>[] {
  const percentiles = (of: DistributionIn<"stt">) => percentileColumns(run, "stt", of);
  const columns: Record<DistributionIn<"stt"> | FigureIn<"stt"> | "audio", Column<Row>[]> = {
    first_partial: percentiles("first_partial"),
    final_latency: percentiles("final_latency"),
    response_latency: percentiles("response_latency"),
    real_time_factor: percentiles("real_time_factor"),
    wer: [{ head: figureHead("wer"), cell: ({ name }) => wordErrorCell(run, { operations: name }) }],
    wer_basic: [{
      head: figureHead("wer_basic"),
      cell: ({ name }) => shareCell(figureOf(run, { kind: "wer_basic" }, { operations: name }), "words"),
    }],
    pacing_error: percentileColumns(run, "stt", "pacing_error", {
      look: ({ total }) => paceBroken(total) ? { classes: "minded", title: "speech was not sent in real time" } : {},
    }),
    audio: [{
      head: { text: "Speech sent", title: "Length of all the audio sent by ok calls" },
      cell: ({ total }) => audioLength(total.counter("audio_sent_us")),
    }],
  };
  return Object.values(columns).flat();
}

/** The word error rate of a selection with its number of words; null where no clip has a known transcript. */
export function wordErrorCell(run: Run, selection: Selection): Insertion {
  return shareCell(figureOf(run, { kind: "wer" }, selection), "words");
}

/** A length of audio, or null for none. */
export function audioLength(us: number): string | null {
  return us === 0 ? null : formatDuration(us);
}
