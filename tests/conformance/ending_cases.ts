/** Calls that end otherwise: statuses, cancellation, deadlines, limits. */
import assert from "node:assert/strict";
import type { Status } from "../../lib/transport/channel.ts";
import { StatusCode } from "../../lib/transport/status.ts";
import { encode } from "./interop_messages.ts";
import { run, spec, start } from "./recorder.ts";
import type { Context } from "./suite.ts";

/** Registers the cases. */
export function endingCases(context: Context): void {
  statusCases(context);
  cancelCases(context);
  deadlineCases(context);
  limitCases(context);
}

function statusCases({ test, shared }: Context): void {
  test("a status comes with code and message", [], () =>
    shared(async (channel) => {
      const request = encode("SimpleRequest", { response_status: { code: 2, message: "test status message" } });
      const { status, recorder } = await run(channel, spec("UnaryCall"), request);
      assert.deepEqual([status.code, status.details, status.origin], [2, "test status message", "server"]);
      assert.deepEqual(recorder.messages, []);
    }));

  test("a status message keeps white space, Unicode and per cent signs", [], () =>
    shared(async (channel) => {
      const message = "\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n 100% %41 %zz";
      const request = encode("SimpleRequest", { response_status: { code: 9, message } });
      const { status } = await run(channel, spec("UnaryCall"), request);
      assert.deepEqual([status.code, status.details], [9, message]);
    }));

  test("a status ends a stream after its messages", [], () =>
    shared(async (channel) => {
      const { call, recorder } = start(channel, spec("FullDuplexCall"), null);
      call.write(encode("StreamingOutputCallRequest", { response_parameters: [{ size: 3 }] }));
      await recorder.until(() => recorder.messages.length === 1);
      call.write(encode("StreamingOutputCallRequest", { response_status: { code: 8, message: "full" } }));
      const status = await recorder.ended;
      assert.deepEqual([status.code, status.details, status.origin], [8, "full", "server"]);
    }));

  test("an unknown method is UNIMPLEMENTED, with trailers only", [], () =>
    shared(async (channel) => {
      const method = { ...spec("EmptyCall"), path: "/grpc.testing.TestService/NoSuchCall" };
      const { status, recorder } = await run(channel, method, new Uint8Array());
      assert.deepEqual([status.code, status.origin], [StatusCode.UNIMPLEMENTED, "server"]);
      assert.deepEqual(recorder.violations, []);
    }));

  test("an unknown service is UNIMPLEMENTED", [], () =>
    shared(async (channel) => {
      const method = { ...spec("EmptyCall"), path: "/grpc.testing.NoSuchService/EmptyCall" };
      assert.equal((await run(channel, method, new Uint8Array())).status.code, StatusCode.UNIMPLEMENTED);
    }));
}

function cancelCases({ test, shared }: Context): void {
  test("cancel before the first message ends the call at once", [], () =>
    shared(async (channel) => {
      const { call, recorder } = start(channel, spec("StreamingInputCall"), null);
      call.cancel();
      const status = await recorder.ended;
      assert.deepEqual([status.code, status.origin], [StatusCode.CANCELLED, "cancel"]);
      call.cancel();
      call.write(new Uint8Array(1));
      call.halfClose();
      assert.equal((await run(channel, spec("EmptyCall"), new Uint8Array())).status.code, 0);
      assert.deepEqual(recorder.violations, []);
    }));

  test("cancel once the call has begun ends it, and the connection goes on", [], () =>
    shared(async (channel) => {
      const { call, recorder } = start(channel, spec("StreamingInputCall"), null);
      await recorder.until(() => recorder.sents === 1);
      call.cancel();
      const status = await recorder.ended;
      assert.deepEqual([status.code, status.origin], [StatusCode.CANCELLED, "cancel"]);
      assert.equal((await run(channel, spec("EmptyCall"), new Uint8Array())).status.code, 0);
      assert.deepEqual([channel.stats().streams_in_flight, recorder.violations], [0, []]);
    }));

  test("cancel after the first reply brings no more of them", [], () =>
    shared(async (channel) => {
      const { call, recorder } = start(channel, spec("FullDuplexCall"), null);
      call.write(encode("StreamingOutputCallRequest", { response_parameters: [{ size: 31415 }] }));
      await recorder.until(() => recorder.messages.length === 1);
      call.cancel();
      const status = await recorder.ended;
      assert.deepEqual([status.code, status.origin], [StatusCode.CANCELLED, "cancel"]);
      assert.equal((await run(channel, spec("EmptyCall"), new Uint8Array())).status.code, 0);
      assert.deepEqual(recorder.violations, []);
    }));

  test("close ends open calls as cancelled", [], async () => {
    let ended: Promise<unknown> = Promise.resolve();
    await shared((channel) => {
      const { recorder } = start(channel, spec("FullDuplexCall"), null);
      ended = recorder.ended.then(({ code, origin }) => assert.deepEqual([code, origin], [1, "cancel"]));
      return Promise.resolve();
    });
    await ended;
  });
}

/** A server that honours the deadline itself may be heard before our own timer. */
function assertTooLate({ code, details, origin }: Status): void {
  assert.equal(code, StatusCode.DEADLINE_EXCEEDED, details);
  assert.ok(origin === "deadline" || origin === "server", origin);
}

function deadlineCases({ test, shared }: Context): void {
  test("a sleeping server meets the deadline", [], () =>
    shared(async (channel) => {
      const { recorder } = start(channel, spec("FullDuplexCall"), null, 60);
      const status = await recorder.ended;
      assertTooLate(status);
    }));

  test("a deadline cuts a stream between its messages", [], () =>
    shared(async (channel) => {
      const response_parameters = [{ size: 1 }, { size: 1, interval_us: 20_000_000 }];
      const request = encode("StreamingOutputCallRequest", { response_parameters });
      const { recorder } = start(channel, spec("StreamingOutputCall"), request, 500);
      const status = await recorder.ended;
      assertTooLate(status);
      assert.equal(recorder.messages.length, 1);
    }));

  test("a deadline already gone ends the call", [], () =>
    shared(async (channel) => {
      const { status } = await run(channel, spec("EmptyCall"), new Uint8Array(), 0);
      assert.deepEqual([status.code, status.origin], [StatusCode.DEADLINE_EXCEEDED, "deadline"]);
    }));
}

function limitCases({ test, shared }: Context): void {
  test("a reply over the limit is RESOURCE_EXHAUSTED, told as ours", [], () =>
    shared(async (channel) => {
      const { status, recorder } = await run(
        channel,
        spec("UnaryCall"),
        encode("SimpleRequest", { response_size: 2000 }),
      );
      assert.deepEqual([status.code, status.origin], [StatusCode.RESOURCE_EXHAUSTED, "local"], status.details);
      assert.match(status.details, /1000/);
      assert.deepEqual(recorder.messages, []);
      assert.equal((await run(channel, spec("EmptyCall"), new Uint8Array())).status.code, 0);
    }, { max_message_bytes: 1000 }));

  test("one reply too many or too few is UNIMPLEMENTED, told as ours", [], () =>
    shared(async (channel) => {
      const wrong = { ...spec("StreamingOutputCall"), reply_stream: false };
      const two = encode("StreamingOutputCallRequest", { response_parameters: [{ size: 1 }, { size: 1 }] });
      for (const request of [two, encode("StreamingOutputCallRequest", {})]) {
        const { status, recorder } = await run(channel, wrong, request);
        assert.deepEqual([status.code, status.origin], [StatusCode.UNIMPLEMENTED, "local"], status.details);
        assert.ok(recorder.messages.length <= 1);
      }
    }));
}
