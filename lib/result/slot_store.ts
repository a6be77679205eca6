/** Slots of a timeline that do not change any more, in columns: a long run has 1,200 of them. */
import type { ConnectionData, GeneratorState, HistogramData, SeriesData, SeriesPart } from "../measure/interval.ts";
import { Arena, type Place } from "./arena.ts";
import { Rows } from "./rows.ts";
import type { TimeSlot } from "./timeline.ts";

/** A histogram whose buckets lie in an arena. */
type KeptHistogram = Omit<HistogramData, "buckets" | "below"> & { buckets: Place; below?: Place };

/** What a slot keeps of an operation: the response time and the ages of calls given up are its only histograms. */
interface KeptSeries extends Omit<SeriesPart, "histograms" | "failed_latency" | "censored"> {
  operation: string;
  stage: number;
  response_time?: KeptHistogram;
  censored?: KeptHistogram;
}

/** Keeps slots. */
export class SlotStore {
  readonly #series = new Rows<KeptSeries[]>();
  readonly #generators = new Rows<GeneratorState>();
  readonly #connections = new Rows<ConnectionData[]>();
  readonly #arena = new Arena();

  /** Takes a slot apart; what it gives for it equals it. */
  keep(slot: TimeSlot): TimeSlot {
    const row = this.#series.length;
    this.#series.push([...slot.series.values()].map((data) => this.#pack(data)));
    this.#generators.push(slot.generator);
    this.#connections.push(slot.connections);
    return new KeptSlot(this, row, slot);
  }

  /** The operations of a slot. */
  series(row: number): Map<string, SeriesData> {
    return new Map((this.#series.at(row) ?? []).map((kept) => [kept.operation, this.#unpack(kept)]));
  }

  /** The generator during a slot. */
  generator(row: number): GeneratorState {
    return this.#generators.at(row) as GeneratorState;
  }

  /** The connections at the end of a slot. */
  connections(row: number): ConnectionData[] {
    return this.#connections.at(row) ?? [];
  }

  #pack({ histograms: { response_time }, censored, ...data }: SeriesData): KeptSeries {
    return {
      ...data,
      ...(response_time !== undefined && { response_time: this.#packHistogram(response_time) }),
      ...(censored !== undefined && { censored: this.#packHistogram(censored) }),
    };
  }

  #packHistogram({ buckets, below, ...data }: HistogramData): KeptHistogram {
    return {
      ...data,
      buckets: this.#arena.put(buckets),
      ...(below !== undefined && { below: this.#arena.put(below) }),
    };
  }

  #unpack({ response_time, censored, ...data }: KeptSeries): SeriesData {
    return {
      ...data,
      histograms: response_time === undefined ? {} : { response_time: this.#unpackHistogram(response_time) },
      ...(censored !== undefined && { censored: this.#unpackHistogram(censored) }),
    };
  }

  #unpackHistogram({ buckets, below, ...data }: KeptHistogram): HistogramData {
    return {
      ...data,
      buckets: this.#arena.get(buckets),
      ...(below !== undefined && { below: this.#arena.get(below) }),
    };
  }

  /** What it takes. */
  get bytes(): number {
    return this.#arena.bytes + this.#series.bytes + this.#generators.bytes + this.#connections.bytes;
  }
}

/** A slot that is put together when it is read. */
class KeptSlot implements TimeSlot {
  readonly start_ms: number;
  readonly length_ms: number;
  readonly users: number;
  readonly in_flight: number;
  readonly #store: SlotStore;
  readonly #row: number;
  /** A report reads each slot many times in a row. */
  #series: WeakRef<Map<string, SeriesData>> | null = null;

  constructor(store: SlotStore, row: number, { start_ms, length_ms, users, in_flight }: TimeSlot) {
    this.#store = store;
    this.#row = row;
    this.start_ms = start_ms;
    this.length_ms = length_ms;
    this.users = users;
    this.in_flight = in_flight;
  }

  get connections(): ConnectionData[] {
    return this.#store.connections(this.#row);
  }

  get generator(): GeneratorState {
    return this.#store.generator(this.#row);
  }

  get series(): Map<string, SeriesData> {
    const known = this.#series?.deref() ?? this.#store.series(this.#row);
    this.#series = new WeakRef(known);
    return known;
  }
}
