/** The run second by second, in a list of bounded length: when it is full, neighbours merge. */
import { mergeStates, stateOf } from "../measure/generator.ts";
import type { IntervalData, SeriesData } from "../measure/interval.ts";
import { Series } from "../measure/series.ts";
import { joinConnections, slotConnections } from "./connections.ts";
import { SlotStore } from "./slot_store.ts";
import { addSeries, packHistogram } from "./sparse.ts";
import type { TimeSlot } from "./time_slot.ts";

export type { TimeSlot } from "./time_slot.ts";

/** Most slots; a longer run has slots of 2 s, 4 s, ... */
export const MAX_SLOTS = 1200;

/** Collects intervals into slots. Intervals come in rising order; a missing one leaves a gap. */
export class Timeline {
  readonly slots: TimeSlot[] = [];
  #seconds = 1;
  /** All slots but the last, which may still grow. */
  #store = new SlotStore();

  /** Length of a full slot; milliseconds. */
  get slot_ms(): number {
    return this.#seconds * 1000;
  }

  /** Adds one interval. */
  add(interval: IntervalData): void {
    this.#push(slotOf(interval));
    if (this.slots.length > MAX_SLOTS) this.#halve();
  }

  #push(slot: TimeSlot): void {
    const { slots } = this;
    const start_ms = Math.floor(slot.start_ms / this.slot_ms) * this.slot_ms;
    const last = slots.at(-1);
    if (last?.start_ms === start_ms) {
      slots[slots.length - 1] = join(last, slot);
      return;
    }
    if (last !== undefined) slots[slots.length - 1] = this.#store.keep(last);
    slots.push(withLength(slot, start_ms, slot.start_ms + slot.length_ms - start_ms));
  }

  #halve(): void {
    this.#seconds *= 2;
    this.#store = new SlotStore();
    for (const slot of this.slots.splice(0)) this.#push(slot);
  }

  /** What it takes. */
  get bytes(): number {
    return this.#store.bytes;
  }
}

function slotOf(interval: IntervalData): TimeSlot {
  const { users, in_flight } = interval;
  const connections = slotConnections(interval.connections);
  const generator = stateOf(interval.generator);
  const series = mergeByOperation(interval.series.map(responseOnly));
  return { start_ms: interval.index * 1000, length_ms: 1000, users, in_flight, connections, generator, series };
}

function withLength(slot: TimeSlot, start_ms: number, length_ms: number): TimeSlot {
  const { users, in_flight, connections, generator, series } = slot;
  return { start_ms, length_ms, users, in_flight, connections, generator, series };
}

function join(first: TimeSlot, second: TimeSlot): TimeSlot {
  return {
    ...withLength(second, first.start_ms, second.start_ms + second.length_ms - first.start_ms),
    connections: joinConnections(first.connections, second.connections),
    generator: mergeStates([first.generator, second.generator]),
    series: mergeByOperation([...first.series.values(), ...second.series.values()]),
  };
}

/** Series by operation; those of one operation are added up exactly. */
function mergeByOperation(list: readonly SeriesData[]): Map<string, SeriesData> {
  const merged = new Map<string, SeriesData>();
  for (const data of list) {
    const before = merged.get(data.operation);
    merged.set(data.operation, before === undefined ? data : addSeries(before, data));
  }
  return merged;
}

/** A fast service fills thousands of buckets a second: what is kept of them for the whole run must be small. */
function responseOnly({ failed_latency: _, tainted: _tainted, censored, ...data }: SeriesData): SeriesData {
  const { response_time } = data.histograms;
  return {
    ...data,
    histograms: response_time === undefined ? {} : { response_time: packHistogram(response_time) },
    ...(censored !== undefined && { censored: packHistogram(censored) }),
  };
}

/** All operations of a slot as one series. */
export function slotTotal(slot: TimeSlot): Series {
  const total = new Series();
  for (const data of slot.series.values()) total.mergeData(data);
  return total;
}
