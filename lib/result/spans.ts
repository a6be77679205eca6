/** Stretches of time that may overlap. */

/** From `start_ms` to `end_ms`. */
export interface Span {
  start_ms: number;
  end_ms: number;
}

/** The same time as stretches that do not overlap, rising; empty ones are left out. */
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

/** How much of `spans`, which do not overlap, lies between two instants; milliseconds. */
export function lengthWithin(spans: readonly Span[], start_ms = -Infinity, end_ms = Infinity): number {
  return spans.reduce(
    (sum, span) => sum + Math.max(0, Math.min(span.end_ms, end_ms) - Math.max(span.start_ms, start_ms)),
    0,
  );
}
