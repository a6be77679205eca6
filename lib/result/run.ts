/**
 * A run as verdict, reports, comparison and live view read it. It is the fold of the lines of result.ndjson, so a report
 * shows the same during the run, at its end, or from the file years later.
 */
import { gpuKey } from "../measure/gpus.ts";
import type { GpuSample, HostSample, ServiceSample } from "../measure/resource.ts";
import type { FailureData, GeneratorData, SeriesData, TranscriptExample, TurnExample } from "../measure/interval.ts";
import { Failures } from "../measure/failures.ts";
import { endedCalls, Series } from "../measure/series.ts";
import { WorstTranscripts } from "../measure/worst_transcripts.ts";
import type { Plan, Stage } from "../plan/plan.ts";
import type { Steering } from "../schedule/steer.ts";
import { currentSeries } from "./former_series.ts";
import { type Batch, batchBefore, secondsFor, StageBatches, stretches } from "./batches.ts";
import { type ByStage, ofStage } from "./by_stage.ts";
import { RunConnections } from "./connections.ts";
import type { Damage } from "./damage.ts";
import { countAgain } from "./counted_events.ts";
import { endsLoad } from "./event_kinds.ts";
import { GeneratorTotal } from "./generator_total.ts";
import { withRule } from "./older_events.ts";
import type {
  EndRecord,
  EventRecord,
  HeaderRecord,
  IntervalRecord,
  ResultRecord,
  ServiceStatisticsRecord,
  SteeredEvent,
} from "./record.ts";
import { KeptTotals } from "./kept_totals.ts";
import { Points } from "./points.ts";
import { lengthWithin, type Span, unionOf, without } from "./spans.ts";
import { isSteered, SteeredPlan } from "./steered_plan.ts";
import { isOf, type Selection } from "./selection.ts";
import { Timeline, type TimeSlot } from "./timeline.ts";
import { Samples } from "./samples.ts";
import { keepTurn } from "./turns.ts";

export type { Batch } from "./batches.ts";
export type { Selection } from "./selection.ts";

/**
 * Everything known of one run.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { noGenerator } from "../measure/generator.ts";
 * import { Series } from "../measure/series.ts";
 * import { builtInScenario } from "../scenario/built_in.ts";
 * import { loadScenario } from "../scenario/load.ts";
 * import { RESULT_FORMAT } from "./record.ts";
 *
 * const text = builtInScenario("smoke")!;
 * const { plan } = loadScenario({ text, file: "built-in", dir: ".", env: {}, cores: 2, overrides: {} });
 * const host = { name: "here", os: "linux", cpus: 2, memory_bytes: 2 ** 30 };
 * const started_at = "2026-11-23T14:00:00.000Z";
 * const run = new Run({ type: "header", format: RESULT_FORMAT, tool: "june-load", started_at, host, plan, services: [] });
 * const calls = new Series();
 * calls.issued = 1;
 * calls.outcomes.ok = 1;
 * calls.histogram("latency").record(250_000);
 * const series = [calls.toData("llm.chat", plan.stages.findIndex(({ warm_up }) => !warm_up))];
 * const generator = noGenerator();
 * run.add({ type: "interval", index: 0, series, failures: [], users: 1, in_flight: 0, connections: [], generator, turns: [] });
 * assert.equal(run.total().outcomes.ok, 1);
 * assert.deepEqual([run.operations, run.elapsed_ms, run.unaccounted], [["llm.chat"], 1000, 0]);
 * ```
 */
