/** Lines of a file, one at a time, with bounded memory. */
import { concatBytes } from "../../base/bytes.ts";

/** One line. */
export interface Line {
  /** From 1. */
  number: number;
  text: string;
  bytes: number;
  /** It has a line end: a last line without one may have been cut off. */
  whole: boolean;
  /** It is longer than what is read; `text` is empty, and no line follows. */
  too_long: boolean;
}

const CHUNK_BYTES = 1024 * 1024;
const LINE_END = 10;

/** Reads a file to its end, or to the first line of more than `max_bytes`. Lines without text are left out. */
export async function* linesOf(file: Pick<Deno.FsFile, "read">, max_bytes: number): AsyncGenerator<Line> {
  const decoder = new TextDecoder();
  const chunk = new Uint8Array(CHUNK_BYTES);
  let pieces: Uint8Array[] = [];
  let length = 0;
  let number = 0;
  const take = (piece: Uint8Array, whole: boolean): Line => {
    const all = pieces.length === 0 ? piece : concatBytes([...pieces, piece]);
    pieces = [];
    length = 0;
    return { number: ++number, text: decoder.decode(all), bytes: all.length, whole, too_long: false };
  };
  for (let read = await file.read(chunk); read !== null; read = await file.read(chunk)) {
    const bytes = chunk.subarray(0, read);
    let from = 0;
    for (let end = bytes.indexOf(LINE_END); end >= 0; end = bytes.indexOf(LINE_END, from)) {
      const line = take(bytes.subarray(from, end), true);
      from = end + 1;
      if (!isBlank(line.text)) yield line;
    }
    pieces.push(bytes.slice(from));
    length += read - from;
    if (length > max_bytes) return yield { number: number + 1, text: "", bytes: length, whole: false, too_long: true };
  }
  if (length === 0) return;
  const last = take(new Uint8Array(0), false);
  if (!isBlank(last.text)) yield last;
}

const isBlank = (text: string) => text.trim() === "";
