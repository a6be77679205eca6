/**
 * Histograms of microseconds in HdrHistogram's layout: 1 us to 1 h, three significant digits, fixed size.
 *
 * The layout is HdrHistogram's, so that counts can leave in its V2 exchange form with nothing re-binned; recording and
 * merging are ours because they run once per call and must leave a sparse trace that is cheap to flush each second.
 */
import type { HistogramData } from "./interval.ts";

/** Slots of the first bucket: the smallest power of two of at least 2 * 10^3, exact up to 2047 us. */
const SUB_BUCKETS = 2048;
const HALF = SUB_BUCKETS / 2;
const HALF_BITS = 10;
/** Largest value kept apart, one hour in microseconds. */
export const HIGHEST_US = 3_600_000_000;

/** Index of the slot that holds `value`, a whole number from 0 to HIGHEST_US. */
export function indexOf(value: number): number {
  if (value < SUB_BUCKETS) return value;
  const bucket = 31 - Math.clz32(value) - HALF_BITS;
  return bucket * HALF + (value >>> bucket);
}

/** Lowest value of the slot at `index`. */
export function lowestAt(index: number): number {
  if (index < SUB_BUCKETS) return index;
  const bucket = Math.floor(index / HALF) - 1;
  return ((index % HALF) + HALF) * 2 ** bucket;
}

/** Highest value that falls into the slot at `index`; HdrHistogram's "highest equivalent value". */
export function highestAt(index: number): number {
  if (index < SUB_BUCKETS) return index;
  return lowestAt(index) + 2 ** (Math.floor(index / HALF) - 1) - 1;
}

/** Slots that a histogram may span for each slot with a count, for reading them off to be quicker than sorting them. */
const DENSE = 40;

/** Number of slots; indexes are below it. */
export const SLOTS: number = indexOf(HIGHEST_US) + 1;

/**
 * A histogram of microseconds with exact count, sum, minimum and maximum beside its buckets.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const histogram = new Histogram();
 * for (let ms = 1; ms <= 100; ms++) histogram.record(1000 * ms);
 * assert.deepEqual([histogram.count, histogram.mean, histogram.max], [100, 50_500, 100_000]);
 * // Three significant digits: the highest value of the slot that holds 99 ms.
 * assert.equal(histogram.percentile(99), 99_007);
 * assert.equal(histogram.countAtOrBelow(20_000), 20);
 * assert.equal(Histogram.from(histogram.toData()).percentile(50), histogram.percentile(50));
 * ```
 */
export class Histogram {
  /** Grows to the highest slot used: most series never see an hour. */
  #counts = new Float64Array(0);
  /** Slots with a count, so that flushing and clearing cost what was recorded and not the range. */
  #touched = new Uint32Array(0);
  /** How many of them there are, and whether they stand in rising order. */
  #used = 0;
  #rising = true;
  #count = 0;
  #min = Infinity;
  #max = -Infinity;
  #sum = 0;
  #overflow = 0;
  /** Amounts below 0, of the few figures that can be negative; null while there is none. */
  #below: Histogram | null = null;

  /** Values recorded, those above the range included. */
  get count(): number {
    return this.#count;
  }

  /** Smallest value recorded, exact; 0 when empty. Microseconds. */
  get min(): number {
    return this.#count === 0 ? 0 : this.#min;
  }

  /** Largest value recorded, exact; 0 when empty. Microseconds. */
  get max(): number {
    return this.#count === 0 ? 0 : this.#max;
  }

  /** Exact sum of the values recorded; microseconds. */
  get sum(): number {
    return this.#sum;
  }

  /** Exact mean; 0 when empty. Microseconds. */
  get mean(): number {
    return this.#count === 0 ? 0 : this.#sum / this.#count;
  }

  /** Values above one hour; they are in the last slot. */
  get overflow(): number {
    return this.#overflow;
  }

