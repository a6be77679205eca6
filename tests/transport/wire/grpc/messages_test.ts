import assert from "node:assert/strict";
import fc from "fast-check";
import { MessageReader, type MessageSink, readWhole } from "../../../../lib/transport/wire/grpc/messages.ts";

/** Keeps what it is told. */
class Sink implements MessageSink {
  readonly got: [number, number[]][] = [];
  readonly refused: number[] = [];
  constructor(readonly max_bytes = 1000, readonly wants = Infinity) {}
  message(flags: number, bytes: Uint8Array): boolean {
    this.got.push([flags, [...bytes]]);
    return this.got.length < this.wants;
  }
  tooLarge(bytes: number): void {
    this.refused.push(bytes);
  }
}

function framed(messages: readonly (readonly [number, readonly number[]])[]): Uint8Array {
  return Uint8Array.from(
    messages.flatMap(([flags, bytes]) => [flags, 0, 0, bytes.length >> 8, bytes.length & 255, ...bytes]),
  );
}

const message = fc.tuple(fc.nat(255), fc.array(fc.nat(255), { maxLength: 300 }));

Deno.test("read() gives the same messages however the bytes are cut", () => {
  const cases = fc.tuple(fc.array(message, { maxLength: 6 }), fc.array(fc.nat(2000), { maxLength: 15 }));
  fc.assert(fc.property(cases, ([messages, cuts]) => {
    const bytes = framed(messages);
    const sink = new Sink();
    const reader = new MessageReader();
    let from = 0;
    for (const to of [...cuts.filter((cut) => cut < bytes.length), bytes.length].sort((a, b) => a - b)) {
      reader.read(bytes, from, to, sink);
      from = to;
    }
    assert.deepEqual(sink.got, messages);
    assert.equal(reader.between, true);
  }));
});

Deno.test("between is false inside a message, also inside its first five bytes", () => {
  const bytes = framed([[0, [1, 2]]]);
  for (let cut = 1; cut < bytes.length; cut++) {
    const reader = new MessageReader();
    reader.read(bytes, 0, cut, new Sink());
    assert.equal(reader.between, false, `${cut}`);
  }
});

Deno.test("readWhole() stops where a message is cut", () => {
  const bytes = framed([[0, [1]], [1, []], [0, [2, 3]]]);
  const sink = new Sink();
  assert.equal(readWhole(bytes, 0, bytes.length - 1, sink), 11);
  assert.deepEqual(sink.got, [[0, [1]], [1, []]]);
});

Deno.test("a message over the limit is refused by its length alone, cut or not", () => {
  const bytes = framed([[0, new Array(11).fill(0)]]);
  for (const cut of [2, 5, bytes.length]) {
    const sink = new Sink(10);
    const reader = new MessageReader();
    reader.read(bytes, 0, cut, sink);
    if (cut < 5) reader.read(bytes, cut, 5, sink);
    assert.deepEqual([sink.refused, sink.got], [[11], []]);
  }
});

Deno.test("a sink that wants no more gets no more", () => {
  const sink = new Sink(1000, 1);
  new MessageReader().read(framed([[0, [1]], [0, [2]]]), 0, 12, sink);
  assert.deepEqual(sink.got, [[0, [1]]]);
});
