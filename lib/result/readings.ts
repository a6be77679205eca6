/** The readings of one device. */
import { type NumberField, Rows } from "./rows.ts";

export type { NumberField, Path } from "./rows.ts";

/** Some numbers of a reading; its time is always known. */
export type Picked<K extends string> = { [F in K]: F extends "t_ms" ? number : number | null };

/**
 * The readings of one device, in the order they were taken.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const readings = new Readings<{ t_ms: number; power_w: number | null; fan: string }>();
 * readings.push({ t_ms: 0, power_w: null, fan: "off" });
 * readings.push({ t_ms: 1000, power_w: 300, fan: "on" });
 * assert.deepEqual(readings.pick("t_ms", "power_w"), [{ t_ms: 0, power_w: null }, { t_ms: 1000, power_w: 300 }]);
 * assert.deepEqual([readings.times_ms, readings.at(-1)?.fan], [[0, 1000], "on"]);
 * ```
 */
export class Readings<S extends { t_ms: number }> extends Rows<S> {
  /** When each was taken. */
  get times_ms(): number[] {
    return this.column(["t_ms"]).map(Number);
  }

  /** All of them, with some of their numbers alone: cheaper than the whole. */
  pick<K extends NumberField<S>>(...fields: K[]): Picked<K>[] {
    const columns = fields.map((field) => [field, this.column(field)] as const);
    const at = (row: number) => columns.map(([field, column]) => [field, column[row]]);
    return Array.from({ length: this.length }, (_, row) => Object.fromEntries(at(row)) as Picked<K>);
  }
}
