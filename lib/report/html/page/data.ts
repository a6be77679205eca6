/** The page's data: unpacked once, and read by name. */
import type { PageData } from "../chart_data.ts";

/**
 * Unpacks what `packData` packed.
 * @param text base64 of gzip of JSON
 */
export async function unpackData(text: string): Promise<PageData> {
  const bytes = Uint8Array.from(atob(text.trim()), (character) => character.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return await new Response(stream).json() as PageData;
}

/** The points of a line, as ECharts takes them. */
export function pointsOf({ lines, positions }: PageData, name: string): Array<[number, number | null]> {
  const line = lines[name];
  const at = positions[line?.at ?? 0] ?? [];
  return (line?.values ?? []).map((value, i) => [at[i] ?? 0, value]);
}

/** Index of the position nearest to `x`; of two equally near the first. */
export function nearest(positions: readonly number[], x: number): number {
  let best = 0;
  for (let i = 1; i < positions.length; i++) {
    if (Math.abs((positions[i] as number) - x) < Math.abs((positions[best] as number) - x)) best = i;
  }
  return best;
}

/** A table of every line over time for other programs: one value a row. */
export function csvOf({ lines, positions }: PageData): string {
  const rows = Object.entries(lines).flatMap(([name, { unit, at, values }]) =>
    values.flatMap((value, i) => value === null ? [] : [[name, unit, positions[at]?.[i] ?? "", value]])
  );
  return csvText([["line", "unit", "position", "value"], ...rows]);
}

/**
 * Rows as CSV (RFC 4180): a cell with a comma, a quote or a line break is quoted; one that a spreadsheet would take for a
 * formula begins with an apostrophe.
 */
export function csvText(rows: ReadonlyArray<ReadonlyArray<string | number>>): string {
  const cell = (value: string | number): string => {
    if (typeof value === "number") return String(value);
    const safe = /^[=+@\t\r]|^-(?![\d.])/.test(value) ? `'${value}` : value;
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  return rows.map((row) => row.map(cell).join(",") + "\r\n").join("");
}
