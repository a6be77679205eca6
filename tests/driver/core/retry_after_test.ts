import assert from "node:assert/strict";
import { detail, RpcStatus } from "../../../proto/rpc_status.ts";
import { statusEnding } from "../../../lib/driver/core/outcome.ts";
import { retryAfterOfGrpc, retryAfterOfHttp } from "../../../lib/driver/core/retry_after.ts";
import { brokenEnding, httpEnding, truncatedEnding } from "../../../lib/driver/http/outcome.ts";
import { openingEnding } from "../../../lib/driver/websocket/session.ts";
import type { Metadata, StatusOrigin } from "../../../lib/transport/channel.ts";
import { StatusCode } from "../../../lib/transport/status.ts";
import { HandshakeRefused } from "../../../lib/transport/websocket/open.ts";

const DATE = "Mon, 30 Nov 2026 08:00:00 GMT";
const NO_BYTES = new Uint8Array(0);

Deno.test("Retry-After is read in seconds, in milliseconds and as a date of the server's clock", () => {
  const after = (...headers: [string, string][]) => retryAfterOfHttp(headers).retry_after_us ?? null;
  assert.equal(after(["retry-after", "7"]), 7e6);
  assert.equal(after(["retry-after", " 0 "]), null);
  assert.equal(after(["retry-after-ms", "250"], ["retry-after", "1"]), 250_000);
  assert.equal(after(["date", DATE], ["retry-after", "Mon, 30 Nov 2026 08:00:12 GMT"]), 12e6);
  assert.equal(after(["date", DATE], ["retry-after", "Mon, 30 Nov 2026 07:00:00 GMT"]), null);
  for (const odd of ["", "soon", "-3", "1.5", "99999999999"]) assert.equal(after(["retry-after", odd]), null, odd);
  assert.equal(after(), null);
  const soon_us = after(["retry-after", new Date(Date.now() + 30_000).toUTCString()]) ?? 0;
  assert.ok(soon_us > 20e6 && soon_us <= 30e6, `${soon_us}`);
});

Deno.test("gRPC's pushback is read, RetryInfo in the details of a status, and the Retry-After of a proxy", () => {
  const after = (...trailers: Metadata) => retryAfterOfGrpc(trailers).retry_after_us ?? null;
  const details = (type_url: string) => {
    const { value } = detail("RetryInfo", { retry_delay: { seconds: 2, nanos: 500_000_000 } });
    const other = { type_url: "type.googleapis.com/google.rpc.DebugInfo", value: Uint8Array.of(1, 2, 3) };
    return RpcStatus.encode({ code: 8, message: "slow down", details: [other, { type_url, value }] });
  };
  assert.equal(after(["grpc-retry-pushback-ms", "250"]), 250_000);
  assert.equal(after(["grpc-retry-pushback-ms", "-1"]), null);
  assert.equal(after(["grpc-status-details-bin", details("type.googleapis.com/google.rpc.RetryInfo")]), 2.5e6);
  assert.equal(after(["grpc-status-details-bin", details("type.googleapis.com/google.rpc.Help")]), null);
  assert.equal(after(["grpc-status-details-bin", Uint8Array.of(0x1a, 0x7f, 1)], ["retry-after", "3"]), 3e6);
  assert.equal(after(["x-trace", "7"]), null);
});

Deno.test("a refusal is told by its kind, whatever its words: status, HTTP status, lost connection", () => {
  const grpc = (code: number, origin: StatusOrigin, details = "") =>
    statusEnding({ code, details, origin, trailers: [["grpc-retry-pushback-ms", "250"]] });
  for (const code of [StatusCode.UNAVAILABLE, StatusCode.RESOURCE_EXHAUSTED]) {
    const { refused, retry_after_us } = grpc(code, "server");
    assert.deepEqual([refused, retry_after_us], [true, 250_000]);
  }
  assert.equal(grpc(StatusCode.UNAVAILABLE, "connection").refused, true);
  assert.equal(grpc(StatusCode.INTERNAL, "connection").refused, true, "grpc-js names some lost connections so");
  assert.equal(grpc(StatusCode.UNKNOWN, "server", "<StatusCode.RESOURCE_EXHAUSTED: (8, 'x')>").refused, true);
  const others = [
    grpc(StatusCode.INTERNAL, "server", "UNAVAILABLE, refused"),
    grpc(StatusCode.RESOURCE_EXHAUSTED, "local", "the message is too long"),
    grpc(StatusCode.DEADLINE_EXCEEDED, "deadline"),
    grpc(StatusCode.CANCELLED, "cancel"),
    grpc(StatusCode.OK, "server"),
  ];
  for (const { type, refused } of others) assert.equal(refused, undefined, type);
  for (const status of [429, 502, 503]) {
    assert.deepEqual(
      [httpEnding(status, [["retry-after", "7"]], NO_BYTES)].map((
        { refused, retry_after_us },
      ) => [refused, retry_after_us]),
      [[true, 7e6]],
    );
  }
  for (const status of [302, 400, 401, 404, 500, 504]) {
    const { refused, retry_after_us } = httpEnding(status, [["retry-after", "7"]], NO_BYTES);
    assert.deepEqual([refused, retry_after_us], [undefined, undefined], `${status}`);
  }
  const end = { details: "gone", trailers: [] };
  assert.equal(brokenEnding({ ...end, reason: "connection" }).refused, true);
  assert.equal(truncatedEnding(200, { ...end, reason: "connection" }).refused, true);
  for (const reason of ["deadline", "cancel", "protocol", "complete"] as const) {
    assert.equal(brokenEnding({ ...end, reason }).refused, undefined, reason);
  }
});

Deno.test("a WebSocket that is refused or cannot be opened is a refusal", () => {
  const refused = openingEnding(new HandshakeRefused(503, [["retry-after", "4"]], NO_BYTES));
  assert.deepEqual([refused.refused, refused.retry_after_us], [true, 4e6]);
  assert.equal(openingEnding(new Error("reset")).refused, true);
  assert.equal(openingEnding(new TypeError("a header cannot be sent")).refused, undefined);
});
