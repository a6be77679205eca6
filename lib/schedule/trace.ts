/** Arrivals of traces: Mooncake's and AIPerf's lines of JSON, BurstGPT's and Azure's tables. */
import { parseRow, plainName, readHead } from "../base/csv.ts";

/** One arrival: its line, and its instant or why it has none. */
export interface TraceArrival {
  /** From 1. */
  line: number;
  /** Microseconds; of tables with dates, since 1970. */
  at_us: number | string;
}

/** Microseconds of a unit of time. */
const UNITS = { s: 1e6, ms: 1e3 } as const;
type Unit = keyof typeof UNITS;

/**
 * Names of instants, in order of preference; `as_usual`: milliseconds in JSON (but for the traces of Alibaba's Bailian,
 * which have a `chat_id`), seconds in tables.
 */
const NAMES: readonly (readonly [name: string, unit: Unit | "as_usual"])[] = [
  ["timestampms", "ms"],
  ["timestamps", "s"],
  ["timestamp", "as_usual"],
  ["arrivaltimems", "ms"],
  ["arrivaltime", "s"],
  ["arrivedat", "s"],
  ["startoffset", "s"],
];

/** Whether a text is a trace and no list of offsets. */
export function isTrace(text: string): boolean {
  const [first = ""] = text.replace(/^\ufeff/, "").trimStart().split("\n", 1);
  return /^[[{]/.test(first) || /^"?sep=|^"?[a-z]/i.test(first) && columnOf(text) !== null;
}

/** The arrivals of a trace, in the order of its lines. */
export function* traceArrivals(text: string): Iterable<TraceArrival> {
  const start = text.replace(/^\ufeff/, "").trimStart();
  if (start.startsWith("[")) yield* listed(start);
  else if (start.startsWith("{")) yield* lines(text);
  else yield* rows(text);
}

function* lines(text: string): Iterable<TraceArrival> {
  for (const [i, line] of text.replace(/^\ufeff/, "").split("\n").entries()) {
    if (line.trim() === "") continue;
    yield { line: i + 1, at_us: instantIn(parsed(line)) };
  }
}

/** A list tells no lines, so its elements are counted instead. */
function* listed(text: string): Iterable<TraceArrival> {
  const list = parsed(text);
  if (!Array.isArray(list)) return yield { line: 1, at_us: "The file is not JSON" };
  for (const [i, value] of list.entries()) yield { line: i + 1, at_us: instantIn(value) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function instantIn(value: unknown): number | string {
  if (typeof value !== "object" || value === null) return "The line is no JSON object";
  const fields = new Map(Object.entries(value).map(([name, field]) => [plainName(name), field]));
  const [name, unit] = NAMES.find(([name]) => (fields.get(name) ?? null) !== null) ?? [];
  if (name === undefined) return 'The line has no "timestamp"';
  const usual = fields.has("chatid") ? "s" : "ms";
  return instantOf(fields.get(name), unit === "as_usual" || unit === undefined ? usual : unit);
}

/** The instant that a value gives; microseconds. */
function instantOf(value: unknown, unit: Unit): number | string {
  const written = typeof value === "string" ? value.trim() : value;
  if (typeof written === "number" || /^\d+(\.\d*)?([eE][-+]?\d+)?$/.test(String(written))) {
    return Math.round(Number(written) * UNITS[unit]);
  }
  const date_ms = Date.parse(
    `${String(written).replace(" ", "T").replace(/(Z|[-+]\d\d:?\d\d)?$/, (zone) => zone || "Z")}`,
  );
  if (Number.isFinite(date_ms)) return Math.round(date_ms * 1e3);
  return `Cannot read the timestamp ${JSON.stringify(value)}: write a number or a date such as "2026-01-31 12:00:00.5"`;
}

function columnOf(text: string) {
  const known = new Map(NAMES);
  const { names, skipped, separator } = readHead(text, (name) => known.has(plainName(name)));
  const plain = names.map(plainName);
  const [name, unit] = NAMES.find(([name]) => plain.includes(name)) ?? [];
  return name === undefined
    ? null
    : { at: plain.indexOf(name), unit: unit === "ms" ? "ms" : "s", skipped, separator } as const;
}

function* rows(text: string): Iterable<TraceArrival> {
  const column = columnOf(text);
  if (column === null) return;
  const { at, unit, skipped, separator } = column;
  for (const [i, row] of text.split("\n").entries()) {
    if (i <= skipped || row.trim() === "") continue;
    const field = parseRow(row, { separator, loose: true })[at] ?? "";
    yield { line: i + 1, at_us: instantOf(separator === ";" ? field.replace(",", ".") : field, unit) };
  }
}
