/** Reads what nvidia-smi prints on one line. Pure. */
import type { GpuSample } from "../../measure/resource.ts";
import { type Amount, AMOUNT_FIELDS, type AmountField, type GpuColumn, type GpuField } from "./gpu_fields.ts";

/** Values of one GPU at one tick. */
export interface GpuRow {
  values: Omit<GpuSample, "type" | "t_ms">;
  /** nvidia-smi's own timestamp (local time, no zone), in milliseconds; good for differences only. */
  printed_ms: number | null;
  /** The GPU is split into MIG devices and so reports no utilization. */
  mig: boolean;
  /** A value reports that the GPU is lost or needs a reset. */
  device_lost: boolean;
  /** What the driver says is to be done with the GPU; null: nothing. */
  recovery: string | null;
  /** `0000:17:00.0`; empty where it is missing. */
  bus_id: string;
  /** What was printed for values that are missing, by field; null: the field was not asked for. */
  missing: Map<AmountField, string | null>;
  /** Values that are neither a number nor a known placeholder. */
  unknown: Array<{ field: GpuField; text: string }>;
}

/** A line: a row, a part of one, or text (errors arrive on stdout too). */
export type ParsedLine = { kind: "row"; row: GpuRow } | { kind: "part" } | { kind: "text"; text: string };

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

/** `2026/07/14 08:12:53.353`, with which each row begins. */
const PRINTED_TIME = /\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d\.\d{3}/;

/**
 * Cuts a line where another row begins in it, as where a row or a warning lost its line end.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const row = "2026/07/14 08:12:53.353, 0, 87";
 * assert.deepEqual(splitGlued(`WARNING: hot${row}${row}`), ["WARNING: hot", row, row]);
 * assert.deepEqual(splitGlued("No devices were found"), ["No devices were found"]);
 * ```
 */
export function splitGlued(line: string): string[] {
  if (!PRINTED_TIME.test(line)) return [line];
  return line.split(new RegExp(`(?=${PRINTED_TIME.source}, )`)).filter((part) => part !== "");
}

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
  const cellOf = (field: GpuField) => cells[columns.findIndex((column) => column.field === field)];
  if (cells.length !== columns.length || !/^\d{1,4}$/.test(cellOf("index") ?? "") || !isTime(cellOf("timestamp"))) {
    return PRINTED_TIME.exec(line)?.index === 0 ? { kind: "part" } : { kind: "text", text: line.trim() };
  }
  const { amounts, ...found } = readAmounts(cellOf);
  const values: GpuRow["values"] = {
    index: Number(cellOf("index")),
    uuid: parseWord(cellOf("uuid") ?? ""),
    name: parseWord(cellOf("name") ?? ""),
    ...NOTHING,
    ...amounts,
  };
  const pstate = /^P(\d{1,2})$/.exec(cellOf("pstate") ?? "")?.[1];
  if (pstate !== undefined) values.performance_state = Number(pstate);
  const recovery = parseWord(cellOf("gpu_recovery_action") ?? "");
  return {
    kind: "row",
    row: {
      values,
      ...found,
      printed_ms: parsePrintedTime(cellOf("timestamp") ?? ""),
      mig: cellOf("mig.mode.current") === "Enabled",
      recovery: recovery === "" || recovery === "None" ? null : recovery,
      bus_id: parseWord(cellOf("pci.bus_id") ?? ""),
    },
  };
}

/** Readings that each sample has, with or without a value. */
const NOTHING = {
  utilization_percent: null,
  memory_utilization_percent: null,
  memory_used_bytes: null,
  memory_total_bytes: null,
  power_w: null,
  power_limit_w: null,
  temperature_c: null,
  sm_clock_mhz: null,
  clock_event_mask: null,
} satisfies Partial<GpuSample>;

type Amounts = Pick<GpuRow, "device_lost" | "missing" | "unknown"> & { amounts: Partial<Record<Amount, number>> };

function readAmounts(cellOf: (field: GpuField) => string | undefined): Amounts {
  const read: Amounts = { amounts: {}, device_lost: false, missing: new Map(), unknown: [] };
  for (const [field, { key, scale = 1, summed }] of AMOUNT_FIELDS) {
    const text = cellOf(field);
    const value = text === undefined ? { kind: "missing" } as const : parseValue(text);
    const before = read.amounts[key];
    if (value.kind === "number") {
      if (before === undefined) read.amounts[key] = value.value * scale;
      else if (summed) read.amounts[key] = before + value.value * scale;
      continue;
    }
    if (value.kind === "lost") read.device_lost = true;
    if (value.kind === "unknown") read.unknown.push({ field, text: text ?? "" });
    read.missing.set(field, text ?? null);
  }
  return read;
}

function isTime(text: string | undefined): boolean {
  return text === undefined || parsePrintedTime(text) !== null || MISSING.has(wordOf(text));
}

/** A number with at most one unit, a mask, or a word. A mask keeps its lowest 53 bits, as a number can. */
function parseValue(text: string): Value {
  if (/^0x[0-9a-f]{1,16}$/i.test(text)) return { kind: "number", value: Number(BigInt.asUintN(53, BigInt(text))) };
  const number = /^(-?\d{1,20}(?:\.\d+)?)(?: ?(?:%|MiB|W|MHz|us|ms|mJ))?$/.exec(text);
  // No value of a GPU is negative; what underflows is printed so.
  if (number !== null && !number[1]!.startsWith("-")) return { kind: "number", value: Number(number[1]) };
  const word = wordOf(text);
  if (DEVICE_LOST.has(word)) return { kind: "lost" };
  return { kind: MISSING.has(word) ? "missing" : "unknown" };
}

function wordOf(text: string): string {
  return text.toLowerCase().replace(/^\[(.*)\]$/, "$1");
}

/** A name, or empty where it is missing. Whatever stands in brackets is no name. */
function parseWord(text: string): string {
  return MISSING.has(wordOf(text)) || text.startsWith("[") ? "" : text.slice(0, 120);
}

/** `2026/07/14 08:12:53.353`. Parsed as UTC: only differences are used, so the zone does not matter. */
function parsePrintedTime(text: string): number | null {
  const parts = /^(\d{4})\/(\d{2})\/(\d{2}) (\d{2}):(\d{2}):(\d{2})\.(\d{3})$/.exec(text)?.slice(1).map(Number);
  if (parts === undefined) return null;
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0, millisecond = 0] = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second, millisecond);
}
