/**
 * When the P95 of the response time rose for longer than chance explains, and what else changed then. Definition and
 * limits: docs/measurement.md, "What changed when the P95 rose".
 */
import type { Run } from "../../result/run.ts";
import { lengthWithin, type Span } from "../../result/spans.ts";
import { LEAST_VALUES, type LevelShift, levelShifts } from "../../statistics/level_shift.ts";
import { median } from "../../statistics/trend.ts";
import { type LoadBin, type LoadChange, loadChange } from "./load_change.ts";
import { type Mark, marksOf } from "./marks.ts";
import { type Moved, movedBetween } from "./moved.ts";

/** The P95 of the response time of an operation in each of the bins; milliseconds, null without a call. */
export interface OperationLine {
  operation: string;
  values: readonly (number | null)[];
}

/** A rise of the P95, and what went with it. */
export interface Rise {
  at_ms: number;
  /** When that level ended; at the latest the end of the load. */
  until_ms: number;
  /** The one that rose most; the others that rose at the same time. */
  operation: string;
  also: string[];
  /** Medians of the P95 before and after it; milliseconds. */
  before_ms: number;
  after_ms: number;
  /** Null: the load was the same before and after. */
  load: LoadChange | null;
  /** What was marked as beginning then, but for what readings tell anyway. */
  happened: Mark[];
  /** The clearest first. */
  moved: Moved[];
  /** Readings that could have changed. */
  looked_at: number;
}

/** How often a run without any change may show a rise, all its operations together. */
export const USUAL_LEVEL = 0.01;
/** The P95 rose by so much at least, and by so many milliseconds. */
const LEAST_FACTOR = 1.2;
const LEAST_MS = 1;
/** Windows that a series is cut into at most: neighbours of fewer calls would be alike by chance. */
const MAX_WINDOWS = 60;
const MAX_RISES = 3;
/** Readings are of so many windows before and after at most: farther away other things change. */
const NEAR_WINDOWS = 20;

/** A rise of one operation, in bins of the run. */
interface Found {
  operation: string;
  at: number;
  from: number;
  to: number;
  before_ms: number;
  after_ms: number;
  /** Length of a window. */
  window_ms: number;
}

/**
 * The clearest rises of a run, at most three, in the order of time.
 * @param bins rising, of equal length but for the ends
 * @param level see `USUAL_LEVEL`
 */
export function risesOf(
  run: Run,
  bins: readonly LoadBin[],
  lines: readonly OperationLine[],
  level = USUAL_LEVEL,
): Rise[] {
  const judged = bins.map((bin) => isJudged(run, bin));
  const found = lines.flatMap((line) => risesIn(bins, line, judged, level / lines.length));
  const groups = grouped(run, bins, found).slice(0, MAX_RISES);
  return groups.map((group) => described(run, bins, group)).sort((a, b) => a.at_ms - b.at_ms);
}

/** Warm-up and pauses say nothing, and what ends after the load has ended is a remainder. */
function isJudged({ plan, load_end_ms }: Run, { start_ms, length_ms }: LoadBin): boolean {
  const end_ms = start_ms + length_ms;
  const covers = (one: Span) => one.start_ms < end_ms && one.end_ms > start_ms;
  if (end_ms > load_end_ms || (plan.pauses ?? []).some(covers)) return false;
  const stages = plan.stages.filter(covers);
  return stages.length > 0 && stages.every(({ warm_up }) => !warm_up);
}

function risesIn(
  bins: readonly LoadBin[],
  { operation, values }: OperationLine,
  judged: readonly boolean[],
  level: number,
): Found[] {
  const known = values.flatMap((value, bin) => value !== null && value > 0 && judged[bin] ? [{ bin, value }] : []);
  if (known.length < LEAST_VALUES) return [];
  const size = Math.ceil(known.length / MAX_WINDOWS);
  const windows = Array.from(
    { length: Math.floor(known.length / size) },
    (_, i) => median(known.slice(i * size, (i + 1) * size).map(({ value }) => value)),
  );
  return levelShifts(windows, level).flatMap((shift): Found[] => {
    const { from, at, to } = inBins(known.map(({ value }) => value), shift, size);
    const [before_ms, after_ms] = [known.slice(from, at), known.slice(at, to)]
      .map((part) => median(part.map(({ value }) => value))) as [number, number];
    if (after_ms < LEAST_FACTOR * before_ms || after_ms - before_ms < LEAST_MS) return [];
    const binAt = (i: number) => (known[i] ?? known.at(-1) as { bin: number }).bin;
    const window_ms = size * (bins[binAt(at)] as LoadBin).length_ms;
    return [{ operation, at: binAt(at), from: binAt(from), to: binAt(to - 1) + 1, before_ms, after_ms, window_ms }];
  });
}

