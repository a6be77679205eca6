/** Slots of a timeline that do not change any more, in columns: a long run has 1,200 of them. */
import type { ConnectionData, GeneratorState, SeriesData } from "../measure/interval.ts";
import { Arena, type Place } from "./arena.ts";
import { Rows } from "./rows.ts";
import { packList } from "./sparse.ts";
import type { TimeSlot } from "./time_slot.ts";

/** Histograms have their numbers in lists under these names. */
const LISTS = new Set(["buckets", "below"]);

/** Keeps slots. */
export class SlotStore {
  readonly #series = new Rows<SeriesData[]>();
  readonly #generators = new Rows<GeneratorState>();
  readonly #connections = new Rows<ConnectionData[]>();
  readonly #arena = new Arena();

  /** Takes a slot apart; what it gives for it equals it. */
  keep(slot: TimeSlot): TimeSlot {
    const row = this.#series.length;
    this.#series.push(this.#pack([...slot.series.values()]));
    this.#generators.push(slot.generator);
    this.#connections.push(this.#pack(slot.connections));
    return new KeptSlot(this, row, slot);
  }

  /** The operations of a slot. */
  series(row: number): Map<string, SeriesData> {
    return new Map(this.#unpack(this.#series.at(row) ?? []).map((data) => [data.operation, data]));
  }

  /** The generator during a slot. */
  generator(row: number): GeneratorState {
    return this.#generators.at(row) as GeneratorState;
  }

  /** The connections at the end of a slot. */
  connections(row: number): ConnectionData[] {
    return this.#unpack(this.#connections.at(row) ?? []);
  }

  /** The same with the lists of its histograms in the arena. */
  #pack<T>(value: T): T {
    return withLists(value, (list) => this.#arena.put(packList(list as ArrayLike<number>))) as T;
  }

  #unpack<T>(value: T): T {
    return withLists(value, (place) => this.#arena.get(place as Place)) as T;
  }

  /** What it takes. */
  get bytes(): number {
    return this.#arena.bytes + this.#series.bytes + this.#generators.bytes + this.#connections.bytes;
  }
}

/** A value with something else for the lists of each histogram in it. */
function withLists(value: unknown, change: (list: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map((one) => withLists(one, change));
  if (typeof value !== "object" || value === null) return value;
  const changed = ([key, one]: [string, unknown]) => [key, LISTS.has(key) ? change(one) : withLists(one, change)];
  return Object.fromEntries(Object.entries(value).map(changed));
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
