import assert from "node:assert/strict";
import fc from "fast-check";
import { closePayload, encodeFrame, Opcode } from "../../../lib/transport/websocket/frames.ts";
import { MessageReader, type MessageSink, WebSocketFault } from "../../../lib/transport/websocket/message_reader.ts";
import { concat, readClientFrame, serverFrame, utf8 } from "./frames.ts";

const MAX_BYTES = 1000;

/** What a reader told, in words. */
class Told implements MessageSink {
  readonly events: unknown[][] = [];
  text(text: string): void {
    this.events.push(["text", text]);
  }
  binary(bytes: Uint8Array): void {
    this.events.push(["binary", ...bytes]);
  }
  ping(payload: Uint8Array): void {
    this.events.push(["ping", ...payload]);
  }
  pong(payload: Uint8Array): void {
    this.events.push(["pong", ...payload]);
  }
  close(code: number | null, reason: string): void {
    this.events.push(["close", code, reason]);
  }
}

/** Reads bytes given in parts, each in a buffer that is spoilt afterwards as a socket's is; the fault is the last event. */
function read(parts: readonly Uint8Array[], max_bytes = MAX_BYTES): unknown[][] {
  const told = new Told();
  const reader = new MessageReader(told, max_bytes);
  try {
    for (const part of parts) {
      const buffer = part.slice();
      reader.push(buffer);
      buffer.fill(0xee);
    }
  } catch (error) {
    if (!(error instanceof WebSocketFault)) throw error;
    told.events.push(["fault", error.code, error.message]);
  }
  return told.events;
}

/** Cuts bytes at places given as shares of their length. */
function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const ends = [...places.map((share) => Math.floor(share * bytes.length)), bytes.length].sort((a, b) => a - b);
  return ends.map((end, at) => bytes.subarray(ends[at - 1] ?? 0, end));
}

const share = fc.double({ min: 0, max: 1, noNaN: true });
const bytes = fc.uint8Array({ maxLength: 300 });
const control = fc.uint8Array({ maxLength: 125 });

/** A message in fragments with control frames between them, and what it should be read as. */
const message = fc.record({
  data: fc.oneof(fc.string({ unit: "grapheme", maxLength: 100 }), bytes),
  cuts: fc.array(share, { maxLength: 4 }),
  between: fc.array(fc.record({ ping: fc.boolean(), payload: control }), { maxLength: 4 }),
}).map(({ data, cuts, between }) => {
  const isText = typeof data === "string";
  const parts = cut(isText ? utf8(data) : data, cuts);
  const frames: Uint8Array[] = [];
  const events: unknown[][] = [];
  parts.forEach((part, at) => {
    const opcode = at > 0 ? Opcode.CONTINUATION : isText ? Opcode.TEXT : Opcode.BINARY;
    frames.push(serverFrame(opcode, part, { final: at === parts.length - 1 }));
    const inserted = between[at];
    if (inserted === undefined || at === parts.length - 1) return;
    frames.push(serverFrame(inserted.ping ? Opcode.PING : Opcode.PONG, inserted.payload));
    events.push([inserted.ping ? "ping" : "pong", ...inserted.payload]);
  });
  events.push(isText ? ["text", data] : ["binary", ...data]);
  return { bytes: concat(...frames), events };
});

Deno.test("messages are read the same wherever the bytes are cut", () => {
  fc.assert(fc.property(fc.array(message, { maxLength: 5 }), fc.array(share, { maxLength: 20 }), (messages, cuts) => {
    const all = concat(...messages.map((one) => one.bytes), serverFrame(Opcode.CLOSE, closePayload(1001, "bye")));
    const expected = [...messages.flatMap(({ events }) => events), ["close", 1001, "bye"]];
    assert.deepEqual(read(cut(all, cuts)), expected);
    assert.deepEqual(read([...all].map((byte) => Uint8Array.of(byte))), expected);
  }));
});

Deno.test("any bytes are read or refused, alike wherever they are cut", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), fc.array(share, { maxLength: 6 }), (any, cuts) => {
    assert.deepEqual(read(cut(any, cuts)), read([any]));
  }));
});

Deno.test("a message that was changed somewhere is read or refused, and never throws anything else", () => {
  fc.assert(fc.property(message, share, fc.integer({ min: 0, max: 255 }), ({ bytes: good }, where, byte) => {
    const changed = good.slice();
    changed[Math.min(good.length - 1, Math.floor(where * good.length))] = byte;
    read([changed]);
  }));
});

Deno.test("frames of every length are read", () => {
  for (const length of [0, 1, 125, 126, 127, 65_535, 65_536, 70_000]) {
    const payload = new Uint8Array(length).map((_, at) => at % 251);
    assert.deepEqual(read([serverFrame(Opcode.BINARY, payload)], 100_000), [["binary", ...payload]]);
  }
});

