/** One entry of a file as a value: a text, a list, or an object whose keys are names of fields. */
import { parseRow } from "../../../base/csv.ts";
import type { EntryForm, TableColumns } from "./form.ts";
import { FormatError } from "./records.ts";

const decoder = new TextDecoder("utf-8", { fatal: true });

/**
 * Parses one entry; undefined for an empty one.
 * @throws {FormatError} for an entry with a wrong format; the message does not name the place
 */
export function parseRecord(bytes: Uint8Array, { format, table }: EntryForm): unknown {
  const text = decodeText(bytes);
  if (text.trim() === "") return undefined;
  switch (format) {
    case "text":
      return text.trim();
    case "jsonl":
    case "json":
    case "values":
      return parseJson(text.trim());
    case "table":
      return table === null ? undefined : rowOf(text, table);
    case "transcripts":
      return transcriptOf(text.trim());
  }
}

/** @throws {FormatError} */
function decodeText(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw new FormatError("is not UTF-8 text; save it as UTF-8");
  }
}

/** Parses JSON. @throws {FormatError} for what is none */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new FormatError(`is not JSON: ${(error as Error).message}`);
  }
}

/** @throws {FormatError} for a row with more fields than the table has columns */
function rowOf(row: string, table: TableColumns): Record<string, string> | undefined {
  const { names, separator } = table;
  const fields = parseRow(row.replace(/^\ufeff/, ""), table).map((field) => field.trim());
  if (fields.every((field) => field === "")) return undefined;
  if (fields.slice(names.length).some((field) => field !== "")) {
    const quote = separator === "\t" ? "" : `; put texts with ${JSON.stringify(separator)} in them in quotes`;
    throw new FormatError(`has ${fields.length} fields, and the table has ${names.length} columns${quote}`);
  }
  return Object.fromEntries(names.map((name, at) => [name, fields[at] ?? ""]));
}

/** A line of LibriSpeech's `*.trans.txt`: the name of a recording without its ending, a blank, its words. */
function transcriptOf(line: string): Record<string, string> {
  const [, key = "", text = ""] = /^(\S+)\s*(.*)$/s.exec(line) ?? [];
  return { key, text };
}
