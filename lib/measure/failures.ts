/** Failures grouped by what they have in common, in a list that cannot grow without bound. */
import type { FailureData } from "./interval.ts";

/** Groups kept apart; further ones are counted in a last group of their own. */
export const MAX_GROUPS = 100;
const MAX_PATTERN = 200;
const MAX_EXAMPLE = 500;

/**
 * What groups failures: the details with addresses, ids and numbers replaced, at most 200 characters.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.equal(patternOf("no slot after 312 ms at 10.0.0.7:50052"), "no slot after <n> ms at <address>");
 * ```
 */
export function patternOf(details: string): string {
  return details.slice(0, 4 * MAX_PATTERN)
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi, "<id>")
    .replace(/\b(?:\d{1,3}\.){3}\d{1,3}(?::\d+)?|\[[0-9a-f:]+\](?::\d+)?/gi, "<address>")
    .replace(/\b0x[0-9a-f]+\b|\b[0-9a-f]{16,}\b/gi, "<id>")
    .replace(/\d+(?:\.\d+)?/g, "<n>")
    .slice(0, MAX_PATTERN);
}

/** A failure as a pool reports it. */
export type NewFailure = Pick<FailureData, "operation" | "outcome" | "code" | "type"> & {
  details: string;
  /** Milliseconds since the start of the run. */
  at_ms: number;
};

/**
 * Groups of failures by operation, outcome, type and pattern.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const failures = new Failures();
 * for (const [at_ms, ms] of [[900, 312], [1400, 87]] as const) {
 *   const details = `no slot after ${ms} ms`;
 *   failures.add({ operation: "llm.chat", outcome: "failed", code: 8, type: "RESOURCE_EXHAUSTED", details, at_ms });
 * }
 * const [group] = failures.list();
 * assert.deepEqual([group?.count, group?.pattern], [2, "no slot after <n> ms"]);
 * assert.deepEqual([group?.example, group?.first_ms, group?.last_ms], ["no slot after 312 ms", 900, 1400]);
 * ```
 */
export class Failures {
  readonly #groups = new Map<string, FailureData>();

  /** Counts one failure. */
  add(failure: NewFailure): void {
    const { details, at_ms, ...rest } = failure;
    this.merge({
      ...rest,
      pattern: patternOf(details),
      example: details.slice(0, MAX_EXAMPLE),
      count: 1,
      first_ms: at_ms,
      last_ms: at_ms,
    });
  }

  /** Adds a group; the earlier example is kept. */
  merge(data: FailureData): void {
    const key = `${data.operation}\n${data.outcome}\n${data.code}\n${data.type}\n${data.pattern}`;
    const group = this.#groups.get(key);
    if (group !== undefined) return join(group, data);
    if (this.#groups.size < MAX_GROUPS) return void this.#groups.set(key, { ...data });
    const rest = { ...data, operation: "(others)", type: "(more kinds)", pattern: "", example: "" };
    const restKey = `rest\n${data.outcome}`;
    const others = this.#groups.get(restKey);
    if (others === undefined) this.#groups.set(restKey, rest);
    else join(others, rest);
  }

  /** All groups, the most frequent first. */
  list(): FailureData[] {
    return [...this.#groups.values()].sort((a, b) => b.count - a.count || a.first_ms - b.first_ms);
  }

  /** Forgets all groups. */
  clear(): void {
    this.#groups.clear();
  }
}

function join(group: FailureData, data: FailureData): void {
  group.count += data.count;
  if (data.first_ms < group.first_ms) {
    group.first_ms = data.first_ms;
    group.example = data.example;
  }
  group.last_ms = Math.max(group.last_ms, data.last_ms);
}
