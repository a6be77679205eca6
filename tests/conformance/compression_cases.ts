/** Compression as gRPC's interop contract asks for it: the server says whether it saw it, and compresses on request. */
import assert from "node:assert/strict";
import type { Channel } from "../../lib/transport/channel.ts";
import { StatusCode } from "../../lib/transport/status.ts";
import { decode, encode, payload } from "./interop_messages.ts";
import { run, spec, start } from "./recorder.ts";
import type { Context } from "./suite.ts";

const LARGE_BYTES = 314_159;

/** Registers the cases. */
export function compressionCases(context: Context): void {
  requestCases(context);
  replyCases(context);
}

function requestCases({ test, shared }: Context): void {
  const unary = (expected: boolean) =>
    encode("SimpleRequest", {
      response_size: LARGE_BYTES,
      payload: payload(271_828),
      expect_compressed: { value: expected },
    });

  for (const gzip of [true, false]) {
    const how = gzip ? "compressed" : "plain";
    test(`a ${how} request arrives ${how}`, ["gzip_checks"], () =>
      shared(async (channel) => {
        const method = { ...spec("UnaryCall"), gzip };
        const { status, recorder } = await run(channel, method, unary(gzip));
        assert.equal(status.code, 0, status.details);
        assert.equal(decode("SimpleResponse", recorder.messages[0]!).payload?.body.length, LARGE_BYTES);
        const { status: refused } = await run(channel, method, unary(!gzip));
        assert.deepEqual([refused.code, refused.origin], [StatusCode.INVALID_ARGUMENT, "server"], refused.details);
      }));
  }

  test("a stream of compressed requests arrives compressed", ["gzip_checks"], () =>
    shared(async (channel) => {
      const { call, recorder } = start(channel, { ...spec("StreamingInputCall"), gzip: true }, null);
      for (const size of [27182, 45904]) {
        call.write(
          encode("StreamingInputCallRequest", { payload: payload(size), expect_compressed: { value: true } }),
        );
      }
      call.halfClose();
      const status = await recorder.ended;
      assert.equal(status.code, 0, status.details);
      assert.equal(decode("StreamingInputCallResponse", recorder.messages[0]!).aggregated_payload_size, 73086);
    }));
}

function replyCases({ test, shared }: Context): void {
  test("a compressed reply is read", ["gzip_replies"], () =>
    shared((channel) =>
      expectFewBytes(channel, async () => {
        const request = encode("SimpleRequest", { response_size: LARGE_BYTES, response_compressed: { value: true } });
        const { status, recorder } = await run(channel, spec("UnaryCall"), request);
        assert.equal(status.code, 0, status.details);
        assert.equal(decode("SimpleResponse", recorder.messages[0]!).payload?.body.length, LARGE_BYTES);
      })
    ));

  test(
    "a stream of compressed replies is read",
    ["gzip_replies"],
    () =>
      shared((channel) =>
        expectFewBytes(channel, async () => {
          const wanted = [31415, 92653];
          const response_parameters = wanted.map((size) => ({ size, compressed: { value: true } }));
          const request = encode("StreamingOutputCallRequest", { response_parameters });
          const { status, recorder } = await run(channel, spec("StreamingOutputCall"), request);
          assert.equal(status.code, 0, status.details);
          const sizes = recorder.messages.map((bytes) =>
            decode("StreamingOutputCallResponse", bytes).payload?.body.length
          );
          assert.deepEqual(sizes, wanted);
        })
      ),
  );

  test(
    "a compressed reply over the limit once unpacked is RESOURCE_EXHAUSTED",
    ["gzip_replies"],
    () =>
      shared(async (channel) => {
        const request = encode("SimpleRequest", { response_size: LARGE_BYTES, response_compressed: { value: true } });
        const { status } = await run(channel, spec("UnaryCall"), request);
        assert.deepEqual([status.code, status.origin], [StatusCode.RESOURCE_EXHAUSTED, "local"], status.details);
      }, { max_message_bytes: 10_000 }),
  );
}

/** Fails when the replies came uncompressed after all; a transport that cannot count bytes is believed. */
async function expectFewBytes(channel: Channel, body: () => Promise<void>): Promise<void> {
  const before = channel.stats().received_bytes_total;
  await body();
  const received = channel.stats().received_bytes_total - before;
  assert.ok(received < 10_000, `${received} bytes came`);
}