export class Run {
  /** Rising. */
  readonly events: EventRecord[] = [];
  readonly #hosts = new Samples<HostSample>(() => "");
  /** The readings of the machine that made the load. */
  readonly host = this.#hosts.of("");
  /** The readings of other machines. */
  readonly remote = new Samples<HostSample>(({ host }) => host ?? "");
  readonly gpu = new Samples<GpuSample>(gpuKey);
  readonly service = new Samples<ServiceSample>(({ source }) => source);
  /** At most one per service before the run, and one after. */
  readonly service_statistics: ServiceStatisticsRecord[] = [];
  /** What the connections to each service did, warm-up included. */
  readonly connections = new RunConnections();
  /** Null while it runs, or when the file ends without an end mark. */
  end: EndRecord | null = null;
  /** Why the rest of its file is not in it; null: all of it is. */
  damage: Damage | null = null;
  readonly #series = new Map<string, Map<number, Series>>();
  readonly #failures = new Failures();
  readonly #timeline = new Timeline();
  #last_ms = 0;
  /** When an event ended the load; Infinity: none did. */
  #stopped_ms = Infinity;
  #peak_users = 0;
  /** See `drained`; without histograms. */
  readonly #drained = new Map<string, Map<number, Series>>();
  readonly #batches: StageBatches[];
  /** Read by charts alone. */
  readonly points = new Points();
  /** The last batches read: callers read many figures of one selection in a row. */
  #last_batches: { key: string; batches: Batch[] } | null = null;
  readonly #totals = new KeptTotals();
  readonly #turns = new Map<string, TurnExample[]>();
  readonly #transcripts = new WorstTranscripts();
  readonly #generator = new GeneratorTotal();
  readonly #steered: SteeredPlan;

  constructor(readonly header: HeaderRecord) {
    this.#steered = new SteeredPlan(header.plan);
    this.#batches = header.plan.stages.map(() => new StageBatches());
  }

