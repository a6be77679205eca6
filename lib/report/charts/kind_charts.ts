/** What callers of a kind of service feel beside the response time, over the run: first output, gaps, rates, errors. */
import type { Counter, Distribution } from "../../plan/threshold/threshold.ts";
import type { OperationKind } from "../../plan/threshold/shown.ts";
import type { Point } from "../../result/points.ts";
import type { Run } from "../../result/run.ts";
import { percentileName, toMs } from "../figures/figures.ts";
import { kindOf, outputUnit } from "../figures/kinds.ts";
import { DRAWN, middlesOf, pointsOf, timesOf } from "../figures/points.ts";
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
  const points = pointsOf(run, operation);
  if (kind === null || points.length < 2) return [];
  const charts = TIMES[kind].map(([of, title, note]) =>
    [of, timesChart(run, operation, points, of, title, note)] as const
  );
  const rates = {
    llm: [["tokens", tokenChart(run, operation, points)] as const],
    stt: [
      ["wer", shareChart(run, operation, points, "Word errors", "of words said", "word_errors", "reference_words")],
    ] as const,
    tts: [[
      "stalled",
      shareChart(run, operation, points, "Stalled", "of played calls", "stalled_calls", "played_calls"),
    ]] as const,
    turn: [],
  }[kind];
  return [...charts, ...rates].flatMap(([id, chart]) => chart === null ? [] : [[id, chart] as const]);
}

function timesChart(
  run: Run,
  operation: string,
  points: readonly Point[],
  of: Distribution,
  title: string,
  note: string,
): Chart | null {
  const values = timesOf(points, of);
  if (values.every((one) => one === null)) return null;
  const line = (at: 0 | 1, width: number): Line => ({
    name: `${operation} ${of.replaceAll("_", " ")} ${percentileName(DRAWN[at])}`,
    label: percentileName(DRAWN[at]),
    values: values.map((one) => one === null ? null : toMs(one[at] as number)),
    color: operationColors(run).get(operation) ?? "op-0",
    width,
  });
  const [p95, p50] = [line(1, 1.8), line(0, 1)];
  return small(run, operation, points, { title, note, unit: "duration_ms", lines: [p95, p50], band: [p50, p95] });
}

/** Of one user: the inverse of the median time of a token. */
function tokenChart(run: Run, operation: string, points: readonly Point[]): Chart | null {
  const values = timesOf(points, "token_time").map((one): Value => {
    const [median_us = 0] = one ?? [];
    return median_us === 0 ? null : 1e6 / median_us;
  });
  const unit = outputUnit(run.total({ operations: operation })) === "words" ? "Words" : "Tokens";
  return oneLine(run, operation, points, `${unit} per second`, "median of answers", "number", "P50", values);
}

function shareChart(
  run: Run,
  operation: string,
  points: readonly Point[],
  title: string,
  note: string,
  part: Counter,
  whole: Counter,
): Chart | null {
  const values = points.map(({ parts }): Value => {
    const sum = (name: Counter) => parts.reduce((total, { counters }) => total + (counters[name] ?? 0), 0);
    const of = sum(whole);
    return of === 0 ? null : 100 * sum(part) / of;
  });
  return oneLine(run, operation, points, title, note, "percent", "", values);
}

function oneLine(
  run: Run,
  operation: string,
  points: readonly Point[],
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
  return small(run, operation, points, { title, note, unit, lines: [line] });
}

function small(
  run: Run,
  operation: string,
  points: readonly Point[],
  { title, ...rest }: { title: string; note: string; unit: Unit; lines: Line[]; band?: readonly [Line, Line] },
): Chart {
  const description = `${title} of ${operation} over the run's time`;
  return panelChart(run, { title, description, height: HEIGHT, at: middlesOf(points), labelled: true, ...rest });
}
