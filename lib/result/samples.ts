/** Readings of machines, of all devices of a kind, kept within bounds. */
import { Column } from "./column.ts";
import { Readings } from "./readings.ts";

/** Most readings kept in memory, for each kind; above that, earlier ones are thinned out. */
const MAX_SAMPLES = 20_000;

/**
 * The readings of one kind (hosts, GPUs, ...), device by device. At most 20,000: of more, every second of each device is
 * dropped from the older half; charts need no more.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const samples = new Samples<{ t_ms: number; fan: string; rpm: number }>(({ fan }) => fan);
 * samples.add({ t_ms: 0, fan: "left", rpm: 900 });
 * samples.add({ t_ms: 5, fan: "right", rpm: 950 });
 * assert.deepEqual([...samples.of("right")], [{ t_ms: 5, fan: "right", rpm: 950 }]);
 * assert.deepEqual([...samples].map(({ rpm }) => rpm), [900, 950]);
 * ```
 */
export class Samples<S extends { t_ms: number }> implements Iterable<S> {
  readonly #devices = new Map<string, Readings<S>>();
  readonly #names: string[] = [];
  /** The device of each reading, as they came. */
  readonly #order = new Column();
  #length = 0;

  /** @param deviceOf what tells devices apart */
  constructor(readonly deviceOf: (sample: S) => string) {}

  /** How many there are, of all devices. */
  get length(): number {
    return this.#length;
  }

  /** Adds the newest. */
  add(sample: S): void {
    const name = this.deviceOf(sample);
    this.of(name).push(sample);
    this.#order.put(this.#length, this.#names.indexOf(name));
    this.#length++;
    if (this.#length > MAX_SAMPLES) this.#thin();
  }

  #thin(): void {
    const half = this.#length >> 1;
    const seen = this.#names.map(() => 0);
    const rows: number[][] = this.#names.map(() => []);
    const kept: number[] = [];
    for (let at = 0; at < this.#length; at++) {
      const device = this.#order.at(at);
      const row = seen[device] as number;
      seen[device] = row + 1;
      if (at < half && row % 2 !== 0) continue;
      kept.push(at);
      rows[device]?.push(row);
    }
    this.#order.keep(kept);
    this.#length = kept.length;
    for (const [device, name] of this.#names.entries()) this.#devices.get(name)?.keep(rows[device] ?? []);
  }

  /** Devices that were read, in the order in which that began. */
  get devices(): Readings<S>[] {
    return this.#all.filter(({ length }) => length > 0);
  }

  get #all(): Readings<S>[] {
    return [...this.#devices.values()];
  }

  /** The readings of one device, now and later; it need not have been read yet. */
  of(device: string): Readings<S> {
    let readings = this.#devices.get(device);
    if (readings === undefined) {
      this.#devices.set(device, readings = new Readings());
      this.#names.push(device);
    }
    return readings;
  }

  /** All of them in the order they were taken, each made anew. */
  *[Symbol.iterator](): Generator<S, undefined, undefined> {
    const devices = this.#all;
    const next = devices.map(() => 0);
    for (let at = 0; at < this.#length; at++) {
      const device = this.#order.at(at);
      const row = next[device] as number;
      next[device] = row + 1;
      yield devices[device]?.at(row) as S;
    }
  }

  /** When each was taken. */
  get times_ms(): number[] {
    const devices = this.#all.map(({ times_ms }) => times_ms.values());
    return Array.from({ length: this.#length }, (_, at) => devices[this.#order.at(at)]?.next().value as number);
  }

  /** The newest, at most `count`, in the order they were taken. */
  last(count: number): S[] {
    const devices = this.#all;
    const back = devices.map(() => 0);
    const found: S[] = [];
    for (let at = this.#length - 1; at >= Math.max(0, this.#length - count); at--) {
      const device = this.#order.at(at);
      back[device] = (back[device] as number) - 1;
      found.push(devices[device]?.at(back[device] as number) as S);
    }
    return found.reverse();
  }

  /** What their numbers and texts take. */
  get bytes(): number {
    return this.devices.reduce((sum, readings) => sum + readings.bytes, this.#order.bytes);
  }
}
