/** Suggestions for mistyped words. */

/** Longest word to compare; longer words take too long and are hardly typing errors. Characters. */
const MAX_LENGTH = 64;

/** Longest line that is looked through; characters. */
const MAX_LINE = 1000;

/**
 * Number of single-letter insertions, deletions, changes and swaps of neighbours between two words (optimal string
 * alignment distance).
 */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = a[i - 1] === b[j - 1] ? 0 : 1;
      let best = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + change);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        best = Math.min(best, beforeLast[j - 2]! + 1);
      }
      row.push(best);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length]!;
}

/**
 * The candidate nearest to `word`, or null if none is near enough.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.equal(nearestWord("usres", ["users", "duration"]), "users");
 * assert.equal(nearestWord("colour", ["users", "duration"]), null);
 * ```
 */
export function nearestWord(word: string, candidates: Iterable<string>): string | null {
  if (word.length > MAX_LENGTH) return null;
  const wanted = normal(word);
  let best: string | null = null;
  let bestDistance = Infinity;
  for (const candidate of candidates) {
    const distance = editDistance(wanted, normal(candidate));
    const limit = Math.max(1, Math.round(Math.max(wanted.length, candidate.length) / 3));
    if (distance <= limit && distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** A question to append to a message, `; did you mean "users"?`, or nothing. */
export function didYouMean(word: string, candidates: Iterable<string>): string {
  const nearest = nearestWord(word, candidates);
  return nearest === null ? "" : `; did you mean "${nearest}"?`;
}

/**
 * The word that a message suggests: what `didYouMean` wrote into it; null for none.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.equal(suggestionIn(`Unknown key "usr"${didYouMean("usr", ["users"])}`), "users");
 * ```
 */
export function suggestionIn(text: string): string | null {
  return /; did you mean "([^"]+)"\?/.exec(text)?.[1] ?? null;
}

/**
 * The word of a line that a suggestion is for: that which is most like it.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.equal(mistypedWord("  - p95(frist_token, llm.*) < 900ms", "first_token"), "frist_token");
 * assert.equal(mistypedWord("  users: 10", "users"), null);
 * ```
 */
export function mistypedWord(line: string, suggestion: string): string | null {
  const written: string[] = line.slice(0, MAX_LINE).match(/[\p{L}\p{N}_.-]+/gu) ?? [];
  return written.includes(suggestion) ? null : nearestWord(suggestion, written);
}

/**
 * A fault with its remedy: the nearest word if there is one, then the known words. `known` introduces the list:
 * `Unknown key "usr"; did you mean "users"? Allowed here: users, duration`.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.equal(
 *   withRemedy('Unknown key "usr"', "usr", "allowed here:", ["users", "duration"]),
 *   'Unknown key "usr"; did you mean "users"? Allowed here: users, duration',
 * );
 * ```
 */
export function withRemedy(fault: string, word: string, known: string, candidates: readonly string[]): string {
  const hint = didYouMean(word, candidates);
  const list = `${known} ${candidates.join(", ")}`;
  return hint === "" ? `${fault}; ${list}` : `${fault}${hint} ${list[0]!.toUpperCase()}${list.slice(1)}`;
}

/** Makes case and the choice between `-` and `_` not count as differences. */
function normal(word: string): string {
  return word.toLowerCase().replaceAll("-", "_");
}
