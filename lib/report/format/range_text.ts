/** Both ends of a range as text. */

/** `2.55–2.68 s`: a shared unit is written once; null where both ends read the same. */
export function rangeText(low: string, high: string): string | null {
  if (low === high) return null;
  const unit = / \D+$/.exec(high)?.[0];
  const start = unit !== undefined && low.endsWith(unit) ? low.slice(0, -unit.length) : low;
  return `${start}–${high}`;
}
