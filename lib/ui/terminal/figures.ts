/** The head of the live view: where the run stands, and its current figures with their course so far. */
import { formatClock, formatCount, formatNumber, formatPercent, NO_VALUE } from "../../plan/units.ts";
import { progressBar, sparkline, timeText } from "./marks.ts";
import { cutLine, fit, gap, joinParts, type Line, lineWidth, type Span, span } from "./style.ts";
import type { LiveView } from "../views/live_view.ts";

const PART_GAP = 3;
const BAR_MIN = 10;
const BAR_MAX = 28;
const SCENARIO_MAX = 32;

/** Name, clock, progress and stage: one line if they fit, else two. */
export function headLines(view: LiveView, columns: number): Line[] {
  const clock = `${formatClock(view.elapsed_ms)} / ${formatClock(view.duration_ms)}`;
  const name: Line = [span("june-load", "dim"), gap(2), ...nameOf(view)];
  const stage = stagePart(view);
  const line = withBar(view, [name, [span(clock)]], stage, columns, STAGE_LEAST);
  if (line !== null) return [line];
  return [name, withBar(view, [[span(clock)]], stage, columns, 0) ?? joinParts([[span(clock)], stage], PART_GAP)];
}

function nameOf({ scenario }: LiveView): Line {
  return cutLine([span(scenario, "plain", true)], SCENARIO_MAX);
}

function withBar(view: LiveView, before: readonly Line[], after: Line, columns: number, least: number): Line | null {
  const room = columns - lineWidth(joinParts(before, PART_GAP)) - 2 * PART_GAP - Math.max(least, lineWidth(after));
  if (room < BAR_MIN) return null;
  return joinParts([...before, progressBar(passedShare(view), Math.min(BAR_MAX, room)), after], PART_GAP);
}

/** Room for most names, so that the bar keeps its length when the next stage begins. */
const STAGE_LEAST = 15;

function passedShare({ elapsed_ms, duration_ms }: LiveView): number {
  return duration_ms > 0 && Number.isFinite(elapsed_ms) ? Math.min(1, Math.max(0, elapsed_ms / duration_ms)) : 0;
}

function stagePart(view: LiveView): Line {
  if (view.phase === "stopping") return [span("stopping", "warn", true)];
  if (view.paused) return [span("paused", "warn", true)];
  return view.stage === "" ? [] : [span("stage", "dim"), gap(1), span(view.stage)];
}

/** One figure: its course, its value, and what else belongs to it. */
interface Figure {
  label: string;
  course: (columns: number) => Line;
  value: Line;
  /** Parts, of which those that do not fit are left out. */
  more: Line[];
}

const RATE = "rate";
const LABEL = 8;
/** Room for any rate, time or share with its unit. */
const VALUE = 13;
const SPARK_MAX = 36;
const SPARK_MIN = 8;
/** Least room for what else belongs to a figure. */
const MORE_MIN = 28;
/** Lowest error rate that may fill its bars, so that a few errors do not look like an outage. */
const ERROR_BAR_TOP = 0.1;

/** Rate, P95 of the slowest operation, errors and GPU, a line each: label, course, value in a fixed place, more. */
export function figureLines(view: LiveView, columns: number): Line[] {
  const free = columns - LABEL - VALUE - 2;
  const beside = free - MORE_MIN - PART_GAP;
  const spark = Math.max(0, Math.min(SPARK_MAX, beside >= SPARK_MIN ? beside : free));
  return figuresOf(view).map(({ label, course, value, more }) =>
    joinParts([
      [
        ...fit(span(label, "dim"), LABEL, "left"),
        ...padded(spark >= SPARK_MIN ? course(spark) : [], spark >= SPARK_MIN ? spark : 0),
        gap(spark >= SPARK_MIN ? 2 : 0),
        ...toTheRight(value, VALUE),
      ],
      joinParts(whatFits(more, columns - LABEL - VALUE - PART_GAP - (spark >= SPARK_MIN ? spark + 2 : 0)), PART_GAP),
    ], PART_GAP)
  );
}

function whatFits(parts: readonly Line[], columns: number): Line[] {
  const fitting: Line[] = [];
  for (const part of parts) if (lineWidth(joinParts([...fitting, part], PART_GAP)) <= columns) fitting.push(part);
  return fitting;
}

/** The same figures without their courses, in one line. */
export function figuresInOneLine(view: LiveView): Line {
  const parts = figuresOf(view).map(({ label, value }): Line =>
    label === RATE ? value : [span(label, "dim"), gap(1), ...value]
  );
  return joinParts(parts, 2);
}

function figuresOf(view: LiveView): Figure[] {
  const share = passedShare(view);
  const errorTone = (view.error_rate ?? 0) > 0 ? "plain" : "dim";
  return [
    {
      label: RATE,
      course: (columns) => sparkline(view.rate_history, "accent", { columns, share }),
      value: [span(`${formatNumber(view.calls_per_s)} calls/s`)],
      more: loadParts(view),
    },
    {
      label: "p95",
      course: (columns) => sparkline(view.p95_history_us, "accent", { columns, share }),
      value: [span(view.slowest === null ? NO_VALUE : timeText(view.slowest))],
      more: view.slowest === null ? [] : [[span(view.slowest.operation, "dim")]],
    },
    {
      label: "errors",
      course: (columns) => sparkline(view.error_history, errorTone, { columns, share, top_min: ERROR_BAR_TOP }),
      value: [span(view.error_rate === null ? NO_VALUE : formatPercent(view.error_rate), errorTone)],
      more: outcomeParts(view),
    },
    ...gpuFigure(view),
  ];
}

/** Users, or the arrivals of open loads. */
function loadParts(view: LiveView): Line[] {
  const { users, arrivals } = view;
  const crowd: Line[] = users !== null ? [[span(`${formatCount(users)} users`)]] : [];
  if (arrivals === null) return [...crowd, inFlight(view)];
  const { offered_per_s, begun_per_s } = arrivals;
  return [...crowd, [span(`${formatNumber(offered_per_s)}/s offered, ${formatNumber(begun_per_s)} begun`)]];
}

const inFlight = ({ in_flight }: LiveView): Line => [span(`${formatCount(in_flight)} in flight`)];

function outcomeParts(view: LiveView): Line[] {
  const { good_share, unfinished, arrivals } = view;
  const dropped = arrivals?.dropped ?? 0;
  return [
    dropped === 0 ? [] : [span(`${formatCount(dropped)} dropped`, "warn")],
    arrivals === null ? [] : inFlight(view),
    good_share === null ? [] : [span("good", "dim"), gap(1), span(formatPercent(good_share))],
    unfinished === 0 ? [] : [span(`${formatCount(unfinished)} unfinished`, "warn")],
  ];
}

function gpuFigure({ gpu }: LiveView): Figure[] {
  if (gpu === null) return [];
  const use = gpu.utilization_percent === null ? NO_VALUE : `${Math.round(gpu.utilization_percent)} %`;
  const power: Line = gpu.power_w === null ? [] : [span(`${Math.round(gpu.power_w)} W`, "gpu")];
  const full = (gpu.utilization_percent ?? 0) / 100;
  return [{
    label: gpu.label,
    course: (columns) =>
      progressBar(full, columns).map((piece, i): Span => i === 0 ? { ...piece, tone: "gpu" } : piece),
    value: [span(use, "gpu")],
    more: [power],
  }];
}

const padded = (line: Line, width: number): Line => [...line, gap(width - lineWidth(line))];
const toTheRight = (line: Line, width: number): Line => [gap(width - lineWidth(line)), ...line];
