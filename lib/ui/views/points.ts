/** The points of live charts in a list of bounded length: when it is full, neighbours merge. */
import type { Unit } from "../../report/charts/chart.ts";
import type { SecondLines } from "./second_lines.ts";

/** Most points of a line; even. */
export const MAX_POINTS = 1200;

/** Points in columns: one value of each line for each instant. */
export interface PointColumns {
  /** Middles of the seconds. */
  at_s: number[];
  lines: Record<string, { unit: Unit; values: (number | null)[] }>;
}

/**
 * Collects seconds.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const points = new Points();
 * points.add(0.5, { "llm.chat P95": { unit: "duration_ms", value: 120 } });
 * points.add(1.5, { "llm.chat P95": { unit: "duration_ms", value: 180 }, users: { unit: "count", value: 4 } });
 * assert.deepEqual(points.columns(), {
 *   at_s: [0.5, 1.5],
 *   lines: {
 *     "llm.chat P95": { unit: "duration_ms", values: [120, 180] },
 *     users: { unit: "count", values: [null, 4] },
 *   },
 * });
 * ```
 */
export class Points {
  #at_s: number[] = [];
  readonly #lines = new Map<string, { unit: Unit; values: (number | null)[] }>();
  /** Seconds that a full point covers. */
  #step = 1;
  /** Seconds in the last point. */
  #filled = 0;

  /** Adds a second: its middle, and its values. */
  add(at_s: number, values: SecondLines): void {
    const begins = this.#filled === 0 || this.#filled === this.#step;
    if (begins) this.#begin(at_s);
    else this.#at_s[this.#at_s.length - 1] = at_s - this.#filled / 2;
    this.#filled = begins ? 1 : this.#filled + 1;
    const last = this.#at_s.length - 1;
    for (const [name, { unit, value }] of Object.entries(values)) {
      const line = this.#lines.get(name) ?? { unit, values: this.#at_s.map(() => null) };
      this.#lines.set(name, line);
      const before = line.values[last] ?? null;
      line.values[last] = begins ? value : joined(unit, before, value, this.#filled - 1, 1);
    }
    if (this.#at_s.length === MAX_POINTS && this.#filled === this.#step) this.#halve();
  }

  #begin(at_s: number): void {
    this.#at_s.push(at_s);
    for (const { values } of this.#lines.values()) values.push(null);
  }

  /** All points are full, and there is an even number of them. */
  #halve(): void {
    const firsts = Array.from({ length: MAX_POINTS / 2 }, (_, i) => 2 * i);
    for (const line of this.#lines.values()) {
      const at = (i: number) => line.values[i] ?? null;
      line.values = firsts.map((i) => joined(line.unit, at(i), at(i + 1), 1, 1));
    }
    this.#at_s = firsts.map((i) => ((this.#at_s[i] as number) + (this.#at_s[i + 1] as number)) / 2);
    this.#step *= 2;
    this.#filled = this.#step;
  }

  /** All points so far. */
  columns(): PointColumns {
    const lines = [...this.#lines].map(([name, { unit, values }]) => [name, { unit, values: [...values] }]);
    return { at_s: [...this.#at_s], lines: Object.fromEntries(lines) };
  }
}

/** A time keeps its peak: a mean of percentiles would be one of nothing. Anything else is the mean over its seconds. */
function joined(unit: Unit, one: number | null, other: number | null, weight: number, more: number): number | null {
  if (one === null || other === null) return one ?? other;
  if (unit === "duration_ms") return Math.max(one, other);
  return Math.round(1000 * (one * weight + other * more) / (weight + more)) / 1000;
}
