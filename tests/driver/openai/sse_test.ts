import assert from "node:assert/strict";
import fc from "fast-check";
import { type SseEvent, SseReader } from "../../../lib/driver/openai/sse.ts";

/** Events of a text whose UTF-8 is cut at `places`. */
function read(text: string, places: readonly number[] = [], finish = false): { events: string[] } {
  const bytes = new TextEncoder().encode(text);
  const events: string[] = [];
  const reader = new SseReader(({ data }) => data !== null && events.push(data));
  const cuts = [0, ...places.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  for (const [index, cut] of cuts.slice(1).entries()) reader.push(bytes.subarray(cuts[index], cut));
  if (finish) reader.finish();
  return { events };
}

Deno.test("events end with a blank line, whatever ends lines", () => {
  for (const end of ["\n", "\r\n", "\r"]) {
    assert.deepEqual(read(["data: one", "", "data:two", "", ""].join(end)).events, ["one", "two"], JSON.stringify(end));
  }
});

Deno.test("several data lines are one event; other fields and comments are none", () => {
  const text = ": keep-alive\n\nevent: x\nid: 7\nretry: 1\ndata: a\ndata:  b\ndata\n\n:\ndatax: no\n\nid: 8\n\n";
  assert.deepEqual(read(text).events, ["a\n b\n"]);
});

Deno.test("a byte order mark before the first line is passed over", () => {
  assert.deepEqual(read("\ufeffdata: x\n\n").events, ["x"]);
});

Deno.test("an event without its blank line is told at the end of the stream", () => {
  for (const text of ["data: x", "data: x\n", "data:x\r"]) {
    assert.deepEqual(read(text), { events: [] });
    assert.deepEqual(read(text, [], true), { events: ["x"] });
  }
  assert.deepEqual(read("dat", [], true), { events: [] });
});

Deno.test("names, comments and a field `error` of an event are told with it", () => {
  const told: SseEvent[] = [];
  const reader = new SseReader((event) => told.push(event));
  reader.push(new TextEncoder().encode('event: error\n: worker lost\n\nerror: {"code":1}\n\n: alone\n\n'));
  assert.deepEqual(told, [
    { name: "error", data: null, error: null, comment: "worker lost" },
    { name: "", data: null, error: '{"code":1}', comment: "" },
  ]);
});

Deno.test("any cutting of the bytes gives the same events, inside characters too", () => {
  const piece = fc.constantFrom(
    "data:",
    "data: ",
    "\n",
    "\r\n",
    "\r",
    ": c",
    "é",
    "日本",
    "😀",
    '{"a":1}',
    " ",
    "x",
    "event",
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), fc.array(fc.nat(200), { maxLength: 40 }), (pieces, places) => {
      const text = pieces.join("");
      assert.deepEqual(read(text, places), read(text));
    }),
    { numRuns: 500 },
  );
});

Deno.test("what was written is what is read", () => {
  const line = fc.string({ unit: fc.constantFrom("a", " ", ":", "é", "😀", "{", "\t") });
  fc.assert(
    fc.property(fc.array(fc.array(line, { minLength: 1 })), fc.constantFrom("\n", "\r", "\r\n"), (events, end) => {
      const text = events.map((lines) => lines.map((text) => `data: ${text}${end}`).join("") + end).join("");
      assert.deepEqual(read(text).events, events.map((lines) => lines.join("\n")));
    }),
  );
});

Deno.test("an event without end is refused before it fills the memory", () => {
  const reader = new SseReader(() => {});
  const piece = new Uint8Array(256 * 1024).fill(0x78);
  assert.throws(() => {
    for (let time = 0; time < 20; time++) reader.push(piece);
  }, RangeError);
});

Deno.test("a line in many pieces is joined once", () => {
  const reader = new SseReader(({ data }) => events.push(data?.length ?? 0));
  const events: number[] = [];
  // Joined at every piece, these would be 2 GB of copies.
  const piece = new TextEncoder().encode("data: abcdefghijklmnopqrstuvwxyz");
  for (let count = 0; count < 10_000; count++) reader.push(piece);
  reader.push(new TextEncoder().encode("\n\n"));
  assert.deepEqual(events, [10_000 * piece.length - "data: ".length]);
});
