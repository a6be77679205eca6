/** How the text of a cell sorts. */

/** Factors of units that may differ from row to row of a column. */
const FACTORS: Readonly<Record<string, number>> = {
  "µs": 1e-6,
  ms: 1e-3,
  s: 1,
  min: 60,
  h: 3600,
  B: 1,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
  TiB: 1024 ** 4,
};

/**
 * A number for a figure with its unit or an instant of the run, else the text in lower case; null for no value.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.deepEqual(["1,234", "≥ 1.5 s", "900 ms", "2:14", "–", "LLM"].map(sortKeyOf), [1234, 1.5, 0.9, 134, null, "llm"]);
 * ```
 */
export function sortKeyOf(text: string): number | string | null {
  const plain = text.replace(/^[≥≤~]\s*/, "").trim();
  if (plain === "" || plain === "–") return null;
  const clock = /^(?:(\d+):)?(\d+):(\d\d)$/.exec(plain);
  if (clock !== null) return 3600 * Number(clock[1] ?? 0) + 60 * Number(clock[2]) + Number(clock[3]);
  const [, digits, unit, rest, smaller] = /^(-?[\d,]+(?:\.\d+)?)\s*([^\s\d]*)(?:\s*([\d.]+)\s*(\S+))?/.exec(plain) ??
    [];
  if (digits === undefined) return plain.toLowerCase();
  const value = Number(digits.replaceAll(",", "")) * (FACTORS[unit ?? ""] ?? 1);
  return rest === undefined ? value : value + Number(rest) * (FACTORS[smaller ?? ""] ?? 0);
}
