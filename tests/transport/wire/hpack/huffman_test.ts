import assert from "node:assert/strict";
import fc from "fast-check";
import { decodeHuffman, HUFFMAN_CODES } from "../../../../lib/transport/wire/hpack/huffman.ts";
import { fromHex } from "../hex.ts";

function encode(bytes: Uint8Array): Uint8Array {
  let bits = "";
  for (const byte of bytes) bits += HUFFMAN_CODES[byte]!.bits.toString(2).padStart(HUFFMAN_CODES[byte]!.length, "0");
  while (bits.length % 8 !== 0) bits += "1";
  return Uint8Array.from(bits.match(/.{8}/g) ?? [], (octet) => parseInt(octet, 2));
}

function decodeHex(hex: string): string | null {
  const bytes = fromHex(hex);
  return decodeHuffman(bytes, 0, bytes.length);
}

Deno.test("HUFFMAN_CODES holds the codes of RFC 7541 appendix B", () => {
  const samples: [number, number, number][] = [
    [0, 0x1ff8, 13],
    [9, 0xffffea, 24],
    [10, 0x3ffffffc, 30],
    [22, 0x3ffffffe, 30],
    [32, 0x14, 6],
    [48, 0x0, 5],
    [58, 0x5c, 7],
    [92, 0x7fff0, 19],
    [127, 0xffffffc, 28],
    [128, 0xfffe6, 20],
    [199, 0x1ffffec, 25],
    [203, 0x7ffffde, 27],
    [249, 0xffffffe, 28],
    [255, 0x3ffffee, 26],
    [256, 0x3fffffff, 30],
  ];
  for (const [symbol, bits, length] of samples) assert.deepEqual(HUFFMAN_CODES[symbol], { bits, length });
});

Deno.test("decodeHuffman() undoes encoding for all bytes", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
    const coded = encode(bytes);
    assert.equal(decodeHuffman(coded, 0, coded.length), String.fromCharCode(...bytes));
  }));
});

Deno.test("decodeHuffman() refuses long padding, padding of zeros and EOS", () => {
  assert.equal(decodeHex(""), "");
  assert.equal(decodeHex("1f"), "a");
  for (const hex of ["ff", "1fff", "1fffffff", "ff9fffffff", "52bc30ffffffff", "00", "fffffffffc"]) {
    assert.equal(decodeHex(hex), null, hex);
  }
});
