/** Calls that go well: kinds, sizes, metadata, many at once. */
import assert from "node:assert/strict";
import { decode, encode, payload } from "./interop_messages.ts";
import { run, spec, start } from "./recorder.ts";
import type { Context } from "./suite.ts";

const INITIAL = "x-grpc-test-echo-initial";
const TRAILING = "x-grpc-test-echo-trailing-bin";

function sizes(messages: readonly Uint8Array[]): number[] {
  return messages.map((bytes) => decode("StreamingOutputCallResponse", bytes).payload?.body?.length ?? 0);
}

/** Registers the cases. */
export function callCases(context: Context): void {
  unaryCases(context);
  streamCases(context);
  duplexCases(context);
  metadataCases(context);
  manyCases(context);
}

function unaryCases({ test, shared }: Context): void {
  test("an empty message goes and comes", [], () =>
    shared(async (channel) => {
      const { status, recorder } = await run(channel, spec("EmptyCall"), new Uint8Array());
      assert.deepEqual([status.code, status.origin], [0, "server"], status.details);
      assert.deepEqual(recorder.messages.map((bytes) => bytes.length), [0]);
      assert.equal(recorder.sents, 1);
      assert.deepEqual(recorder.violations, []);
    }));

  test("a large message goes and comes", [], () =>
    shared(async (channel) => {
      const request = encode("SimpleRequest", { response_size: 314159, payload: payload(271828) });
      const { status, recorder } = await run(channel, spec("UnaryCall"), request);
      assert.equal(status.code, 0, status.details);
      assert.equal(recorder.messages.length, 1);
      assert.equal(decode("SimpleResponse", recorder.messages[0]!).payload?.body.length, 314159);
      assert.deepEqual(recorder.violations, []);
    }));

  test("messages beyond every first window arrive whole", [], () =>
    shared(async (channel) => {
      const request = encode("SimpleRequest", { response_size: 8_000_000, payload: payload(3_000_000) });
      const { status, recorder } = await run(channel, spec("UnaryCall"), request);
      assert.equal(status.code, 0, status.details);
      assert.equal(decode("SimpleResponse", recorder.messages[0]!).payload?.body.length, 8_000_000);
    }));

  test("a request compressed with gzip is understood", ["gzip"], () =>
    shared(async (channel) => {
      const request = encode("SimpleRequest", { response_size: 100, payload: payload(100_000) });
      const { status } = await run(channel, { ...spec("UnaryCall"), gzip: true }, request);
      assert.equal(status.code, 0, status.details);
    }));
}

function streamCases({ test, shared }: Context): void {
  test("server streaming brings every message in order", [], () =>
    shared(async (channel) => {
      const wanted = [31415, 9, 2653, 58979, 0];
      const request = encode("StreamingOutputCallRequest", { response_parameters: wanted.map((size) => ({ size })) });
      const { status, recorder } = await run(channel, spec("StreamingOutputCall"), request);
      assert.equal(status.code, 0, status.details);
      assert.deepEqual(sizes(recorder.messages), wanted);
      assert.deepEqual(recorder.violations, []);
    }));

  test("client streaming sends every message", [], () =>
    shared(async (channel) => {
      const { call, recorder } = start(channel, spec("StreamingInputCall"), null);
      for (const size of [27182, 8, 1828, 45904]) {
        call.write(encode("StreamingInputCallRequest", { payload: payload(size) }));
      }
      call.halfClose();
      const status = await recorder.ended;
      assert.equal(status.code, 0, status.details);
      assert.equal(decode("StreamingInputCallResponse", recorder.messages[0]!).aggregated_payload_size, 74922);
      assert.deepEqual(recorder.violations, []);
    }));

  test("a message written may be changed afterwards", [], () =>
    shared(async (channel) => {
      const { call, recorder } = start(channel, spec("StreamingInputCall"), null);
      const bytes = encode("StreamingInputCallRequest", { payload: payload(1000) });
      for (let i = 0; i < 10; i++) {
        const buffer = bytes.slice();
        call.write(buffer);
        buffer.fill(0xff);
      }
      call.halfClose();
      assert.equal((await recorder.ended).code, 0);
      assert.equal(decode("StreamingInputCallResponse", recorder.messages[0]!).aggregated_payload_size, 10_000);
    }));
}

