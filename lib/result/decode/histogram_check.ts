/** Histograms of a saved result, whose buckets no schema describes: pairs of a step and a count. */
import { SLOTS } from "../../measure/histogram.ts";
import type { HistogramData, SeriesPart } from "../../measure/interval.ts";
import { MAX_COUNT, MAX_HISTOGRAM_BYTES } from "./limits.ts";
import { quoted } from "./quotes.ts";

/** A slot of an expanded histogram; they grow by this many. */
const SLOT_BYTES = 8;
const SLOT_STEP = 1024;

/** The values in `buckets` and the highest slot, or what is wrong. */
type Counted = { values: number; highest: number } | string;

function countBuckets(buckets: unknown): Counted {
  if (!Array.isArray(buckets)) return "must be a list";
  if (buckets.length % 2 !== 0) return "must hold pairs";
  let index = 0;
  let values = 0;
  for (let at = 0; at < buckets.length; at += 2) {
    const step: unknown = buckets[at];
    const count: unknown = buckets[at + 1];
    if (!isWhole(step) || step < (at === 0 ? 0 : 1)) return `must rise by whole steps (item ${at})`;
    if (!isWhole(count) || count < 1 || count > MAX_COUNT) return `must hold whole counts above 0 (item ${at + 1})`;
    index += step;
    if (index >= SLOTS) return `must end below slot ${SLOTS} (item ${at})`;
    values += count;
  }
  return { values, highest: index };
}

const isWhole = (value: unknown): value is number => Number.isInteger(value);

/** Examines histograms, and adds up the memory that they take once expanded. */
export class HistogramCheck {
  /** Slots that each histogram of the run needs. */
  readonly #slots = new Map<string, number>();
  #bytes = 0;

  /**
   * What is wrong with the histograms of a series or a part of one, or null.
   * @param key names the series within the run
   */
  part(part: SeriesPart, key: string, path: string): string | null {
    for (const name in part.histograms) {
      const fault = this.one(
        part.histograms[name as keyof SeriesPart["histograms"]] as HistogramData,
        `${key} ${name}`,
      );
      if (fault !== null) return `${path}.histograms.${/^\w+$/.test(name) ? name : quoted(name)}${fault}`;
    }
    for (const name of ["failed_latency", "censored"] as const) {
      const data = part[name];
      const fault = data === undefined ? null : this.one(data, `${key} -${name}`);
      if (fault !== null) return `${path}.${name}${fault}`;
    }
    return null;
  }

  /** What is wrong with one, as the rest of its path and a clause; null: nothing. */
  one(data: HistogramData, key: string): string | null {
    const buckets = countBuckets(data.buckets);
    if (typeof buckets === "string") return `.buckets ${buckets}`;
    const below = data.below === undefined ? { values: 0, highest: 0 } : countBuckets(data.below);
    if (typeof below === "string") return `.below ${below}`;
    const values = buckets.values + below.values;
    if (values !== data.count) return `.count must be the sum of the buckets, ${values}, and is ${data.count}`;
    if (data.overflow > data.count) return `.overflow must be at most the count, and is ${data.overflow}`;
    if (data.min > data.max) return `.min must be at most the maximum, and is ${data.min}`;
    this.#expand(key, Math.max(buckets.highest, below.highest) + 1, data.below !== undefined);
    return this.#bytes > MAX_HISTOGRAM_BYTES ? " is one distribution too many: they would take over a gigabyte" : null;
  }

  #expand(key: string, highest: number, signed: boolean): void {
    const slots = Math.ceil(highest / SLOT_STEP) * SLOT_STEP * (signed ? 2 : 1);
    const before = this.#slots.get(key) ?? 0;
    if (slots <= before) return;
    this.#slots.set(key, slots);
    this.#bytes += (slots - before) * SLOT_BYTES;
  }
}
