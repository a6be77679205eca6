import assert from "node:assert/strict";
import { ConnectionFault, ErrorCode } from "../../../../lib/transport/wire/frames.ts";
import { HpackDecoder } from "../../../../lib/transport/wire/hpack/decoder.ts";
import type { HeaderField } from "../../../../lib/transport/wire/hpack/encoder.ts";
import { fromHex } from "../hex.ts";

function decode(decoder: HpackDecoder, hex: string): HeaderField[] {
  const fields: HeaderField[] = [];
  const bytes = fromHex(hex);
  decoder.decode(bytes, 0, bytes.length, (name, value) => fields.push([name, value]));
  return fields;
}

function refuses(hex: string, words: RegExp, decoder = new HpackDecoder()): void {
  assert.throws(
    () => decode(decoder, hex),
    (error) =>
      error instanceof ConnectionFault && error.code === ErrorCode.COMPRESSION_ERROR && words.test(error.message),
  );
}

const FIRST: HeaderField[] = [
  [":method", "GET"],
  [":scheme", "http"],
  [":path", "/"],
  [":authority", "www.example.com"],
];
const SECOND: HeaderField[] = [...FIRST, ["cache-control", "no-cache"]];
const THIRD: HeaderField[] = [
  [":method", "GET"],
  [":scheme", "https"],
  [":path", "/index.html"],
  [":authority", "www.example.com"],
  ["custom-key", "custom-value"],
];

Deno.test("decode() reads the single fields of RFC 7541 C.2", () => {
  const cases: [string, HeaderField, number][] = [
    ["400a637573746f6d2d6b65790d637573746f6d2d686561646572", ["custom-key", "custom-header"], 55],
    ["040c2f73616d706c652f70617468", [":path", "/sample/path"], 0],
    ["100870617373776f726406736563726574", ["password", "secret"], 0],
    ["82", [":method", "GET"], 0],
  ];
  for (const [hex, field, size] of cases) {
    const decoder = new HpackDecoder();
    assert.deepEqual(decode(decoder, hex), [field]);
    assert.equal(decoder.table_bytes, size);
  }
});

Deno.test("decode() reads the plain requests of RFC 7541 C.3", () => {
  const decoder = new HpackDecoder();
  assert.deepEqual(decode(decoder, "828684410f7777772e6578616d706c652e636f6d"), FIRST);
  assert.equal(decoder.table_bytes, 57);
  assert.deepEqual(decode(decoder, "828684be58086e6f2d6361636865"), SECOND);
  assert.equal(decoder.table_bytes, 110);
  assert.deepEqual(decode(decoder, "828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565"), THIRD);
  assert.equal(decoder.table_bytes, 164);
});

Deno.test("decode() reads the Huffman requests of RFC 7541 C.4", () => {
  const decoder = new HpackDecoder();
  assert.deepEqual(decode(decoder, "828684418cf1e3c2e5f23a6ba0ab90f4ff"), FIRST);
  assert.deepEqual(decode(decoder, "828684be5886a8eb10649cbf"), SECOND);
  assert.deepEqual(decode(decoder, "828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf"), THIRD);
  assert.equal(decoder.table_bytes, 164);
});

Deno.test("decode() evicts as in the Huffman replies of RFC 7541 C.6", () => {
  const decoder = new HpackDecoder();
  decode(decoder, "3fe101"); // the RFC's table of 256 bytes
  const date = "Mon, 21 Oct 2013 20:13:21 GMT";
  const place = "https://www.example.com";
  assert.deepEqual(
    decode(
      decoder,
      "488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff6e919d29ad171863c78f0b97c8e9ae82ae43d3",
    ),
    [[":status", "302"], ["cache-control", "private"], ["date", date], ["location", place]],
  );
  assert.equal(decoder.table_bytes, 222);
  assert.deepEqual(decode(decoder, "4883640effc1c0bf"), [
    [":status", "307"],
    ["cache-control", "private"],
    ["date", date],
    ["location", place],
  ]);
  assert.equal(decoder.table_bytes, 222);
  assert.deepEqual(
    decode(
      decoder,
      "88c16196d07abe941054d444a8200595040b8166e084a62d1bffc05a839bd9ab77ad94e7821dd7f2e6c7b335dfdfcd5b3960d5af27087f3672c1ab270fb5291f9587316065c003ed4ee5b1063d5007",
    ),
    [
      [":status", "200"],
      ["cache-control", "private"],
      ["date", "Mon, 21 Oct 2013 20:13:22 GMT"],
      ["location", place],
      ["content-encoding", "gzip"],
      ["set-cookie", "foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1"],
    ],
  );
  assert.equal(decoder.table_bytes, 215);
});

Deno.test("decode() refuses malformed blocks", () => {
  refuses("80", /index 0/);
  refuses("be", /beyond the table/);
  refuses("ffffffffffff0f", /too large/);
  refuses("ff8080808080808000", /too large/);
  refuses("ff80", /inside an integer/);
  refuses("0085", /inside a string/);
  refuses("0001", /inside a string/);
  refuses("00016101", /inside a string/);
  refuses("000161", /before a string/);
  refuses("00016181ff", /Huffman/);
  refuses("000161811c", /Huffman/); // padding of zeros
  refuses("00016184ffffffff", /Huffman/);
  refuses("8220", /after a header field/);
  refuses("3fe21f", /above the limit of 4096/);
});

Deno.test("decode() holds the peer to the table size it acknowledged", () => {
  const decoder = new HpackDecoder();
  decode(decoder, "40016101 62");
  assert.equal(decoder.table_bytes, 34);
  decoder.setSizeLimit(0);
  assert.deepEqual(decode(decoder, "be"), [["a", "b"]], "a block sent before the acknowledgement still means the same");
  assert.deepEqual(decode(decoder, "2088"), [[":status", "200"]]);
  assert.equal(decoder.table_bytes, 0);
  refuses("be", /beyond the table/, decoder);
  refuses("21", /above the limit of 0/, decoder);
});

Deno.test("decode() tells whether the same bytes will mean the same again", () => {
  const decoder = new HpackDecoder();
  decode(decoder, "88");
  assert.equal(decoder.stateless, true);
  decode(decoder, "4001610162");
  assert.equal(decoder.stateless, false);
  decode(decoder, "be");
  assert.equal(decoder.stateless, false);
  decode(decoder, "2088");
  assert.equal(decoder.stateless, false);
  decode(decoder, "2088");
  assert.equal(decoder.stateless, true);
  decode(decoder, "4001610162");
  assert.equal(decoder.stateless, true, "a table of no size takes nothing");
});

Deno.test("decode() stops telling fields of a list that is too long, and stays in step", () => {
  const decoder = new HpackDecoder(1000);
  const value = "61".repeat(900);
  const entry = "400162" + "7f8506" + value; // adds b: 900 x a
  const bytes = fromHex(entry + "be".repeat(50));
  let told = 0;
  assert.equal(decoder.decode(bytes, 0, bytes.length, () => told++), false);
  assert.equal(told, 1);
  assert.equal(decoder.table_bytes, 933);
  const next = fromHex("be");
  assert.equal(decoder.decode(next, 0, 1, () => told++), true);
  assert.equal(told, 2);
});
