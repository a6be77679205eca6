/** Entries of a manifest of recordings: NeMo's, Common Voice's, LibriSpeech's and others, as lines, lists or tables. */
import { Fields, objectOf } from "./fields.ts";
import { describe } from "./files.ts";
import type { EntryForm } from "./form.ts";
import * as names from "./names.ts";
import { SILENT, type Tell } from "./notes.ts";
import { parseRecord } from "./record.ts";
import { FormatError } from "./records.ts";

/** What one entry names. */
export interface ManifestLine {
  /** As written, relative to the manifest's folder. */
  audio: string;
  /** Its transcript; null: look for one beside it. */
  text: string | null;
  /** The part to send; null: all. */
  segment: Segment | null;
}

/** A part of a recording. */
export interface Segment {
  start_s: number;
  /** Null: to the end. */
  length_s: number | null;
}

/**
 * Reads one entry; null for an empty one.
 * @param tell notes fields that are not used
 * @throws {FormatError} for an entry without a recording
 */
export function parseManifestLine(bytes: Uint8Array, form: EntryForm, tell: Tell = SILENT): ManifestLine | null {
  const value = parseRecord(bytes, form);
  if (value === undefined) return null;
  const values = objectOf(value);
  if (values === null) throw new FormatError(`is ${describe(value)}; each line must be an object`);
  const fields = new Fields(values);
  if (form.format === "transcripts") return { audio: `${values.key}`, text: `${values.text}`, segment: null };
  const audio = pathOf(fields.take(names.AUDIO), values);
  const text = fields.take(names.TRANSCRIPT);
  if (text !== null && typeof text.value !== "string") {
    throw new FormatError(`has ${describe(text.value)} as "${text.name}"; it must be a string`);
  }
  const line = { audio, text: textOf(text?.value, values), segment: segmentOf(fields) };
  for (const unused of fields.unused()) tell.unused(unused);
  return line;
}

function pathOf(found: { name: string; value: unknown } | null, values: Record<string, unknown>): string {
  // The data sets of Hugging Face have an object with a path.
  const path = objectOf(found?.value)?.path ?? found?.value;
  if (typeof path === "string" && path.trim() !== "") return path.trim();
  const needed = 'it must have "audio" (or "audio_filepath") with the path of a WAV file';
  throw new FormatError(`is ${describe(values)}; ${needed}`);
}

/** An empty transcript says that nothing is spoken, which is not the same as none. */
function textOf(found: unknown, values: Record<string, unknown>): string | null {
  if (typeof found === "string") return found.trim();
  return values.text === "" ? "" : null;
}

function segmentOf(fields: Fields): Segment | null {
  const start = secondsOf(fields, names.START);
  // NeMo reads a duration of 0 as an unknown one.
  const duration = secondsOf(fields, names.DURATION) || null;
  const end = secondsOf(fields, names.END);
  const start_s = start ?? 0;
  const length_s = duration ?? (end === null ? null : end - start_s);
  if (length_s !== null && !(length_s > 0)) throw new FormatError(`has a segment of ${length_s} s; it must be above 0`);
  return start === null && length_s === null ? null : { start_s, length_s };
}

function secondsOf(fields: Fields, keys: readonly string[]): number | null {
  const found = fields.take(keys);
  if (found === null) return null;
  const { name, value } = found;
  const seconds = typeof value === "string" ? Number(value.trim().replace(",", ".")) : value;
  if (typeof seconds === "number" && Number.isFinite(seconds) && seconds >= 0) return seconds;
  throw new FormatError(`has ${JSON.stringify(value)} as "${name}"; it must be a number of seconds, 0 or more`);
}
