/** What callers of a kind of service feel beside the response time, over the run: first output, gaps, rates, errors. */
import type { Counter, Distribution } from "../../plan/threshold/threshold.ts";
import type { OperationKind } from "../../plan/threshold/shown.ts";
import type { Histogram } from "../../measure/histogram.ts";
import type { Batch, Run } from "../../result/run.ts";
import { percentileMs, percentileName } from "../figures/figures.ts";
import { kindOf, outputUnit } from "../figures/kinds.ts";
import type { Chart, Line, Unit, Value } from "./chart.ts";
import { operationColors } from "./colors.ts";
import { panelChart } from "./panels.ts";

const HEIGHT = 84;

/** Times of which P50 and P95 are shown, by kind. */
const TIMES: Readonly<Record<OperationKind, ReadonlyArray<readonly [of: Distribution, title: string, note: string]>>> =
  {
    llm: [
      ["first_message", "First token", "from the end of the question"],
      ["gap", "Gap between tokens", "messages with text"],
    ],
    stt: [
      ["first_partial", "First partial", "from the start of speech"],
      ["final_latency", "Final transcript", "from the end of speech"],
    ],
    tts: [["first_message", "First audio", "from the end of the request"], [
      "stall",
      "Stalls",
      "of those that stalled",
    ]],
    turn: [
      ["turn_stt", "Leg of speech to text", "end of speech to transcript"],
      ["turn_llm", "Leg of the language model", "to its first sentence"],
      ["turn_tts", "Leg of text to speech", "to its first audio"],
    ],
  };

/** The small charts of one operation; those of which something was measured. */
export function kindCharts(run: Run, operation: string): Array<readonly [id: string, chart: Chart]> {
  const kind = kindOf(run, operation);
  const batches = run.batches({ operations: operation });
  if (kind === null || batches.length < 2) return [];
  const charts = TIMES[kind].map(([of, title, note]) =>
    [of, timesChart(run, operation, batches, of, title, note)] as const
  );
  const rates = {
    llm: [["tokens", tokenChart(run, operation, batches)] as const],
    stt: [
      ["wer", shareChart(run, operation, batches, "Word errors", "of words said", "word_errors", "reference_words")],
    ] as const,
    tts: [[
      "stalled",
      shareChart(run, operation, batches, "Stalled", "of played calls", "stalled_calls", "played_calls"),
    ]] as const,
    turn: [],
  }[kind];
  return [...charts, ...rates].flatMap(([id, chart]) => chart === null ? [] : [[id, chart] as const]);
}

function middles(batches: readonly Batch[]): number[] {
  return batches.map(({ start_ms, end_ms }) => (start_ms + end_ms) / 2000);
}

function timesChart(
  run: Run,
  operation: string,
  batches: readonly Batch[],
  of: Distribution,
  title: string,
  note: string,
): Chart | null {
  const histograms = batches.map((batch) => batch.histogram(of));
  if (histograms.every(({ count }) => count === 0)) return null;
  const line = (percentile: number, width: number): Line => ({
    name: `${operation} ${of.replaceAll("_", " ")} ${percentileName(percentile)}`,
    label: percentileName(percentile),
    values: histograms.map((histogram: Histogram) => percentileMs(histogram, percentile)),
    color: operationColors(run).get(operation) ?? "op-0",
    width,
  });
  const [p95, p50] = [line(95, 1.8), line(50, 1)];
  return small(run, operation, batches, { title, note, unit: "duration_ms", lines: [p95, p50], band: [p50, p95] });
}

/** Of one user: the inverse of the median time of a token. */
function tokenChart(run: Run, operation: string, batches: readonly Batch[]): Chart | null {
  const values = batches.map((batch): Value => {
    const one = batch.histogram("token_time");
    const median_us = one.count === 0 ? 0 : one.percentile(50);
    return median_us === 0 ? null : 1e6 / median_us;
  });
  const unit = outputUnit(run.total({ operations: operation })) === "words" ? "Words" : "Tokens";
  return oneLine(run, operation, batches, `${unit} per second`, "median of answers", "number", "P50", values);
}

function shareChart(
  run: Run,
  operation: string,
  batches: readonly Batch[],
  title: string,
  note: string,
  part: Counter,
  whole: Counter,
): Chart | null {
  const values = batches.map(({ counts }): Value => {
    const of = counts.counter(whole);
    return of === 0 ? null : 100 * counts.counter(part) / of;
  });
  return oneLine(run, operation, batches, title, note, "percent", "", values);
}

function oneLine(
  run: Run,
  operation: string,
  batches: readonly Batch[],
  title: string,
  note: string,
  unit: Unit,
  label: string,
  values: Value[],
): Chart | null {
  if (values.every((value) => value === null)) return null;
  const color = operationColors(run).get(operation) ?? "op-0";
  const line: Line = {
    name: `${operation} ${title.toLowerCase()}`,
    label: label === "" ? title.toLowerCase() : label,
    unnamed: label === "",
    values,
    color,
    width: 1.6,
    area: true,
  };
  return small(run, operation, batches, { title, note, unit, lines: [line] });
}

function small(
  run: Run,
  operation: string,
  batches: readonly Batch[],
  { title, ...rest }: { title: string; note: string; unit: Unit; lines: Line[]; band?: readonly [Line, Line] },
): Chart {
  const description = `${title} of ${operation} over the run's time`;
  return panelChart(run, { title, description, height: HEIGHT, at: middles(batches), labelled: true, ...rest });
}
