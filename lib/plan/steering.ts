/** What a user may change while a load runs. */

/** One change of a running load, as a user asks for it. */
export type Change =
  /**
   * Users of a closed load, arrivals per second of an open one, from now to the load's end; `load`: its name, null where
   * the plan has one.
   */
  | { type: "target"; load: string | null; target: number }
  /** Everything that is still to come times `factor`, such as 0.9 or 1.1; all loads. */
  | { type: "scale"; factor: number }
  /** No new task starts until `resume`, and then what was left of the plan follows. */
  | { type: "pause" }
  | { type: "resume" }
  /** The rest of the current stage of every load is left out: what follows begins now. */
  | { type: "next_stage" }
  /** A mark only: nothing is deleted, and the load stays as it is. Views may count from it. */
  | { type: "reset_statistics" };

/** Most changes of one run. */
export const MAX_CHANGES = 1000;

const FIELDS: Readonly<Record<Change["type"], Readonly<Record<string, (value: unknown) => boolean>>>> = {
  target: {
    load: (value) => value === null || typeof value === "string",
    target: (value) => typeof value === "number",
  },
  scale: { factor: (value) => typeof value === "number" },
  pause: {},
  resume: {},
  next_stage: {},
  reset_statistics: {},
};

/**
 * Whether a value, such as the body of a request, is a change: the fields of one type and no others.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.equal(isChange({ type: "target", load: null, target: 20 }), true);
 * assert.equal(isChange({ type: "target", target: "20" }), false);
 * ```
 */
export function isChange(value: unknown): value is Change {
  if (typeof value !== "object" || value === null) return false;
  const { type, ...rest } = value as Record<string, unknown>;
  if (typeof type !== "string" || !Object.hasOwn(FIELDS, type)) return false;
  const fields = FIELDS[type as Change["type"]];
  const names = Object.keys(fields);
  return Object.keys(rest).length === names.length && names.every((name) => fields[name]?.(rest[name]) === true);
}
