/** What happened in a run, as sentences with a place on the charts. */

/** One thing that happened. */
export interface Finding {
  /** Seconds since the start of the run; null at the end for an instant. */
  from_s: number;
  to_s: number | null;
  /** Empty: as planned, or neither good nor bad. */
  tone: "" | "pass" | "warn" | "fail";
  /** A sentence or two in plain words; hostile until escaped. */
  text: string;
  /** Where there is more to tell than fits, the heavier findings stay. */
  weight: number;
}

/** A part of the run in which something held, or not. */
export interface Part {
  from_s: number;
  to_s: number;
  on: boolean;
}

/** A stretch in which it held. */
export interface Stretch {
  from_s: number;
  to_s: number;
  /** Parts in it that held. */
  parts: number;
}

/**
 * The stretches in which something held; two with at most `bridge_s` between them are one.
 * @param parts rising
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const parts = [1, 1, 0, 1, 0, 0, 1].map((on, at) => ({ from_s: at, to_s: at + 1, on: on === 1 }));
 * assert.deepEqual(stretchesOf(parts, 1), [{ from_s: 0, to_s: 4, parts: 3 }, { from_s: 6, to_s: 7, parts: 1 }]);
 * ```
 */
export function stretchesOf(parts: readonly Part[], bridge_s: number): Stretch[] {
  const found: Stretch[] = [];
  for (const { from_s, to_s } of parts.filter(({ on }) => on)) {
    const last = found.at(-1);
    if (last !== undefined && from_s - last.to_s <= bridge_s) {
      last.to_s = to_s;
      last.parts++;
    } else found.push({ from_s, to_s, parts: 1 });
  }
  return found;
}

/** `, and 3 more times`; empty for none. */
export function againText(times: number): string {
  return times <= 0 ? "" : times === 1 ? ", and once more" : `, and ${times} more times`;
}
