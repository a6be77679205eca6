import assert from "node:assert/strict";
import { Lines } from "../../../lib/resources/program/lines.ts";

function split(...chunks: Array<string | Uint8Array>) {
  const encoder = new TextEncoder();
  const splitter = new Lines();
  const lines = chunks.flatMap((chunk) => splitter.take(typeof chunk === "string" ? encoder.encode(chunk) : chunk));
  return { lines, rest: splitter.rest };
}

Deno.test("Lines joins lines over chunks and keeps what is cut off apart", () => {
  assert.deepEqual(split("a", "b\nc", "d\r", "\ne\n\nf"), { lines: ["ab", "cd", "e", ""], rest: "f" });
});

Deno.test("Lines puts a character together that two chunks share", () => {
  assert.deepEqual(split(Uint8Array.of(0xc3), Uint8Array.of(0xa9, 0x0a)), { lines: ["é"], rest: "" });
  assert.deepEqual(split(Uint8Array.of(0xff, 0x0a)), { lines: ["\ufffd"], rest: "" });
});

Deno.test("Lines cuts endless lines", () => {
  const chunks = Array.from({ length: 50 }, () => "x".repeat(1000));
  const { lines, rest } = split(...chunks, "\nnext\n");
  assert.deepEqual(lines.map((line) => line.length), [4096, 4]);
  assert.equal(rest, "");
});
