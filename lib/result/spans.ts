/** Stretches of time that may overlap. */

/** From `start_ms` to `end_ms`. */
export interface Span {
  start_ms: number;
  end_ms: number;
}

/**
 * The same time as stretches that do not overlap, in rising order, without empty ones.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const spans = [{ start_ms: 0, end_ms: 5 }, { start_ms: 3, end_ms: 8 }, { start_ms: 10, end_ms: 12 }];
 * assert.deepEqual(unionOf(spans), [{ start_ms: 0, end_ms: 8 }, { start_ms: 10, end_ms: 12 }]);
 * ```
 */
export function unionOf(spans: readonly Span[]): Span[] {
  const union: Span[] = [];
  for (const { start_ms, end_ms } of [...spans].sort((a, b) => a.start_ms - b.start_ms)) {
    const last = union.at(-1);
    if (end_ms <= start_ms) continue;
    if (last !== undefined && start_ms <= last.end_ms) last.end_ms = Math.max(last.end_ms, end_ms);
    else union.push({ start_ms, end_ms });
  }
  return union;
}

/**
 * What of `spans` lies outside `gaps`; both are rising and do not overlap.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const left = without([{ start_ms: 0, end_ms: 10 }], [{ start_ms: 2, end_ms: 4 }, { start_ms: 9, end_ms: 20 }]);
 * assert.deepEqual(left, [{ start_ms: 0, end_ms: 2 }, { start_ms: 4, end_ms: 9 }]);
 * ```
 */
export function without(spans: readonly Span[], gaps: readonly Span[]): Span[] {
  if (gaps.length === 0) return [...spans];
  return spans.flatMap(({ start_ms, end_ms }) => {
    const left: Span[] = [];
    let from_ms = start_ms;
    for (const gap of gaps) {
      if (gap.end_ms <= from_ms || gap.start_ms >= end_ms) continue;
      if (gap.start_ms > from_ms) left.push({ start_ms: from_ms, end_ms: gap.start_ms });
      from_ms = gap.end_ms;
    }
    return from_ms < end_ms ? [...left, { start_ms: from_ms, end_ms }] : left;
  });
}

/** Whether an instant lies within one of `spans`. */
export function isWithin(spans: readonly Span[], at_ms: number): boolean {
  return spans.some(({ start_ms, end_ms }) => at_ms >= start_ms && at_ms < end_ms);
}

/**
 * How much of `spans`, which do not overlap, lies between two instants; milliseconds.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.equal(lengthWithin([{ start_ms: 0, end_ms: 8 }, { start_ms: 10, end_ms: 12 }], 4, 11), 5);
 * ```
 */
export function lengthWithin(spans: readonly Span[], start_ms = -Infinity, end_ms = Infinity): number {
  return spans.reduce(
    (sum, span) => sum + Math.max(0, Math.min(span.end_ms, end_ms) - Math.max(span.start_ms, start_ms)),
    0,
  );
}