  /** What the past of the run takes: seconds, batches, points and readings. It must not grow with the run's length. */
  get bytes(): number {
    const kept = [this.#timeline, this.points, ...this.#batches, this.#hosts, this.gpu, this.service];
    return kept.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** The plan, redacted, as the user steered it; `header.plan` is the one the run began with. */
  get plan(): Plan {
    return this.#steered.plan;
  }

  /** The changes of the load by its user, in order; empty: the run followed its plan. */
  get steered(): readonly SteeredEvent[] {
    return this.#steered.changes;
  }

  /** How the run stands, for its next change. */
  get steering(): Steering {
    return this.#steered.steering;
  }

  /** Second by second, or coarser for long runs; in rising order. */
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

  /** The end of new tasks: the plan's duration, or an earlier stop. */
  get load_end_ms(): number {
    return Math.min(this.#end_ms, Math.max(this.elapsed_ms, 1));
  }

  get #end_ms(): number {
    return Math.min(this.plan.duration_ms, this.#stopped_ms);
  }

  /** The generator's own figures, over all seconds in which a stage other than warm-up ran. */
  get generator(): GeneratorData {
    return this.#generator.data;
  }

  /** Example voice turns outside warm-up, by operation and then the slowest first; a bounded number. */
  get turns(): TurnExample[] {
    return [...this.#turns.keys()].sort().flatMap((operation) => this.#turns.get(operation) ?? []);
  }

  /** The worst transcripts outside warm-up, by operation and then the worst first; a bounded number. */
  get transcripts(): TranscriptExample[] {
    return this.#transcripts.list();
  }

  /** Issued calls less the sum of all outcomes. */
  get open_calls(): number {
    const all = this.total({}, true);
    return all.issued - endedCalls(all.outcomes);
  }

  /** Arrivals without a call outside warm-up; in a duet each of them drops two. */
  get dropped_arrivals(): number {
    return this.total().outcomes.dropped / (this.plan.duet === undefined ? 1 : 2);
  }

  /** Calls that a run which has ended lost sight of; of any other the open calls are in flight, not lost. */
  get unaccounted(): number {
    return this.end === null ? 0 : this.open_calls;
  }

  /** Calls in flight at the last second known, while it runs or where it broke off; 0 once it has ended. */
  get in_flight(): number {
    return this.end === null ? this.open_calls : 0;
  }

  /** The rest of the file cannot be read: the run is incomplete, whatever its end mark said. */
  breakOff(damage: Damage): void {
    this.damage = damage;
    this.end = null;
    this.#totals.clear();
  }

  /** Takes the next line. */
  add(record: ResultRecord): void {
    this.#last_batches = null;
    switch (record.type) {
      case "interval":
        return this.#addInterval(record);
      case "host":
        return record.host === undefined ? this.#hosts.add(record) : this.remote.add(record);
      case "gpu":
        return this.gpu.add(record);
      case "service":
        return this.service.add(record);
      case "service_statistics":
        this.service_statistics.push(record);
        return;
      case "event":
        return this.#addEvent(record);
      case "end":
        this.end = record;
        // Of fractions, sums in another order may differ: from here on they are those of the file, whoever reads it.
        return this.#totals.clear();
      case "header":
        throw new Error("Cannot add a second header to a run");
    }
  }

  #addEvent(event: EventRecord): void {
    if (countAgain(this.events, event)) return;
    // A stall is told of a second after it ended.
    const at = this.events.findLastIndex(({ t_ms }) => t_ms <= event.t_ms) + 1;
    this.events.splice(at, 0, withRule(event, this.plan));
    if (endsLoad(event.kind)) this.#stopped_ms = Math.min(this.#stopped_ms, event.t_ms);
    if (isSteered(event)) this.#steered.add(event);
  }

  #addInterval(interval: IntervalRecord): void {
    const { index } = interval;
    this.#steered.reach((index + 1) * 1000);
    const series = interval.series.map((data) => currentSeries(this.header.plan, data));
    for (const data of series) this.#addSeries(index, data);
    // After its end a run's totals may be its own parts.
    if (this.end !== null) this.#totals.clear();
    else this.#totals.add(series);
    for (const failure of interval.failures) this.#failures.merge(failure);
    if (this.#measured(index * 1000, (index + 1) * 1000)) this.#generator.add(interval.generator);
    for (const turn of interval.turns) {
      if (!this.#measured(turn.start_ms, turn.start_ms + 1)) continue;
      const turns = this.#turns.get(turn.operation) ?? [];
      this.#turns.set(turn.operation, turns);
      keepTurn(turns, turn);
    }
    for (const transcript of interval.transcripts ?? []) {
      if (this.#measured(transcript.start_ms, transcript.start_ms + 1)) this.#transcripts.add(transcript);
    }
    this.#timeline.add({ ...interval, series });
    this.connections.add(interval.connections);
    this.#peak_users = Math.max(this.#peak_users, interval.users);
    this.#last_ms = Math.max(this.#last_ms, (index + 1) * 1000);
  }

  #addSeries(index: number, data: SeriesData): void {
    const { operation, stage } = data;
    ofStage(this.#series, operation, stage, () => new Series()).mergeData(data);
    const end_ms = Math.min(this.plan.stages[stage]?.end_ms ?? Infinity, this.#end_ms);
    this.points.add(index, data);
    this.#batches[stage]?.add(Math.max(0, Math.min(index, Math.ceil(end_ms / 1000) - 1)), data);
    if (index * 1000 < Math.min(this.#steered.load_ends_ms[stage] ?? Infinity, this.#end_ms)) return;
    ofStage(this.#drained, operation, stage, () => new Series()).mergeCounts(data);
  }

  /** Whether a stage other than warm-up runs at some time between the two instants. */
  #measured(from_ms: number, to_ms: number): boolean {
    return this.plan.stages.some((s) => !s.warm_up && s.start_ms < to_ms && Math.min(s.end_ms, this.#end_ms) > from_ms);
  }

  /**
   * The calls of a selection as one series, by the stage in which they were meant to start. Callers must not change it.
   * @param withWarmUp also the warm-up stages, when no stage is named
   */
  total(selection: Selection = {}, withWarmUp = false): Series {
    const name = JSON.stringify([selection.stage, selection.without_ramps, selection.operations, withWarmUp]);
    return this.#totals.read(name, {
      sum: () => this.#sum(this.#series, selection, withWarmUp),
      wants: (operation, stage) => isOf(selection, operation) && this.#reads(stage, selection, withWarmUp),
    });
  }

  /**
   * The selected calls that ended after their load had ended: counts and sums, no distributions. Every figure but rates
   * includes them; rates do not, because no new calls replaced them.
   */
  drained(selection: Selection = {}): Series {
    return this.#sum(this.#drained, selection, false);
  }

  #sum(all: ByStage<Series>, selection: Selection, withWarmUp: boolean): Series {
    const parts: Series[] = [];
    for (const [operation, stages] of all) {
      if (!isOf(selection, operation)) continue;
      for (const [index, series] of stages) {
        if (this.#reads(index, selection, withWarmUp)) parts.push(series);
      }
    }
    const [only] = parts;
    // Of a run that has ended nothing changes any more: no copy of a single part is needed.
    if (only !== undefined && parts.length === 1 && this.end !== null) return only;
    const total = new Series();
    for (const part of parts) total.merge(part);
    return total;
  }

  #reads(index: number, { stage, without_ramps }: Selection, withWarmUp: boolean): boolean {
    const found = this.plan.stages[index];
    if (stage !== undefined) return found?.name === stage;
    if (without_ramps === true && found?.ramp === true) return false;
    return withWarmUp || found?.warm_up !== true;
  }

  /** Ok calls per second that ended before their load did, over the time the selected stages lasted. */
  throughput(selection: Selection = {}): number {
    const length_ms = this.window_ms(selection);
    const ok = this.total(selection).outcomes.ok - this.drained(selection).outcomes.ok;
    return length_ms > 0 ? ok / (length_ms / 1000) : 0;
  }

  /**
   * How long the selected stages lasted so far; milliseconds. Time that several stages share, because loads run side by
   * side, counts once. For a glob over operations only loads with a matching call count.
   */
  window_ms(selection: Selection = {}): number {
    return lengthWithin(this.#window(selection));
  }

  #window(selection: Selection): Span[] {
    const { stages, pauses = [] } = this.plan;
    const loads = this.#loads(selection);
    const wanted = (s: Stage, index: number) => this.#reads(index, selection, false) && loads.has(s.load);
    const lasted = stages.filter(wanted).map(({ start_ms, end_ms }) => ({
      start_ms,
      end_ms: Math.min(end_ms, this.load_end_ms),
    }));
    return without(unionOf(lasted), pauses);
  }

  /** Loads in which a matching operation was called; all loads when there is none. */
  #loads(selection: Selection): Set<number | undefined> {
    const { stages } = this.plan;
    const seen = [...this.#series].filter(([name]) => isOf(selection, name));
    const called = seen.flatMap(([, byStage]) => [...byStage.keys()].map((index) => stages[index]?.load));
    const all = selection.operations === undefined || called.length === 0;
    return new Set(all ? stages.map(({ load }) => load) : called);
  }

  /**
   * The calls of a selection cut into stretches of equal length (the first and last may be shorter), rising, at most 33;
   * all of them together are `total(selection)`. A stretch without ended calls is empty, not absent. Callers must
   * not change them.
   */
  batches(selection: Selection = {}): Batch[] {
    const key = `${selection.stage} ${selection.operations} ${selection.without_ramps}`;
    if (this.#last_batches?.key !== key) this.#last_batches = { key, batches: this.#cut(selection) };
    return this.#last_batches.batches;
  }

  #cut(selection: Selection): Batch[] {
    const window = this.#window(selection);
    const stages = this.#batches.filter((_, index) => this.#reads(index, selection, false));
    const seconds = Math.max(1, ...stages.map((stage) => stage.seconds), secondsFor(window));
    const batches = stretches(window, seconds * 1000);
    for (const { end_ms, data } of stages.flatMap((stage) => [...stage.parts()])) {
      if (!isOf(selection, data.operation)) continue;
      // A stop can cut the window before the second in which the last calls ended.
      batchBefore(batches, end_ms)?.add(data);
    }
    for (const [index, { end_ms }] of this.plan.stages.entries()) {
      const drained = batchBefore(batches, end_ms)?.drained;
      for (const [operation, byStage] of this.#drained) {
        const series = byStage.get(index);
        if (series === undefined || !this.#reads(index, selection, false)) continue;
        if (isOf(selection, operation)) drained?.merge(series);
      }
    }
    return batches;
  }
}
