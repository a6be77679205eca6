/** The lines of a run that goes on: grown second by second, and never longer than a chart can show. */
import type { Unit } from "../../../../report/charts/chart.ts";
import type { Seconds } from "../../api.ts";

/** More points than this are merged in pairs. */
const MAX_POINTS = 2400;

/** One line; as long as the list of seconds. */
export interface PointLine {
  unit: Unit;
  values: Array<number | null>;
}

/** All lines so far. */
export class Points {
  /** Rising; seconds since the start. */
  readonly at_s: number[] = [];
  readonly lines = new Map<string, PointLine>();

  /** Takes what a second brought. A set that is `whole` takes the place of all before; a second known already is left out. */
  add({ whole, at_s, lines }: Pick<Seconds, "whole" | "at_s" | "lines">): void {
    if (whole) this.clear();
    const known_s = this.at_s.at(-1) ?? -Infinity;
    const first = at_s.findIndex((one) => one > known_s);
    if (first < 0) return;
    const before = this.at_s.length;
    this.at_s.push(...at_s.slice(first));
    for (const [name, { unit, values }] of Object.entries(lines)) {
      const line = this.lines.get(name) ?? { unit: unit as Unit, values: Array<null>(before).fill(null) };
      line.values.push(...values.slice(first));
      this.lines.set(name, line);
    }
    for (const { values } of this.lines.values()) while (values.length < this.at_s.length) values.push(null);
    while (this.at_s.length > MAX_POINTS) this.#merge();
  }

  /** Forgets everything. */
  clear(): void {
    this.at_s.length = 0;
    this.lines.clear();
  }

  /** A line's values; all null for one that does not exist. */
  values(name: string): ReadonlyArray<number | null> {
    return this.lines.get(name)?.values ?? this.at_s.map(() => null);
  }

  /** Its newest value. */
  last(name: string): number | null {
    return this.lines.get(name)?.values.at(-1) ?? null;
  }

  /** Each pair becomes one point that keeps the larger value, so that no peak is lost. */
  #merge(): void {
    const pairs = <T>(list: T[], join: (a: T, b: T) => T): void => {
      const merged = Array.from({ length: Math.ceil(list.length / 2) }, (_, i) => {
        const [a, b] = [list[2 * i] as T, list[2 * i + 1]];
        return b === undefined ? a : join(a, b);
      });
      list.splice(0, list.length, ...merged);
    };
    pairs(this.at_s, (a, b) => (a + b) / 2);
    for (const { values } of this.lines.values()) {
      pairs(values, (a, b) => a === null ? b : b === null ? a : Math.max(a, b));
    }
  }
}
