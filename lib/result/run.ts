/**
 * A run as everything downstream reads it: verdict, reports, comparison and live view. It is the fold of the lines of
 * result.ndjson, so a report made while the run goes, at its end, or from the file years later sees the same.
 */
import type { GpuSample, HostSample } from "../measure/resource.ts";
import type { FailureData } from "../measure/interval.ts";
import { Failures } from "../measure/failures.ts";
import { endedCalls, Series } from "../measure/series.ts";
import type { Plan, Stage } from "../plan/plan.ts";
import { matchesGlob } from "../plan/glob.ts";
import type { EndRecord, EventRecord, HeaderRecord, IntervalRecord, ResultRecord } from "./record.ts";
import { Timeline, type TimeSlot } from "./timeline.ts";

/** Which calls a figure is over; everything left out means all. */
export interface Selection {
  /** Glob over operation names. */
  operations?: string;
  /** Name of a stage. Without it: every stage but warm-up. */
  stage?: string;
}

/** Readings of resources kept in memory at most, of each kind; later ones then thin out the earlier. */
const MAX_SAMPLES = 20_000;

/** Everything known of one run. */
export class Run {
  readonly events: EventRecord[] = [];
  readonly host: HostSample[] = [];
  readonly gpu: GpuSample[] = [];
  /** Null while it runs, or when the file ends without an end mark. */
  end: EndRecord | null = null;
  readonly #series = new Map<string, Map<number, Series>>();
  readonly #failures = new Failures();
  readonly #timeline = new Timeline();
  #last_ms = 0;
  #load_end_ms: number;
  #peak_users = 0;
  /** Ok calls that ended after the load had ended; they are in every figure but throughput. */
  readonly #drained = new Map<string, Map<number, number>>();

  constructor(readonly header: HeaderRecord) {
    this.#load_end_ms = header.plan.duration_ms;
  }

  /** The plan, redacted. */
  get plan(): Plan {
    return this.header.plan;
  }

  /** Second by second, or coarser for long runs; rising. */
  get slots(): readonly TimeSlot[] {
    return this.#timeline.slots;
  }

  /** Operations seen, in the order of the plan's tasks, then by name. */
  get operations(): string[] {
    const planned = this.plan.tasks.map((task) => task.operation);
    const rank = (name: string) => planned.includes(name) ? planned.indexOf(name) : planned.length;
    return [...this.#series.keys()].sort((a, b) => rank(a) - rank(b) || a.localeCompare(b));
  }

  /** Failures grouped, the most frequent first. */
  get failures(): FailureData[] {
    return this.#failures.list();
  }

  /** Most users running at the end of any second. */
  get peak_users(): number {
    return this.#peak_users;
  }

  /** End of the last second known; milliseconds since the start. */
  get elapsed_ms(): number {
    return this.end?.t_ms ?? this.#last_ms;
  }

  /** Until when users were told to start new tasks: the plan's duration, or the instant of an earlier stop. */
  get load_end_ms(): number {
    return Math.min(this.#load_end_ms, Math.max(this.elapsed_ms, 1));
  }

  /** Issued calls less the sum of all outcomes; calls still in flight while it runs. */
  get unaccounted(): number {
    const all = this.total({}, true);
    return all.issued - endedCalls(all.outcomes);
  }

  /** Takes the next line. */
  add(record: ResultRecord): void {
    switch (record.type) {
      case "interval":
        return this.#addInterval(record);
      case "host":
        return pushBounded(this.host, record);
      case "gpu":
        return pushBounded(this.gpu, record);
      case "event":
        return this.#addEvent(record);
      case "end":
        this.end = record;
        return;
      case "header":
        throw new Error("Cannot add a second header to a run");
    }
  }

  #addEvent(event: EventRecord): void {
    this.events.push(event);
    if (event.kind === "stop_requested") this.#load_end_ms = Math.min(this.#load_end_ms, event.t_ms);
  }

  #addInterval(interval: IntervalRecord): void {
    const { index } = interval;
    for (const data of interval.series) {
      stageMap(this.#series, data.operation, data.stage, () => new Series()).mergeData(data);
      if (index * 1000 < this.#load_end_ms) continue;
      const counts = this.#drained.get(data.operation) ?? new Map<number, number>();
      this.#drained.set(data.operation, counts.set(data.stage, (counts.get(data.stage) ?? 0) + data.outcomes.ok));
    }
    for (const failure of interval.failures) this.#failures.merge(failure);
    this.#timeline.add(interval);
    this.#peak_users = Math.max(this.#peak_users, interval.users);
    this.#last_ms = Math.max(this.#last_ms, (index + 1) * 1000);
  }

  /**
   * The calls of a selection as one series, by the stage in which they were meant to start.
   * @param with_warm_up also the warm-up stages, when no stage is named
   */
  total(selection: Selection = {}, with_warm_up = false): Series {
    const total = new Series();
    for (const [operation, stages] of this.#series) {
      if (selection.operations !== undefined && !matchesGlob(selection.operations, operation)) continue;
      for (const [stage, series] of stages) {
        if (this.#reads(stage, selection.stage, with_warm_up)) total.merge(series);
      }
    }
    return total;
  }

  #reads(stage: number, wanted: string | undefined, with_warm_up: boolean): boolean {
    const found = this.plan.stages[stage];
    if (wanted !== undefined) return found?.name === wanted;
    return with_warm_up || found?.warm_up !== true;
  }

  /** Ok calls per second that ended before the load did, over the time the selected stages lasted. */
  throughput(selection: Selection = {}): number {
    const total = this.total(selection);
    let drained = 0;
    for (const [operation, stages] of this.#drained) {
      if (selection.operations !== undefined && !matchesGlob(selection.operations, operation)) continue;
      for (const [stage, count] of stages) if (this.#reads(stage, selection.stage, false)) drained += count;
    }
    const length_ms = this.window_ms(selection.stage);
    return length_ms > 0 ? (total.outcomes.ok - drained) / (length_ms / 1000) : 0;
  }

  /** How long the named stage, or all stages but warm-up, lasted so far; milliseconds. */
  window_ms(stage?: string): number {
    const lasted = (s: Stage) => Math.max(0, Math.min(s.end_ms, this.load_end_ms) - s.start_ms);
    const stages = this.plan.stages.filter((s) => stage === undefined ? !s.warm_up : s.name === stage);
    return stages.reduce((sum, s) => sum + lasted(s), 0);
  }
}

function stageMap<V>(map: Map<string, Map<number, V>>, key: string, stage: number, make: () => V): V {
  let stages = map.get(key);
  if (stages === undefined) map.set(key, stages = new Map());
  let value = stages.get(stage);
  if (value === undefined) stages.set(stage, value = make());
  return value;
}

/** Keeps a list bounded by dropping every second of its older half; charts need no more. */
function pushBounded<T>(list: T[], item: T): void {
  list.push(item);
  if (list.length <= MAX_SAMPLES) return;
  const half = list.length >> 1;
  const thinned = list.filter((_, i) => i >= half || i % 2 === 0);
  list.splice(0, list.length, ...thinned);
}