  /**
   * Records one value; fractions are rounded, values below 0 count as 0.
   * @throws {RangeError} for a value that is not a number: it would poison every later figure.
   */
  record(value_us: number): void {
    if (!(value_us > -Infinity && value_us < Infinity)) throw new RangeError(`Cannot record ${value_us} us`);
    const value = value_us < 0 ? 0 : Math.round(value_us);
    if (value > HIGHEST_US) this.#overflow++;
    this.#add(value > HIGHEST_US ? SLOTS - 1 : indexOf(value), 1);
    this.#sum += value;
    if (value < this.#min) this.#min = value;
    if (value > this.#max) this.#max = value;
  }

  /**
   * Records one value that may be negative: a final transcript may come before the speech has ended. Negative values keep
   * their sign in percentiles, minimum and mean.
   * @throws {RangeError} for a value that is not a number
   */
  recordSigned(value_us: number): void {
    const value = Math.round(value_us);
    if (!(value < 0)) return this.record(value_us);
    if (value === -Infinity) throw new RangeError(`Cannot record ${value_us} us`);
    (this.#below ??= new Histogram()).record(-value);
    this.#count++;
    this.#mergeScalars(1, value, value, value, 0);
  }

  #add(index: number, count: number): void {
    if (index >= this.#counts.length) {
      this.#grow(Math.max(2 * this.#counts.length, (Math.floor(index / HALF) + 1) * HALF));
    }
    const before = this.#counts[index] as number;
    if (before === 0) this.#touch(index);
    this.#counts[index] = before + count;
    this.#count += count;
  }

  #touch(index: number): void {
    if (this.#used === this.#touched.length) {
      const touched = new Uint32Array(Math.max(16, 2 * this.#used));
      touched.set(this.#touched);
      this.#touched = touched;
    }
    if (this.#used > 0 && index < (this.#touched[this.#used - 1] as number)) this.#rising = false;
    this.#touched[this.#used++] = index;
  }

  /** The slots with a count, rising. */
  #sorted(): Uint32Array {
    const used = this.#touched.subarray(0, this.#used);
    if (!this.#rising) this.#order(used);
    this.#rising = true;
    return used;
  }

  /** Slots that lie close together are read off in order, in a tenth of the time that sorting takes. */
  #order(used: Uint32Array): void {
    let [lowest, highest] = [SLOTS, 0];
    for (let at = 0; at < used.length; at++) {
      const index = used[at] as number;
      if (index < lowest) lowest = index;
      if (index > highest) highest = index;
    }
    if (highest - lowest > DENSE * used.length) return void used.sort();
    const counts = this.#counts;
    let at = 0;
    for (let index = lowest; index <= highest; index++) if (counts[index] !== 0) used[at++] = index;
  }

  #grow(length: number): void {
    const counts = new Float64Array(Math.min(SLOTS, length));
    counts.set(this.#counts);
    this.#counts = counts;
  }

  /** Makes room for so many more slots up to an index at once, where growing step by step would copy again and again. */
  #reserve(slots: number, highest: number): void {
    if (highest >= this.#counts.length) this.#grow((Math.floor(highest / HALF) + 1) * HALF);
    if (this.#used > 0 || slots <= this.#touched.length) return;
    this.#touched = new Uint32Array(slots);
  }

  /** Adds all of `other`; exact, in any order. */
  merge(other: Histogram): void {
    if (other.#count === 0) return;
    this.#reserve(other.#used, other.#counts.length - 1);
    for (let at = 0; at < other.#used; at++) {
      const index = other.#touched[at] as number;
      this.#add(index, other.#counts[index] as number);
    }
    this.#mergeBelow(other.#below);
    this.#mergeScalars(other.#count, other.#min, other.#max, other.#sum, other.#overflow);
  }

  #mergeBelow(other: Histogram | null): void {
    if (other === null) return;
    this.#count += other.#count;
    (this.#below ??= new Histogram()).merge(other);
  }

  /** Adds a histogram in data form; exact. */
  mergeData(data: HistogramData): void {
    this.#addBuckets(data.buckets);
    if (data.below !== undefined) {
      const below = this.#below ??= new Histogram();
      const before = below.#count;
      below.#addBuckets(data.below);
      this.#count += below.#count - before;
      // The exact extremes of the negative part are those of the whole, or lie within a slot of them.
      below.#mergeScalars(below.#count, 0, -Math.min(data.min, 0), 0, 0);
    }
    this.#mergeScalars(data.count, data.min, data.max, data.sum, data.overflow);
  }

  #addBuckets(buckets: ArrayLike<number>): void {
    let highest = 0;
    for (let i = 0; i + 1 < buckets.length; i += 2) highest += buckets[i] as number;
    this.#reserve(buckets.length >> 1, highest);
    let index = 0;
    for (let i = 0; i + 1 < buckets.length; i += 2) {
      index += buckets[i] as number;
      const count = buckets[i + 1] as number;
      // A long step may come in pieces.
      if (count > 0) this.#add(index, count);
    }
  }

  /**
   * What is left without the values of `other`, which must be a part of this. Counts are exact, minimum and maximum to the
   * resolution of a slot.
   */
  without(other: Histogram): Histogram {
    const rest = new Histogram();
    for (const { lowest, highest, count } of this.slots()) {
      const left = count - other.#countIn(lowest);
      if (left <= 0) continue;
      rest.#addSlot(lowest, left);
      rest.#mergeScalars(left, Math.max(lowest, this.min), Math.min(highest, this.max), 0, 0);
    }
    rest.#sum = this.#sum - other.#sum;
    rest.#overflow = this.#overflow - other.#overflow;
    return rest;
  }

  /** Count of the slot that begins at `lowest`. */
  #countIn(lowest: number): number {
    if (lowest < 0) return this.#below === null ? 0 : this.#below.#countIn(lowestAt(indexOf(-lowest)));
    return this.#counts[indexOf(lowest)] ?? 0;
  }

  #addSlot(lowest: number, count: number): void {
    if (lowest >= 0) return this.#add(indexOf(lowest), count);
    const magnitude = -lowest;
    const below = this.#below ??= new Histogram();
    below.#add(indexOf(magnitude), count);
    below.#mergeScalars(count, lowestAt(indexOf(magnitude)), magnitude, 0, 0);
    this.#count += count;
  }

  #mergeScalars(count: number, min: number, max: number, sum: number, overflow: number): void {
    if (count === 0) return;
    this.#min = Math.min(this.#min, min);
    this.#max = Math.max(this.#max, max);
    this.#sum += sum;
    this.#overflow += overflow;
  }

  /**
   * The value at a percentile: that of rank ceil(n p / 100), at least 1, as the highest value of its slot but never
   * above the exact maximum; 0 when empty. Facts: HdrHistogram's rule, which puts 99 % of 100 values at rank 99.
   */
  percentile(percentile: number): number {
    if (this.#count === 0) return 0;
    // One part in 10^12 off, so that 99 / 100 * 100 does not round up to rank 100.
    const rank = Math.max(1, Math.ceil((percentile / 100) * this.#count * (1 - 1e-12)));
    let seen = 0;
    let highest = this.#max;
    if (rank <= (this.#below?.count ?? 0)) {
      for (const slot of this.slots()) {
        seen += slot.count;
        highest = slot.highest;
        if (seen >= rank) break;
      }
    } else {
      highest = this.#highestAtRank(this.#below === null ? rank : rank - this.#below.count);
    }
    return Math.max(this.#min, Math.min(highest, this.#max));
  }

  /**
   * Highest value of the slot of a rank among the values from 0 on. From the end that is nearer: a report reads the tails of
   * thousands of histograms.
   */
  #highestAtRank(rank: number): number {
    const [sorted, counts] = [this.#sorted(), this.#counts];
    const all = this.#count - (this.#below?.count ?? 0);
    if (rank <= all / 2) {
      let seen = 0;
      for (let at = 0; at < sorted.length; at++) {
        seen += counts[sorted[at] as number] as number;
        if (seen >= rank) return highestAt(sorted[at] as number);
      }
      return this.#max;
    }
    let beyond = 0;
    for (let at = sorted.length - 1; at >= 0; at--) {
      beyond += counts[sorted[at] as number] as number;
      if (beyond > all - rank) return highestAt(sorted[at] as number);
    }
    return this.#min;
  }

  /** Count of values at or below `value_us`, to the resolution of a slot. */
  countAtOrBelow(value_us: number): number {
    if (value_us < 0) return this.#below === null ? 0 : this.#below.#countAtOrAbove(-value_us);
    const last = indexOf(Math.min(HIGHEST_US, Math.max(0, Math.floor(value_us))));
    let sum = this.#below?.count ?? 0;
    for (let at = 0; at < this.#used; at++) {
      const index = this.#touched[at] as number;
      if (index <= last) sum += this.#counts[index] as number;
    }
    return sum;
  }

  #countAtOrAbove(value_us: number): number {
    return this.#count - this.countAtOrBelow(Math.ceil(value_us) - 1);
  }

  /** Slots with a count, rising: the slot's range in microseconds and its count. */
  *slots(): Generator<{ lowest: number; highest: number; count: number }> {
    for (const { lowest, highest, count } of [...this.#below?.slots() ?? []].reverse()) {
      yield { lowest: -highest, highest: -lowest, count };
    }
    for (const index of this.#sorted()) {
      yield { lowest: lowestAt(index), highest: highestAt(index), count: this.#counts[index] as number };
    }
  }

  /** The data form, for messages between workers and for the saved result. */
  toData(): HistogramData {
    const sorted = this.#sorted();
    const buckets: number[] = [];
    let previous = 0;
    for (let at = 0; at < sorted.length; at++) {
      const index = sorted[at] as number;
      buckets.push(index - previous, this.#counts[index] as number);
      previous = index;
    }
    const below = this.#below !== null && this.#below.#count > 0 ? { below: this.#below.toData().buckets } : {};
    return {
      count: this.#count,
      min: this.min,
      max: this.max,
      sum: this.#sum,
      overflow: this.#overflow,
      buckets,
      ...below,
    };
  }

  /** Empties it for the next interval. */
  clear(): void {
    for (let at = 0; at < this.#used; at++) this.#counts[this.#touched[at] as number] = 0;
    this.#used = 0;
    this.#rising = true;
    this.#below?.clear();
    this.#count = 0;
    this.#min = Infinity;
    this.#max = -Infinity;
    this.#sum = 0;
    this.#overflow = 0;
  }

  /** A histogram holding what `data` says. */
  static from(data: HistogramData): Histogram {
    const histogram = new Histogram();
    histogram.mergeData(data);
    return histogram;
  }
}
