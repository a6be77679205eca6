/** What the comparison prints. */
import type { Figures } from "./load.ts";

/** All runs of one client. */
export interface Measured {
  name: string;
  /** CPU of starting and stopping, with one call per slot. */
  base: Figures;
  runs: Figures[];
}

/** The middle value. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
}

/** Client CPU per call or message of one run, less what starting and stopping cost; microseconds. */
function cpuPerUnit({ cpu_s, units }: Figures, base: Figures): number {
  return (cpu_s - base.cpu_s) * 1e6 / (units - base.units);
}

/** Median client CPU per call or message; microseconds. */
export function cpu(measured: Measured): number {
  return median(measured.runs.map((run) => cpuPerUnit(run, measured.base)));
}

/** A number of three digits. */
export const short = (value: number) =>
  value >= 100 ? Math.round(value).toLocaleString("en") : String(Number(value.toPrecision(3)));

/** Lines of a Markdown table; numbers to the right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((cell, at) => Math.max(...[cell, ...rows.map((row) => row[at] ?? "")].map((c) => c.length)));
  const line = (cells: readonly string[]) => {
    const padded = cells.map((cell, at) => at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0));
    return `| ${padded.join(" | ")} |`;
  };
  const rule = widths.map((width, at) => at === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`);
  return [line(head), line(rule), ...rows.map(line)].join("\n");
}

/** One row per client: CPU per unit with its range, the ratio to the first client, rate, median time, memory. */
export function clientTable(unit: string, all: readonly Measured[]): string {
  const yardstick = all[0] === undefined ? NaN : cpu(all[0]);
  const head = ["client", `CPU us per ${unit}`, "range", `x ${all[0]?.name}`, `${unit}s/s`, "p50 us", "peak MB"];
  const rows = all.map((measured) => {
    const { name, base, runs } = measured;
    const each = runs.map((run) => cpuPerUnit(run, base));
    const p50 = runs.flatMap(({ p50_us }) => p50_us === null ? [] : [p50_us]);
    return [
      name,
      short(cpu(measured)),
      `${short(Math.min(...each))}-${short(Math.max(...each))}`,
      short(cpu(measured) / yardstick),
      short(median(runs.map(({ per_s }) => per_s))),
      p50.length === 0 ? "-" : short(median(p50)),
      short(median(runs.map(({ rss_bytes }) => rss_bytes)) / 1e6),
    ];
  });
  return table(head, rows);
}

/** A ratio held against what it should be at most. */
export function judge(what: string, ratio: number, limit: number): string {
  return `${ratio <= limit ? "holds " : "MISSED"}  ${what}: ${short(ratio)} (at most ${short(limit)})`;
}
