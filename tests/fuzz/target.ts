/** What is fuzzed: a reader of input from outside. */

/** One reader. */
export interface Target {
  readonly name: string;
  /** Inputs that it takes; damage begins with them. */
  readonly seeds: readonly (string | Uint8Array)[];
  /** A case costs milliseconds: sockets, files. */
  readonly slow?: boolean;
  /** Words and signs of the language. */
  readonly words?: readonly (string | Uint8Array)[];
  /** Makes an input that is damaged as only its language allows; every other one is. Absent: all have their bytes damaged. */
  make?(next: () => number): Uint8Array;
  /**
   * Reads an input to its end. It may throw only what `isRefusal` knows.
   * @param next decides how the input is cut into pieces
   */
  read(input: Uint8Array, next: () => number): void | Promise<void>;
  /** Whether an error is june-load's own for input that it does not take. Absent: it never throws. */
  isRefusal?(error: unknown): boolean;
  /**
   * Inputs of `size` bytes or so whose cost could grow faster than they do. Absent: its seeds, repeated. Null: its cost
   * does not depend on the size alone.
   */
  readonly growing?: readonly ((size: number) => string | Uint8Array)[] | null;
}

const encoder = new TextEncoder();

/** An input as bytes. */
export const bytesOf = (input: string | Uint8Array): Uint8Array =>
  typeof input === "string" ? encoder.encode(input) : input;

/** Damaged UTF-8 as a reader of text gets it. */
export const textOf = (input: Uint8Array): string => new TextDecoder().decode(input);

/** Bytes as text of one byte a character, such as a header. */
export const latin1 = (input: Uint8Array): string => new TextDecoder("latin1").decode(input);

/** The input in pieces of 1 to 40 bytes, or whole. */
export function* piecesOf(input: Uint8Array, next: () => number): Generator<Uint8Array> {
  const most = next() < 0.3 ? input.length : 40;
  for (let at = 0; at < input.length;) {
    const length = 1 + Math.floor(next() * most);
    yield input.slice(at, at + length);
    at += length;
  }
}
