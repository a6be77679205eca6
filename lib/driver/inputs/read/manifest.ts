/** Lines of a manifest of recordings: ours, `{"audio", "text"}`, or NeMo's, `{"audio_filepath", "text", "duration"}`. */
import { decodeText, parseJson } from "./entry.ts";
import { describe } from "./files.ts";
import { FormatError } from "./records.ts";

/** What one line names. */
export interface ManifestLine {
  /** As written, relative to the manifest's folder. */
  audio: string;
  /** Its transcript; null: look for a .txt file beside it. */
  text: string | null;
}

/**
 * Reads one line; null for an empty one.
 * @throws {FormatError} for a line without a recording
 */
export function parseManifestLine(bytes: Uint8Array): ManifestLine | null {
  const line = decodeText(bytes).trim();
  if (line === "") return null;
  const value = parseJson(line);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new FormatError(`is ${describe(value)}; each line must be an object`);
  }
  const { audio, audio_filepath, text }: Record<string, unknown> = { ...value };
  const path = audio ?? audio_filepath;
  if (typeof path !== "string" || path === "") {
    const needed = 'it must have "audio" (or "audio_filepath") with the path of a WAV file';
    throw new FormatError(`is ${describe(value)}; ${needed}`);
  }
  if (text !== undefined && text !== null && typeof text !== "string") {
    throw new FormatError(`has ${describe(text)} as "text"; it must be a string`);
  }
  return { audio: path, text: typeof text === "string" ? text.trim() : null };
}