Deno.test("what breaks a rule is refused with the code that says so", () => {
  const some = utf8("x");
  const cases: [Uint8Array, number, RegExp][] = [
    [serverFrame(Opcode.TEXT, some, { rsv: 4 }), 1002, /RSV/],
    [serverFrame(Opcode.TEXT, some, { masked: true }), 1002, /masked/],
    [serverFrame(3, some), 1002, /opcode 3/],
    [serverFrame(11, some), 1002, /opcode 11/],
    [serverFrame(Opcode.PING, some, { final: false }), 1002, /fragments/],
    [serverFrame(Opcode.PING, new Uint8Array(126)), 1002, /125 bytes/],
    [serverFrame(Opcode.CONTINUATION, some), 1002, /begins with a continuation/],
    [concat(serverFrame(Opcode.TEXT, some, { final: false }), serverFrame(Opcode.TEXT, some)), 1002, /inside another/],
    [Uint8Array.of(0x81, 126, 0, 125), 1002, /more bytes than it needs/],
    [Uint8Array.of(0x81, 127, 0, 0, 0, 0, 0, 0, 255, 255), 1002, /more bytes than it needs/],
    [Uint8Array.of(0x81, 127, 255, 255, 255, 255, 255, 255, 255, 255), 1009, /larger than 1000/],
    [Uint8Array.of(0x82, 126, 3, 233), 1009, /larger than 1000/],
    [serverFrame(Opcode.TEXT, Uint8Array.of(0xc3)), 1007, /not UTF-8/],
    [serverFrame(Opcode.TEXT, Uint8Array.of(0xed, 0xa0, 0x80)), 1007, /not UTF-8/],
    [serverFrame(Opcode.CLOSE, Uint8Array.of(3)), 1002, /half a code/],
    [serverFrame(Opcode.CLOSE, Uint8Array.of(3, 0xe8, 0xff)), 1007, /reason is not UTF-8/],
    ...[0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000].map((code): [Uint8Array, number, RegExp] => [
      serverFrame(Opcode.CLOSE, Uint8Array.of(code >> 8, code & 255)),
      1002,
      new RegExp(`code ${code}`),
    ]),
  ];
  for (const [wrong, code, words] of cases) {
    const [event, ...more] = read([wrong]);
    assert.deepEqual(more, []);
    assert.equal(event?.[0], "fault", String(words));
    assert.equal(event?.[1], code);
    assert.match(String(event?.[2]), words);
  }
});

Deno.test("fragments that together are too large are refused before the last has come", () => {
  const half = new Uint8Array(600);
  const parts = [serverFrame(Opcode.BINARY, half, { final: false }), serverFrame(0, half).subarray(0, 4)];
  assert.deepEqual(read(parts), [["fault", 1009, "a message is larger than 1000 bytes"]]);
});

Deno.test("a close may come without code, and nothing is read after it", () => {
  const close = serverFrame(Opcode.CLOSE, new Uint8Array(0));
  assert.deepEqual(read([concat(close, serverFrame(Opcode.TEXT, utf8("late")), Uint8Array.of(0xff))]), [
    ["close", null, ""],
  ]);
});

Deno.test("a byte order mark is part of the text", () => {
  assert.deepEqual(read([serverFrame(Opcode.TEXT, utf8("\ufeffhi"))]), [["text", "\ufeffhi"]]);
});

Deno.test("our frames are whole, masked, and read back as they were, with masks that differ", () => {
  fc.assert(fc.property(fc.constantFrom(1, 2, 8, 9, 10), fc.uint8Array({ maxLength: 300 }), (opcode, payload) => {
    const frame = readClientFrame(encodeFrame(opcode, payload));
    assert.deepEqual(frame, { final: true, opcode, masked: true, payload, length: frame?.length });
  }));
  for (const length of [65_535, 65_536]) {
    const payload = new Uint8Array(length).fill(7);
    assert.deepEqual(readClientFrame(encodeFrame(Opcode.BINARY, payload))?.payload, payload);
  }
  const masks = Array.from({ length: 600 }, () => encodeFrame(Opcode.BINARY, new Uint8Array(4)).slice(2, 6).join());
  assert.equal(new Set(masks).size, masks.length);
});

Deno.test("the reason of a close is cut between letters to what fits", () => {
  const { payload } = readClientFrame(encodeFrame(Opcode.CLOSE, closePayload(1002, "é".repeat(100)))) ?? {};
  assert.equal(payload?.length, 124);
  assert.equal(new TextDecoder("utf-8", { fatal: true }).decode(payload?.subarray(2)), "é".repeat(61));
});
