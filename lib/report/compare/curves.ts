/** Curves of both sides laid over each other: response time by percentile, and over time. */
import type { Side } from "../../compare/sides.ts";
import { runsOf } from "../../compare/sides.ts";
import { Histogram } from "../../measure/histogram.ts";
import { HEADLINE } from "../../plan/threshold/threshold.ts";
import { formatDuration, formatElapsed, formatRound } from "../../plan/units.ts";
import type { Run } from "../../result/run.ts";
import { valuesOf } from "../../verdict/ramps.ts";
import { columnNames } from "../figures/comparison.ts";
import { type Markup, markup } from "../html/markup.ts";

/** A line: points in the units of its axes. */
type Line = [x: number, y: number][];

const WIDTH = 340;
const HEIGHT = 200;
const LEFT = 52;
const RIGHT = 62;
const TOP = 8;
const BOTTOM = 22;
/** Calls above the last percentile that is drawn. */
const LEAST_ABOVE = 5;
const PERCENTILES = [
  ...[1, 5, 10, 20, 30, 40, 50, 60, 70, 75, 80, 85, 90, 92.5, 95, 96, 97, 98, 98.5, 99],
  ...[99.25, 99.5, 99.75, 99.9],
];
const MARKED = [50, 90, 99, 99.9];
const nines = (percentile: number) => -Math.log10(1 - percentile / 100);

/** Response time by percentile, both axes logarithmic; null where a side has no positive time. */
export function percentileCurves(base: Side, others: readonly Side[], operation: string): Markup | null {
  const lines = [base, ...others].map((side) => curve(side, operation));
  if (lines.some((line) => line.length === 0)) return null;
  const ticks = MARKED.map((percentile) => ({ at: nines(percentile), text: `P${percentile}` }));
  return drawing(lines, lineNames(base, others), { from: 0, to: 3, ticks }, true);
}

function curve(side: Side, operation: string): Line {
  const all = new Histogram();
  for (const run of runsOf(side)) all.merge(run.total(valuesOf(run, { operations: operation })).histogram(HEADLINE));
  return PERCENTILES.filter((p) => all.count * (1 - p / 100) >= LEAST_ABOVE)
    .map((p): [number, number] => [nines(p), all.percentile(p)]).filter(([, us]) => us > 0);
}

/** P95 of response time over the time of the first run of each side; null where one has no value. */
export function timeCurves(base: Side, others: readonly Side[], operation: string): Markup | null {
  const runs = [base, ...others].map((side) => runsOf(side)[0] as Run);
  const lines = runs.map((run) => overTime(run, operation));
  if (lines.some((line) => line.length < 2)) return null;
  const to = Math.max(...runs.map(({ load_end_ms }) => load_end_ms)) / 1000;
  const ticks = [0, to / 2, to].map((at) => ({ at, text: formatElapsed(Math.round(at)) }));
  return drawing(lines, lineNames(base, others), { from: 0, to, ticks }, false);
}

function overTime(run: Run, operation: string): Line {
  return run.batches({ operations: operation }).flatMap((batch): Line => {
    const values = batch.histogram(HEADLINE);
    return values.count < 2 * LEAST_ABOVE ? [] : [[(batch.start_ms + batch.end_ms) / 2000, values.percentile(95)]];
  });
}

interface Axis {
  from: number;
  to: number;
  ticks: readonly { at: number; text: string }[];
}

/** What stands at the end of each line. */
function lineNames(base: Side, others: readonly Side[]): string[] {
  const [first] = others;
  if (first?.paired === true) return columnNames(base, first);
  return ["baseline", ...others.map((_, i) => others.length === 1 ? "new" : i === 0 ? "first" : "further")];
}

function drawing(lines: readonly Line[], names: readonly string[], axis: Axis, logarithmic: boolean): Markup {
  const values = lines.flat().map(([, y]) => y);
  const { low, high, ticks } = logarithmic ? logarithmicRange(values) : linearRange(values);
  const scale = (value: number) => logarithmic ? Math.log(value) : value;
  const x = (at: number) => LEFT + (at - axis.from) / (axis.to - axis.from) * (WIDTH - LEFT - RIGHT);
  const y = (at: number) =>
    HEIGHT - BOTTOM - (scale(at) - scale(low)) / (scale(high) - scale(low)) * (HEIGHT - TOP - BOTTOM);
  const labels = apart(lines.map((line) => y((line.at(-1) as [number, number])[1])));
  return markup`<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" aria-hidden="true">
${
    ticks.map((at) =>
      markup`<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(at).toFixed(1)}" y2="${y(at).toFixed(1)}"/>
<text x="${LEFT - 6}" y="${(y(at) + 4).toFixed(1)}" text-anchor="end">${formatRound(formatDuration(at))}</text>`
    )
  }
${
    axis.ticks.map(({ at, text }) =>
      markup`<text x="${x(at).toFixed(1)}" y="${HEIGHT - 6}" text-anchor="middle">${text}</text>`
    )
  }
${
    lines.map((line, i) =>
      markup`<path class="${i === 0 ? "base" : i === 1 ? "line" : "line further"}" d="${path(line, x, y)}"/>
<text x="${(x((line.at(-1) as [number, number])[0]) + 6).toFixed(1)}" y="${
        (labels[i] as number).toFixed(1)
      }">${names[i] as string}</text>`
    )
  }
</svg>`;
}

function path(line: Line, x: (at: number) => number, y: (at: number) => number): string {
  return line.map(([a, b], i) => `${i === 0 ? "M" : "L"}${x(a).toFixed(1)} ${y(b).toFixed(1)}`).join("");
}

/** Whole steps of 1, 2 and 5 that hold all values. */
function logarithmicRange(values: readonly number[]): { low: number; high: number; ticks: number[] } {
  const steps = Array.from({ length: 30 }, (_, i) => [1, 2, 5][i % 3] as number * 10 ** Math.floor(i / 3));
  const low = steps.findLast((step) => step <= Math.min(...values)) ?? 1;
  const high = steps.find((step) => step >= Math.max(...values)) ?? 1e9;
  return { low, high: Math.max(high, low * 2), ticks: steps.filter((step) => step >= low && step <= high) };
}

function linearRange(values: readonly number[]): { low: number; high: number; ticks: number[] } {
  const most = Math.max(1, ...values) * 1.1;
  const step = niceStep(most / 3);
  const low = Math.min(0, ...values);
  const ticks = Array.from({ length: Math.floor(most / step) + 1 }, (_, i) => i * step);
  return { low, high: most, ticks };
}

function niceStep(size: number): number {
  const power = 10 ** Math.floor(Math.log10(size));
  return power * ([1, 2, 5].findLast((step) => step * power <= size) ?? 1);
}

/** Heights of labels, moved until none overlaps another. */
function apart(heights: readonly number[]): number[] {
  const order = heights.map((at, i) => ({ at: at + 4, i })).sort((a, b) => a.at - b.at);
  for (let k = 1; k < order.length; k++) {
    const [before, one] = [order[k - 1], order[k]];
    if (before && one) one.at = Math.max(one.at, before.at + 13);
  }
  const placed: number[] = [];
  for (const { at, i } of order) placed[i] = at;
  return placed;
}
