import assert from "node:assert/strict";
import { readLines } from "../../lib/resources/lines.ts";

async function split(...chunks: Array<string | Uint8Array>) {
  const encoder = new TextEncoder();
  const bytes = chunks.map((chunk) => typeof chunk === "string" ? encoder.encode(chunk) : chunk);
  const lines: string[] = [];
  const rest = await readLines(ReadableStream.from(bytes), (line) => lines.push(line));
  return { lines, rest };
}

Deno.test("readLines() joins lines over chunks and keeps what is cut off apart", async () => {
  assert.deepEqual(await split("a", "b\nc", "d\r", "\ne\n\nf"), { lines: ["ab", "cd", "e", ""], rest: "f" });
});

Deno.test("readLines() puts a character together that two chunks share", async () => {
  assert.deepEqual(await split(Uint8Array.of(0xc3), Uint8Array.of(0xa9, 0x0a)), { lines: ["é"], rest: "" });
  assert.deepEqual(await split(Uint8Array.of(0xff, 0x0a)), { lines: ["\ufffd"], rest: "" });
});

Deno.test("readLines() cuts endless lines", async () => {
  const chunks = Array.from({ length: 50 }, () => "x".repeat(1000));
  const { lines, rest } = await split(...chunks, "\nnext\n");
  assert.deepEqual(lines.map((line) => line.length), [4096, 4]);
  assert.equal(rest, "");
});
