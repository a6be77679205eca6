/** Checks the entries of one file in order and notes their places. */
import { InputNotes } from "./notes.ts";
import { checkColumns, parseEntry, TEXT_COLUMNS } from "./entry.ts";
import type { Refuse } from "./files.ts";
import { type EntryForm, splitterOf } from "./form.ts";
import { parseManifestLine } from "./manifest.ts";
import * as names from "./names.ts";
import { PlaceList, type Places } from "./record_index.ts";
import { FormatError, RecordReader } from "./records.ts";

/** What is done with the entries of a file. */
export interface Checks {
  /** Entries name recordings; else they are texts. */
  speech: boolean;
  /** Most characters of a text. */
  most: number;
  /** Requests may have fields of their own, such as tools. */
  fields: boolean;
  notes: InputNotes;
  /** Checks a recording that an entry names. */
  recording(line: NonNullable<ReturnType<typeof parseManifestLine>>): void;
}

/** Longest entry; bytes. */
const MAX_ENTRY_BYTES = 16 * 1024 * 1024;
/** About the length of a word that june-load makes, with its blank, and of a token; characters. */
const TOKEN_CHARACTERS = 4.5;

/** Goes through one file. */
export class Indexer {
  readonly #places = new PlaceList();
  readonly #reader: RecordReader;
  readonly #checks: Checks;
  /** Rows before the first entry. */
  #head: number;
  #bad = 0;
  #first_bad = "";
  #seen = 0;

  /** @throws {FormatError} for a table without the columns that are needed */
  constructor(readonly path: string, readonly form: EntryForm, checks: Checks, readonly fail: Refuse) {
    this.#checks = checks;
    this.#head = form.table?.skipped ?? 0;
    const [wanted, example] = checks.speech
      ? [names.AUDIO, "audio, audio_filepath, path"] as const
      : [TEXT_COLUMNS, "prompt, text, question"] as const;
    if (form.table !== null) checkColumns(form.table, checks.speech ? null : form.field, wanted, example);
    this.#reader = new RecordReader(splitterOf(form), MAX_ENTRY_BYTES, (bytes, start, line) => {
      this.#take(bytes, start, line);
    });
  }

  /** Takes the next bytes. @throws {FormatError} for a file of another form */
  push(bytes: Uint8Array): void {
    this.#reader.push(bytes);
  }

  /** The file is over. @throws {FormatError} where its last entry is unfinished */
  end(): { entries: number; places: Places } {
    this.#reader.end();
    if (this.#bad > 0) {
      const others = this.#bad === 1 ? "" : ` (${this.#bad} of ${this.#seen} entries are bad; this is the first)`;
      this.fail(this.#first_bad + others);
    }
    const entries = this.#places.count;
    if (entries === 0) {
      this.fail(
        this.#checks.speech
          ? 'it holds no lines; write one {"audio": "file.wav", "text": "..."} a line'
          : "it has no text; write one prompt or sentence per line",
      );
    }
    return { entries, places: this.#places.share() };
  }

  #take(bytes: Uint8Array, start: number, line: number): void {
    if (this.#head > 0) {
      this.#head--;
      return;
    }
    try {
      this.#checks.notes.at(this.path, line);
      if (!(this.#checks.speech ? this.#checkRecording(bytes) : this.#checkText(bytes))) return;
      this.#places.add(start, bytes.length);
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      if (this.#bad++ === 0) this.#first_bad = `line ${line} ${error.message}`;
    }
    this.#seen++;
  }

  /** Whether an entry has content. */
  #checkText(bytes: Uint8Array): boolean {
    const { notes, most, fields } = this.#checks;
    const entry = parseEntry(bytes, this.form, notes);
    for (const { content } of entry?.turns ?? []) this.#checkLength(content);
    const tokens = entry?.made?.tokens ?? 0;
    if (tokens * TOKEN_CHARACTERS > most) {
      throw new FormatError(`wants a prompt of ${tokens} tokens, which would have more than ${most} characters`);
    }
    if (!fields) { for (const name of Object.keys(entry?.fields ?? {})) notes.unused(name); }
    return entry !== null;
  }

  #checkRecording(bytes: Uint8Array): boolean {
    const line = parseManifestLine(bytes, this.form, this.#checks.notes);
    if (line !== null) this.#checks.recording(line);
    return line !== null;
  }

  /** The length counts code points, as Python does on June's servers. */
  #checkLength(text: string): void {
    const { most } = this.#checks;
    if (text.length > most && [...text].length > most) {
      throw new FormatError(`has more than ${most} characters; shorten it`);
    }
  }
}