/** A shift of windows in single values: where, near its border, the two sides lie farthest apart. */
function inBins(values: readonly number[], shift: LevelShift, size: number): LevelShift {
  const [from, to] = [shift.from * size, Math.min(values.length, shift.to * size)];
  const middle = shift.at * size;
  const [low, high] = [Math.max(from, middle - 2 * size), Math.min(to, middle + 2 * size)];
  const part = values.slice(low, high).map(Math.log);
  const all = part.reduce((sum, value) => sum + value, 0);
  let best = { at: middle, distance: 0 };
  let sum = 0;
  for (let left = 1; left < part.length; left++) {
    sum += part[left - 1] as number;
    const right = part.length - left;
    const distance = Math.abs(sum / left - (all - sum) / right) * Math.sqrt(left * right);
    if (Math.abs(low + left - middle) <= size && distance > best.distance) best = { at: low + left, distance };
  }
  return { from, at: best.at, to };
}

/** Rises of several operations at one time are one, told of the one that rose most; of a ramp only its largest is told. */
function grouped(run: Run, bins: readonly LoadBin[], found: readonly Found[]): Found[][] {
  const factor = ({ before_ms, after_ms }: Found) => after_ms / before_ms;
  const start = ({ at }: Found) => (bins[at] as LoadBin).start_ms;
  const rampOf = (one: Found) =>
    run.plan.stages.find(({ ramp, start_ms, end_ms }) => ramp === true && start(one) > start_ms && start(one) < end_ms);
  const groups: Found[][] = [];
  for (const one of found.toSorted((a, b) => factor(b) - factor(a))) {
    const near = groups.find(([first]) =>
      first !== undefined && (Math.abs(start(first) - start(one)) <= Math.max(first.window_ms, one.window_ms) ||
        (rampOf(one) !== undefined && rampOf(one) === rampOf(first)))
    );
    if (near === undefined) groups.push([one]);
    else near.push(one);
  }
  return groups;
}

function described(run: Run, bins: readonly LoadBin[], group: readonly Found[]): Rise {
  const [first] = group as [Found];
  const { operation, at, from, to, before_ms, after_ms, window_ms } = first;
  const at_ms = (bins[at] as LoadBin).start_ms;
  const last = bins[to - 1] as LoadBin;
  // A bin holds calls that ended in it: what they met lies a little before.
  const margin_ms = (bins[at] as LoadBin).length_ms;
  const near_ms = NEAR_WINDOWS * window_ms;
  const before = { start_ms: Math.max((bins[from] as LoadBin).start_ms, at_ms - near_ms), end_ms: at_ms - margin_ms };
  const after = { start_ms: at_ms, end_ms: Math.min(last.start_ms + last.length_ms, at_ms + near_ms) };
  const also = [...new Set(group.slice(1).map((one) => one.operation))].filter((name) => name !== operation);
  return {
    at_ms,
    until_ms: last.start_ms + last.length_ms,
    operation,
    also,
    before_ms,
    after_ms,
    load: loadChange(run, bins, at, window_ms),
    happened: happenedAround(run, at_ms, Math.max(window_ms, 2 * margin_ms)),
    ...movedBetween(run, before, after),
  };
}

/** Marks that begin near an instant; the readings themselves tell of GPUs. */
function happenedAround(run: Run, at_ms: number, reach_ms: number): Mark[] {
  const near = marksOf(run).filter(({ kind, start_ms, end_ms }) =>
    ["service", "connection", "generator"].includes(kind) && lengthWithin(
        [{ start_ms: at_ms - reach_ms, end_ms: at_ms + reach_ms }],
        start_ms,
        Math.max(start_ms + 1, end_ms ?? 0),
      ) > 0
  );
  return near.filter(({ name }, i) => near.findIndex((one) => one.name === name) === i);
}