function duplexCases({ test, shared }: Context): void {
  test("ping-pong: each message is answered before the next is sent", [], () =>
    shared(async (channel) => {
      const { call, recorder } = start(channel, spec("FullDuplexCall"), null);
      const rounds = [[27182, 31415], [8, 9], [1828, 2653], [45904, 58979]] as const;
      for (const [i, [ask, answer]] of rounds.entries()) {
        call.write(
          encode("StreamingOutputCallRequest", { response_parameters: [{ size: answer }], payload: payload(ask) }),
        );
        await recorder.until(() => recorder.messages.length === i + 1);
      }
      call.halfClose();
      assert.equal((await recorder.ended).code, 0);
      assert.deepEqual(sizes(recorder.messages), rounds.map(([, answer]) => answer));
      assert.deepEqual(recorder.violations, []);
    }));

  test("a stream without a message ends well", [], () =>
    shared(async (channel) => {
      const { call, recorder } = start(channel, spec("FullDuplexCall"), null);
      call.halfClose();
      assert.equal((await recorder.ended).code, 0);
      assert.deepEqual(recorder.messages, []);
    }));

  test("write says when to wait, and drain when to go on", [], () =>
    shared(async (channel) => {
      const { call, recorder } = start(channel, spec("StreamingInputCall"), null, 30_000);
      const bytes = encode("StreamingInputCallRequest", { payload: payload(64_000) });
      let count = 0;
      for (; count < 10_000 && call.write(bytes); count++);
      assert.ok(count < 10_000, "write never returned false");
      await recorder.until(() => recorder.drains > 0);
      call.write(bytes);
      call.halfClose();
      assert.equal((await recorder.ended).code, 0);
      const total = decode("StreamingInputCallResponse", recorder.messages[0]!).aggregated_payload_size;
      assert.equal(total, (count + 2) * 64_000);
    }));
}

function metadataCases({ test, shared }: Context): void {
  test("metadata goes both ways, text and bytes", [], () =>
    shared(async (channel) => {
      const bytes = new Uint8Array([0xab, 0, 0xab, 0xff, 0x2c]);
      const method = spec("UnaryCall", [[INITIAL, "test_initial_metadata_value"], [TRAILING, bytes]]);
      const { status, recorder } = await run(channel, method, encode("SimpleRequest", { response_size: 1 }));
      assert.equal(status.code, 0, status.details);
      assert.deepEqual(recorder.initial?.find(([key]) => key === INITIAL)?.[1], "test_initial_metadata_value");
      const trailer = status.trailers.find(([key]) => key === TRAILING)?.[1];
      assert.ok(trailer instanceof Uint8Array);
      assert.deepEqual([...trailer], [...bytes]);
    }));

  test("metadata comes with streams, too", [], () =>
    shared(async (channel) => {
      const method = spec("FullDuplexCall", [[INITIAL, "a b;c=d"], [TRAILING, new Uint8Array([1])]]);
      const { call, recorder } = start(channel, method, null);
      call.write(encode("StreamingOutputCallRequest", { response_parameters: [{ size: 1 }] }));
      call.halfClose();
      const status = await recorder.ended;
      assert.equal(status.code, 0, status.details);
      assert.equal(recorder.initial?.find(([key]) => key === INITIAL)?.[1], "a b;c=d");
      assert.deepEqual([...status.trailers.find(([key]) => key === TRAILING)?.[1] as Uint8Array], [1]);
    }));
}

function manyCases({ test, shared, withChannel, starter }: Context): void {
  test("3,000 calls at once each end once, over 4 connections", [], () =>
    shared(async (channel) => {
      const method = channel.method(spec("UnaryCall"));
      const request = encode("SimpleRequest", { response_size: 10 });
      const statuses = await Promise.all(
        Array.from({ length: 3000 }, () =>
          new Promise<number>((resolve, reject) => {
            let ends = 0;
            method.start(request, 30_000, {
              sent() {},
              message() {},
              end: (status) => ends++ === 0 ? resolve(status.code) : reject(new Error("A second end")),
            });
          })),
      );
      assert.deepEqual(statuses.filter((code) => code !== 0), []);
      assert.deepEqual([channel.stats().streams_in_flight, channel.stats().waiting], [0, 0]);
      assert.equal(channel.stats().connections, 4);
    }, { connections: 4 }));

  test("calls beyond the server's stream limit wait and then go", ["max_concurrent_streams"], async () => {
    const server = await starter.start({ max_concurrent_streams: 5 });
    try {
      await withChannel(server.target, {}, async (channel) => {
        const calls = Array.from({ length: 100 }, () => run(channel, spec("EmptyCall"), new Uint8Array()));
        const codes = (await Promise.all(calls)).map(({ status }) => status.code);
        assert.deepEqual(codes.filter((code) => code !== 0), []);
      });
    } finally {
      await server.kill();
    }
  });
}
