/** Reads one line that nvidia-smi prints. Pure. */
import type { GpuSample } from "../measure/resource.ts";
import type { GpuColumn, GpuField } from "./gpu_fields.ts";

/** Values of one GPU at one tick. */
export interface GpuRow {
  values: Omit<GpuSample, "type" | "t_ms">;
  /** nvidia-smi's own timestamp (local time, no zone), in milliseconds; good for differences only. */
  printed_ms: number | null;
  /** The GPU is split into MIG devices and so reports no utilization. */
  mig: boolean;
  /** A value reports that the GPU is lost or needs a reset. */
  device_lost: boolean;
  /** Values that are neither a number nor a known placeholder. */
  unknown: Array<{ field: GpuField; text: string }>;
}

/** A line: a row, or text (errors arrive on stdout too). */
export type ParsedLine = { kind: "row"; row: GpuRow } | { kind: "text"; text: string };

/** Placeholders that drivers print for a missing value, in lower case and without brackets. */
const MISSING = new Set([
  "",
  "n/a",
  "not supported",
  "unknown error",
  "function not found",
  "requested functionality has been deprecated",
  "insufficient permissions",
]);
const DEVICE_LOST = new Set(["gpu is lost", "gpu requires reset"]);

type Value = { kind: "number"; value: number } | { kind: "missing" | "lost" | "unknown" };

/**
 * Reads a row of `--format=csv,noheader`, with or without `nounits`, by the requested columns.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const columns = (["index", "name", "utilization.gpu"] as const).map((field) => ({ field, spelling: field }));
 * const line = parseRow("0, NVIDIA H100 80GB HBM3, 87 %", columns);
 * assert.ok(line.kind === "row");
 * assert.deepEqual([line.row.values.utilization_percent, line.row.values.power_w], [87, null]);
 * assert.equal(parseRow("Unable to determine the device handle", columns).kind, "text");
 * ```
 */
export function parseRow(line: string, columns: readonly GpuColumn[]): ParsedLine {
  const cells = line.split(",").map((cell) => cell.trim());
  const cellOf = (field: GpuField) => cells[columns.findIndex((column) => column.field === field)] ?? "";
  if (cells.length !== columns.length || !/^\d{1,4}$/.test(cellOf("index"))) return { kind: "text", text: line.trim() };

  const unknown: GpuRow["unknown"] = [];
  let device_lost = false;
  const number = (field: GpuField, scale = 1): number | null => {
    const text = cellOf(field);
    const value = parseValue(text);
    if (value.kind === "number") return value.value * scale;
    if (value.kind === "lost") device_lost = true;
    if (value.kind === "unknown") unknown.push({ field, text });
    return null;
  };
  const values: GpuRow["values"] = {
    index: Number(cellOf("index")),
    uuid: parseWord(cellOf("uuid")),
    name: parseWord(cellOf("name")),
    utilization_percent: number("utilization.gpu"),
    memory_utilization_percent: number("utilization.memory"),
    memory_used_bytes: number("memory.used", MEBIBYTE),
    memory_total_bytes: number("memory.total", MEBIBYTE),
    power_w: number("power.draw"),
    power_limit_w: number("enforced.power.limit"),
    temperature_c: number("temperature.gpu"),
    sm_clock_mhz: number("clocks.current.sm"),
    clock_event_mask: number("clocks_event_reasons.active"),
  };
  const mig = cellOf("mig.mode.current") === "Enabled";
  return { kind: "row", row: { values, printed_ms: parsePrintedTime(cellOf("timestamp")), mig, device_lost, unknown } };
}

const MEBIBYTE = 1024 * 1024;

/** A number with at most one unit, a mask, or a word. A mask keeps its lowest 53 bits, as a number can. */
function parseValue(text: string): Value {
  if (/^0x[0-9a-f]{1,16}$/i.test(text)) return { kind: "number", value: Number(BigInt.asUintN(53, BigInt(text))) };
  const number = /^(-?\d+(?:\.\d+)?)(?: ?(?:%|MiB|W|MHz|us|ms))?$/.exec(text);
  if (number !== null) return { kind: "number", value: Number(number[1]) };
  const word = wordOf(text);
  if (DEVICE_LOST.has(word)) return { kind: "lost" };
  return { kind: MISSING.has(word) ? "missing" : "unknown" };
}

function wordOf(text: string): string {
  return text.toLowerCase().replace(/^\[(.*)\]$/, "$1");
}

/** A name, or empty where it is missing. */
function parseWord(text: string): string {
  return MISSING.has(wordOf(text)) ? "" : text.slice(0, 120);
}

/** `2026/07/14 08:12:53.353`. Parsed as UTC: only differences are used, so the zone does not matter. */
function parsePrintedTime(text: string): number | null {
  const parts = /^(\d{4})\/(\d{2})\/(\d{2}) (\d{2}):(\d{2}):(\d{2})\.(\d{3})$/.exec(text)?.slice(1).map(Number);
  if (parts === undefined) return null;
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0, millisecond = 0] = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second, millisecond);
}
