/** How a file of entries is written, found out from its name and its beginning. */
import { plainName, readHead, type TableForm } from "../../../base/csv.ts";
import { objectOf } from "./fields.ts";
import { COLUMNS, ROLE } from "./names.ts";
import { ElementSplitter, FormatError, LineSplitter, RowSplitter, type Splitter, ValueSplitter } from "./records.ts";

/**
 * How a file is split into entries: lines of text, lines of JSON, one list, JSON values over several lines, a table, or
 * LibriSpeech's lines of a name and a text.
 */
export type Format = "text" | "jsonl" | "json" | "values" | "table" | "transcripts";

/** How the entries of one file are read. Plain data. */
export interface EntryForm {
  format: Format;
  /** See `InputPlan.field`. */
  field: string | null;
  /** Of tables. */
  table: TableColumns | null;
}

/** A table with its columns. */
export interface TableColumns extends TableForm {
  /** Rows before the first entry: names, and Excel's `sep=` line. */
  skipped: number;
  names: readonly string[];
}

/** Bytes from which a form is found out. */
const HEAD_BYTES = 64 * 1024;

/** Finds out how a file is written. The file's position is its beginning, before and after. */
export async function formOf(path: string, file: Deno.FsFile, field: string | null): Promise<EntryForm> {
  const head = new Uint8Array(HEAD_BYTES);
  let size = 0;
  for (let read = await file.read(head); read !== null && read > 0;) {
    size += read;
    read = size < HEAD_BYTES ? await file.read(head.subarray(size)) : null;
  }
  await file.seek(0, Deno.SeekMode.Start);
  const text = new TextDecoder().decode(head.subarray(0, size)).replace(/^\ufeff/, "");
  if (/\.(csv|tsv)$/i.test(path)) return { format: "table", field, table: tableOf(text, field) };
  return { format: formatOf(path, text), field, table: null };
}

/** What a form is for messages of a file that is no manifest: reads as lines of JSON. */
export const LINES: EntryForm = { format: "jsonl", field: null, table: null };

function formatOf(path: string, head: string): Format {
  if (/\.trans\.txt$/i.test(path)) return "transcripts";
  if (/\.json$/i.test(path)) return jsonFormat(head, "json");
  return /\.(jsonl|ndjson)$/i.test(path) ? jsonFormat(head, "jsonl") : "text";
}

/** @param otherwise format of a file that begins with neither a list nor an object */
function jsonFormat(head: string, otherwise: Format): Format {
  const text = head.trimStart();
  const [first = "", ...others] = text.split("\n", 20);
  const isLine = parsed(first) !== undefined;
  if (text.startsWith("[")) return isLine && (isChat(parsed(first)) || begins(others, "[")) ? "jsonl" : "json";
  if (!text.startsWith("{")) return otherwise;
  return !isLine && (first.trim() === "{" || beginsWithValue(head)) ? "values" : "jsonl";
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const begins = (lines: readonly string[], mark: string) => lines.some((line) => line.startsWith(mark));

/** Whether a list holds the turns of one conversation. */
export function isChat(value: unknown): boolean {
  const isTurn = (item: unknown) => Object.keys(objectOf(item) ?? {}).some((name) => ROLE.includes(plainName(name)));
  return Array.isArray(value) && value.length > 0 && value.every(isTurn);
}

/** Whether a text begins with a JSON object that goes over several lines. */
function beginsWithValue(head: string): boolean {
  const bytes = new TextEncoder().encode(head);
  let first: string | null = null;
  try {
    new ValueSplitter().scan(bytes, 0, (from, to) => first ??= new TextDecoder().decode(bytes.subarray(from, to)));
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
  }
  return first !== null && parsed(first) !== undefined;
}

function tableOf(head: string, field: string | null): TableColumns {
  const { separator, skipped, names } = readHead(head, (name) => name === field || COLUMNS.has(plainName(name)));
  const [only = ""] = names;
  const isNamed = names.length > 1 || only === field || COLUMNS.has(plainName(only));
  // A single column may do without a name: a first line of several words is a text like the others.
  const hasHead = isNamed || !/\s/.test(only);
  return { separator, loose: false, skipped: skipped + (hasHead ? 1 : 0), names: isNamed ? names : ["text"] };
}

/** Splits a file of this form. A table with tabs is read strictly first, to find out whether it is a loose one. */
export function splitterOf({ format, table }: EntryForm): Splitter {
  switch (format) {
    case "text":
    case "jsonl":
    case "transcripts":
      return new LineSplitter();
    case "json":
      return new ElementSplitter();
    case "values":
      return new ValueSplitter();
    case "table":
      return table?.loose === true
        ? new LineSplitter()
        : new RowSplitter(table?.separator ?? null, table?.separator === "\t");
  }
}
