/** Reads entries from disk on demand. */
import { type Entry, parseEntry } from "./entry.ts";
import { readAt, type Refuse, refuse } from "./files.ts";
import type { IndexedFile } from "./index.ts";
import type { Clip } from "../inputs.ts";
import { parseManifestLine } from "./manifest.ts";
import { FormatError } from "./records.ts";
import { besideManifest, readRecording } from "./recordings.ts";

/** The entries of all files of a service, numbered from 0 in the order of the files. */
export class EntryFiles {
  /** Number of the first entry after each file. */
  readonly #ends: number[] = [];

  constructor(readonly files: readonly IndexedFile[]) {
    let end = 0;
    for (const { entries } of files) this.#ends.push(end += entries);
  }

  /** How many entries there are. */
  get count(): number {
    return this.#ends.at(-1) ?? 0;
  }

  /**
   * An entry of a file of texts.
   * @throws {UserError} kind `input` where the file has changed since it was indexed
   */
  text(number: number): Entry {
    const [file, at] = this.#find(number);
    const entry = read(file, at, (bytes) => parseEntry(bytes, file.form));
    return entry ?? refuse(file.named, file.path, CHANGED);
  }

  /**
   * A recording.
   * @throws {UserError} kind `input` where a file has changed since it was indexed
   */
  clip(number: number): Clip {
    const [file, at] = this.#find(number);
    if (file.places === null) return readRecording(file.named, file.path, null);
    const line = read(file, at, (bytes) => parseManifestLine(bytes, file.form)) ??
      refuse(file.named, file.path, CHANGED);
    const path = besideManifest(file.path, line.audio);
    try {
      return readRecording(file.named, path, line.text, line.segment);
    } catch (error) {
      if (error instanceof FormatError) return refuse(file.named, path, CHANGED);
      throw error;
    }
  }

  #find(number: number): [file: IndexedFile, at: number] {
    let low = 0;
    let high = this.files.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (number < (this.#ends[middle] as number)) high = middle;
      else low = middle + 1;
    }
    const file = this.files[low] as IndexedFile;
    return [file, number - ((this.#ends[low] as number) - file.entries)];
  }
}

const CHANGED = "it has changed since the run began; leave inputs alone while a run reads them";

function read<Value>({ named, path, places }: IndexedFile, at: number, parse: (bytes: Uint8Array) => Value): Value {
  const fail: Refuse = (what) => refuse(named, path, what);
  const bytes = readAt(path, places?.starts[at] ?? 0, places?.lengths[at] ?? 0, fail);
  try {
    return parse(bytes);
  } catch (error) {
    if (error instanceof FormatError) return fail(CHANGED);
    throw error;
  }
}
