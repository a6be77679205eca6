/** What is wrong with a saved result. */

/** The first line that could not be read. */
export interface Damage {
  /** From 1. */
  line: number;
  /** A clause in printable ASCII: `index must be at least 0, and is -5`. */
  reason: string;
}

/**
 * A damage in words.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const damage = { line: 7, reason: "index must be at least 0, and is -5" };
 * assert.equal(damageText(damage), "line 7 cannot be read: index must be at least 0, and is -5");
 * ```
 */
export function damageText({ line, reason }: Damage): string {
  return `line ${line} cannot be read: ${reason}`;
}
