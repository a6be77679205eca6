/**
 * Huffman strings of HPACK (RFC 7541, appendix B), decoded four bits at a time by a table.
 *
 * The code is canonical: codes of one length rise with the symbol, and each length continues after the last. So the 257
 * lengths define it.
 */

const LENGTHS = [
  ...[13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28],
  ...[28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 28],
  ...[6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6],
  ...[5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10],
  ...[13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7],
  ...[7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6],
  ...[15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5],
  ...[6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28],
  ...[20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23],
  ...[24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24],
  ...[22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23],
  ...[21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23],
  ...[26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25],
  ...[19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27],
  ...[20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23],
  ...[26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26],
  30,
];
const EOS = 256;

/** One symbol's code: its bits, and how many of them there are. */
export interface HuffmanCode {
  bits: number;
  length: number;
}

/** The code of each symbol, 0 to 255 and EOS at 256. */
export const HUFFMAN_CODES: readonly HuffmanCode[] = assignCodes();

function assignCodes(): HuffmanCode[] {
  const order = LENGTHS.map((length, symbol) => ({ length, symbol }))
    .sort((a, b) => a.length - b.length || a.symbol - b.symbol);
  const codes: HuffmanCode[] = [];
  let bits = 0;
  let last = order[0]!.length;
  for (const { length, symbol } of order) {
    bits *= 2 ** (length - last);
    last = length;
    codes[symbol] = { bits, length };
    bits++;
  }
  return codes;
}

// An entry of the table: low byte the state after four bits, next byte the completed symbol, then flags.
const EMITS = 1 << 16;
const FAILS = 1 << 17;
const STEPS = new Uint32Array(256 * 16);
/** 1 for states in which a string may end: at most seven bits, all ones, after the last symbol. */
const MAY_END = new Uint8Array(256);
buildTable();

function buildTable(): void {
  const children: (readonly [number, number] | [number, number])[] = [[-1, -1]];
  // A child at or above 0 is an inner node, one below -1 the symbol -2 - child.
  HUFFMAN_CODES.forEach(({ bits, length }, symbol) => {
    let node = 0;
    for (let bit = length - 1; bit >= 0; bit--) {
      const side = (bits >>> bit) & 1;
      const pair = children[node] as [number, number];
      if (bit === 0) {
        pair[side] = -2 - symbol;
      } else {
        if (pair[side] === -1) pair[side] = children.push([-1, -1]) - 1;
        node = pair[side]!;
      }
    }
  });
  for (let node = 0; node < children.length; node++) {
    for (let nibble = 0; nibble < 16; nibble++) STEPS[node * 16 + nibble] = stepOf(children, node, nibble);
  }
  for (let node = 0, depth = 0; depth <= 7; depth++) {
    MAY_END[node] = 1;
    node = children[node]![1];
  }
}

function stepOf(children: readonly (readonly [number, number])[], from: number, nibble: number): number {
  let node = from;
  let emitted = 0;
  for (let bit = 3; bit >= 0; bit--) {
    const child = children[node]![(nibble >>> bit) & 1];
    if (child! >= 0) {
      node = child!;
      continue;
    }
    const symbol = -2 - child!;
    if (symbol === EOS) return FAILS;
    emitted = EMITS | (symbol << 8);
    node = 0;
  }
  return emitted | node;
}

/**
 * Decodes a Huffman string to one character per byte.
 * @returns null for a string that holds EOS, or ends inside a symbol or with more than seven bits of padding
 */
export function decodeHuffman(bytes: Uint8Array, from: number, to: number): string | null {
  // The shortest code has five bits, so the text has at most 8/5 of the length.
  const text = new Uint8Array(Math.floor(((to - from) * 8) / 5));
  let length = 0;
  let state = 0;
  for (let at = from; at < to; at++) {
    const byte = bytes[at]!;
    const high = STEPS[state * 16 + (byte >>> 4)]!;
    if ((high & EMITS) !== 0) text[length++] = high >>> 8;
    const low = STEPS[(high & 0xff) * 16 + (byte & 15)]!;
    if ((low & EMITS) !== 0) text[length++] = low >>> 8;
    if (((high | low) & FAILS) !== 0) return null;
    state = low & 0xff;
  }
  return MAY_END[state] === 1 ? byteString(text, 0, length) : null;
}

/** Bytes as a string of characters U+0000 to U+00FF, so that no byte is lost for a later charset conversion. */
export function byteString(bytes: Uint8Array, from: number, to: number): string {
  let text = "";
  for (let at = from; at < to; at += 4096) {
    text += String.fromCharCode.apply(null, bytes.subarray(at, Math.min(to, at + 4096)) as unknown as number[]);
  }
  return text;
}
