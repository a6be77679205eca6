/** Whether a call is good: see `objectives` of a plan. */
import type { Objective } from "../plan/plan.ts";
import { type Distribution, DISTRIBUTION_NAMES } from "../plan/threshold/threshold.ts";

/** The place of each distribution among all. */
export const PLACE = Object.fromEntries(DISTRIBUTION_NAMES.map((name, at) => [name, at])) as Record<
  Distribution,
  number
>;

/** One limit that a good call keeps; `place` is that of the distribution among all. */
interface Check {
  place: number;
  limit: number;
  /** Whether a call without this figure keeps the limit. */
  kept_without: boolean;
}

/** A stream of one message has no time between messages: it keeps any limit on that. Source: vLLM's goodput. */
const KEPT_WITHOUT: ReadonlySet<Distribution> = new Set(["gap", "gap_max", "token_time"]);

/**
 * Judges the calls of an operation. An ok call is good when it has a figure that an objective limits, and none exceeds its
 * limit; without such a figure it is neither good nor bad. Where no objective applies to the operation no call is either.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const judge = new CallJudge([{ operations: null, of: "first_message", limit: 800 }]);
 * const values = new Float64Array(Object.keys(PLACE).length).fill(NaN);
 * assert.equal(judge.judge("ok", values), "unjudged");
 * values[PLACE.first_message] = 700;
 * assert.equal(judge.judge("ok", values), "good");
 * ```
 */
export class CallJudge {
  /** Null: the plan has no objectives, so every ok call is good. Empty: none applies to this operation. */
  readonly #checks: readonly Check[] | null;

  /** @param objectives that apply to the operation; null: the plan has none at all */
  constructor(objectives: readonly Objective[] | null) {
    this.#checks = objectives?.map(({ of, limit }) => ({
      // A stream keeps a limit on gaps when its largest gap does.
      place: PLACE[of === "gap" ? "gap_max" : of],
      limit,
      kept_without: KEPT_WITHOUT.has(of),
    })) ?? null;
  }

  /** Whether it reads the figures of a call. */
  get reads(): boolean {
    return this.#checks !== null && this.#checks.length > 0;
  }

  /**
   * What a call counts as; null: bad, or as nothing.
   * @param as `miss`: it should have been answered and was not; `neither`: it could not be
   * @param values figures of the call by place; NaN where it has none
   */
  judge(as: "ok" | "miss" | "neither", values: Float64Array): "good" | "unjudged" | null {
    switch (as) {
      case "ok":
        return this.#judgeOk(values);
      case "miss":
        return this.#checks?.length === 0 ? "unjudged" : null;
      case "neither":
        return null;
    }
  }

  #judgeOk(values: Float64Array): "good" | "unjudged" | null {
    if (this.#checks === null) return "good";
    let judged = false;
    for (const { place, limit, kept_without } of this.#checks) {
      const value = values[place] as number;
      if (value > limit) return null;
      if (kept_without || !Number.isNaN(value)) judged = true;
    }
    return judged ? "good" : "unjudged";
  }
}
