/** The view of a run for output that cannot be redrawn: one line at intervals. Pure. */
import { formatClock, formatCount, formatNumber, formatPercent, NO_VALUE } from "../../plan/units.ts";
import { ruleMark, slowestText } from "./marks.ts";
import { gap, joinParts, type Line, span } from "./style.ts";
import type { LiveView } from "../views/live_view.ts";

/** Most failed rules that a line names; it counts the others. */
const FAILED_MAX = 2;

/** The state of the run in one line. */
export function renderProgressLine(view: LiveView): Line {
  const clock = `${formatClock(view.elapsed_ms)} / ${formatClock(view.duration_ms)}`;
  const stage = view.phase === "stopping"
    ? "stopping"
    : view.paused
    ? "paused"
    : view.stage === ""
    ? ""
    : `stage ${view.stage}`;
  const errors = view.error_rate === null ? NO_VALUE : formatPercent(view.error_rate);
  const words = [
    clock,
    stage,
    ...loadWords(view),
    `${formatNumber(view.calls_per_s)} calls/s`,
    slowestText(view),
    `errors ${errors}`,
    ...(view.unfinished === 0 ? [] : [`${formatCount(view.unfinished)} unfinished`]),
    ...(view.good_share === null ? [] : [`good ${formatPercent(view.good_share)}`]),
    ...gpuWords(view),
  ];
  return joinParts([...words.filter((text) => text !== "").map((text): Line => [span(text)]), ...failedRules(view)], 2);
}

function loadWords({ users, in_flight, arrivals }: LiveView): string[] {
  const crowd = users === null ? [] : [`${formatCount(users)} users`];
  if (arrivals === null) return crowd;
  const { offered_per_s, begun_per_s, dropped } = arrivals;
  return [
    ...crowd,
    `${formatNumber(offered_per_s)}/s offered`,
    `${formatNumber(begun_per_s)} begun`,
    `${formatCount(in_flight)} in flight`,
    ...(dropped === 0 ? [] : [`${formatCount(dropped)} dropped`]),
  ];
}

function gpuWords({ gpu }: LiveView): string[] {
  if (gpu === null) return [];
  const use = gpu.utilization_percent === null ? [] : [`${Math.round(gpu.utilization_percent)} %`];
  const power = gpu.power_w === null ? [] : [`${Math.round(gpu.power_w)} W`];
  return [[gpu.label, ...use, ...power].join(" ")];
}

function failedRules(view: LiveView): Line[] {
  const failed = view.rules.filter(({ state }) => state === "fail");
  const named = failed.slice(0, FAILED_MAX).map(({ source, observed }): Line => [
    ruleMark("fail"),
    gap(1),
    span(source),
    gap(1),
    span(observed, "fail"),
  ]);
  const more = failed.length - named.length;
  return more > 0 ? [...named, [ruleMark("fail"), gap(1), span(`${more} more`)]] : named;
}

/** Time between lines by the elapsed time of the run, so that the log of a long run stays readable. */
const PACE: ReadonlyArray<readonly [from_ms: number, every_ms: number]> = [
  [3_600_000, 60_000],
  [600_000, 30_000],
  [60_000, 10_000],
];
const PACE_SHORT_MS = 5_000;

/** Makes a function that says when a line is due: at multiples of the interval, and when stage or phase change. */
export function createPace(): (view: LiveView) => boolean {
  let last_ms = 0;
  let lastWhere: string | null = null;
  return (view) => {
    const { elapsed_ms } = view;
    const where = `${view.phase} ${view.paused} ${view.stage}`;
    const [, every_ms = PACE_SHORT_MS] = PACE.find(([from_ms]) => elapsed_ms >= from_ms) ?? [];
    const due = Math.floor(elapsed_ms / every_ms) > Math.floor(last_ms / every_ms);
    const moved = lastWhere !== null && where !== lastWhere;
    lastWhere = where;
    if (due || moved) last_ms = elapsed_ms;
    return due || moved;
  };
}
