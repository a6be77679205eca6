/** The transcripts with the most errors for their length, a bounded number of each operation. */
import type { TranscriptExample } from "./interval.ts";

/** Most of one operation; each says something else, so that one clip does not fill the list. */
export const MAX_WORST = 10;

/**
 * Keeps the worst transcripts.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const worst = new WorstTranscripts();
 * const call = { operation: "stt.recognize", start_ms: 0, said: "call me", words: 2 };
 * worst.add({ ...call, errors: 1, heard: "call" });
 * worst.add({ ...call, errors: 2, heard: "tall bee" });
 * assert.deepEqual(worst.list().map(({ heard }) => heard), ["tall bee"]);
 * ```
 */
export class WorstTranscripts {
  readonly #lists = new Map<string, TranscriptExample[]>();

  /** Whether one is among the worst of its operation so far. */
  wants(one: TranscriptExample): boolean {
    const list = this.#lists.get(one.operation) ?? [];
    const same = list.find(({ said }) => said === one.said);
    if (same !== undefined) return isWorse(one, same);
    const last = list[MAX_WORST - 1];
    return last === undefined || isWorse(one, last);
  }

  /** Takes one, unless there are worse ones enough. */
  add(one: TranscriptExample): void {
    if (!this.wants(one)) return;
    const others = (this.#lists.get(one.operation) ?? []).filter(({ said }) => said !== one.said);
    const at = others.findIndex((other) => isWorse(one, other));
    others.splice(at < 0 ? others.length : at, 0, one);
    this.#lists.set(one.operation, others.slice(0, MAX_WORST));
  }

  /** Whether this very one is kept. */
  has(one: TranscriptExample): boolean {
    return this.#lists.get(one.operation)?.includes(one) ?? false;
  }

  /** All, by operation and then the worst first. */
  list(): TranscriptExample[] {
    return [...this.#lists.keys()].sort().flatMap((operation) => this.#lists.get(operation) ?? []);
  }
}

/** More errors a word, or as many in a longer text. */
function isWorse(one: TranscriptExample, other: TranscriptExample): boolean {
  const [rate, others] = [one, other].map(({ errors, words }) => errors / Math.max(1, words)) as [number, number];
  return rate !== others ? rate > others : one.errors > other.errors;
}
