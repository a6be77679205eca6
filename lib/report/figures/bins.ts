/** Merges slots into the bins that charts show: enough calls in each for a percentile, few enough for a screen. */
import { HEADLINE } from "../../plan/threshold/threshold.ts";
import {
  type ConnectionData,
  type HistogramData,
  type OutcomeCounts,
  OUTCOMES,
  type SeriesData,
} from "../../measure/interval.ts";
import { noOutcomes } from "../../measure/series.ts";
import type { Run } from "../../result/run.ts";
import type { TimeSlot } from "../../result/timeline.ts";

/** A stretch of the run on the charts' time axis. */
export interface Bin {
  start_ms: number;
  length_ms: number;
  users: number;
  in_flight: number;
  /** Arrivals that fell due (open loads) and tasks begun. */
  due: number;
  begun: number;
  /** Ok calls that met every objective. */
  good: number;
  connections: ConnectionData[];
  outcomes: OutcomeCounts;
  /** Sparse: a histogram for each operation and bin would take hundreds of megabytes. */
  series: SeriesData[];
}

/** Most bins: more points than pixels show nothing more. */
const MAX_BINS = 400;
/** Ok calls that a bin needs for useful percentiles. */
const CALLS_PER_BIN = 50;
/** Fewer bins than this show no trend. */
const MIN_BINS = 20;

const STEPS_S = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400];

/** The shortest round length of a bin that gives at most `most` of them; milliseconds. */
export function binLength(run: Run, most = MAX_BINS): number {
  return lengthFor(run, (step, seconds) => seconds / step <= most);
}

/**
 * The same for bins with percentiles: at least fifty ok calls each on average, while at least twenty bins remain.
 */
export function percentileBinLength(run: Run): number {
  const { ok } = run.total({}, true).outcomes;
  return lengthFor(run, (step, seconds) => {
    const full = ok * step / seconds >= CALLS_PER_BIN || seconds / step < 2 * MIN_BINS;
    return full && seconds / step <= MAX_BINS;
  });
}

function lengthFor(run: Run, fits: (step: number, seconds: number) => boolean): number {
  const seconds = Math.max(1, run.elapsed_ms / 1000);
  const slot_ms = run.slots.reduce((max, { length_ms }) => Math.max(max, length_ms), 1000);
  const step = STEPS_S.find((one) => fits(one, seconds)) ?? Math.ceil(seconds / MAX_BINS);
  // Each slot must fit into one bin.
  return Math.ceil(step * 1000 / slot_ms) * slot_ms;
}

/** The run in bins of `bin_ms`, rising; seconds without an interval leave a gap. */
export function binsOf(run: Run, bin_ms: number): Bin[] {
  const bins = new Map<number, Bin>();
  for (const slot of run.slots) {
    const start_ms = Math.floor(slot.start_ms / bin_ms) * bin_ms;
    const bin = bins.get(start_ms);
    if (bin === undefined) bins.set(start_ms, addSlot(emptyBin(start_ms), slot));
    else addSlot(bin, slot);
  }
  return [...bins.values()];
}

function emptyBin(start_ms: number): Bin {
  return {
    start_ms,
    length_ms: 0,
    users: 0,
    in_flight: 0,
    due: 0,
    begun: 0,
    good: 0,
    connections: [],
    outcomes: noOutcomes(),
    series: [],
  };
}

function addSlot(bin: Bin, slot: TimeSlot): Bin {
  bin.length_ms = slot.start_ms + slot.length_ms - bin.start_ms;
  bin.users = slot.users;
  bin.in_flight = Math.max(bin.in_flight, slot.in_flight);
  bin.due += slot.generator.due;
  bin.begun += slot.generator.begun;
  bin.connections = slot.connections;
  for (const data of slot.series.values()) {
    bin.series.push(data);
    bin.good += data.counters.good ?? 0;
    for (const outcome of OUTCOMES) bin.outcomes[outcome] += data.outcomes[outcome];
  }
  return bin;
}

/** The response times of a bin, part by part: to add them up would take longer than what is read of them. */
export interface BinTimes {
  answered: HistogramData[];
  /** Ages at which calls timed out or were cut off. */
  givenUp: HistogramData[];
}

/** Each bin's response times, of all operations or of one. */
export function timesByBin(bins: readonly Bin[], operation: string | undefined): BinTimes[] {
  return bins.map(({ series }) => {
    const times: BinTimes = { answered: [], givenUp: [] };
    for (const { operation: name, histograms, censored } of series) {
      if ((operation ?? name) !== name) continue;
      if (histograms[HEADLINE] !== undefined) times.answered.push(histograms[HEADLINE]);
      if (censored !== undefined) times.givenUp.push(censored);
    }
    return times;
  });
}
