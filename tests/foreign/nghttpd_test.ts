/** nghttp2's own server: other frames, padding, windows and stream limits than any gRPC library's. */
import assert from "node:assert/strict";
import type { Channel, ChannelOptions, MethodSpec } from "../../lib/transport/channel.ts";
import { StatusCode } from "../../lib/transport/status.ts";
import { certificates, removeCertificates } from "../conformance/certificates.ts";
import { run, start } from "../conformance/recorder.ts";
import type { RunningServer } from "../conformance/servers/server.ts";
import { withOpenChannel } from "../conformance/suite.ts";
import { PLAIN_TLS } from "../conformance/tls_cases.ts";
import { type NghttpdOptions, startNghttpd } from "./servers/nghttpd.ts";
import { TRANSPORTS } from "./transports.ts";

const UNARY = "/june.test/Unary.grpc";
const STREAM = "/june.test/Stream.grpc";
const LARGE = "/june.test/Large.grpc";
const MESSAGE = new TextEncoder().encode("from a file");
const LARGE_BYTES = 3_000_000;
const REPLIES = {
  [UNARY]: [MESSAGE],
  [STREAM]: Array.from({ length: 20_000 }, (_, i) => new Uint8Array([i >> 8, i & 255])),
  [LARGE]: [new Uint8Array(LARGE_BYTES).fill(7)],
};

function spec(path: string, shape: Partial<MethodSpec> = {}): MethodSpec {
  return { path, request_stream: false, reply_stream: false, metadata: [], ...shape };
}

Deno.test.afterAll(removeCertificates);
for (const { name, open } of TRANSPORTS) {
  for (const secure of [false, true]) {
    const test = (title: string, flags: readonly string[], body: (channel: Channel) => Promise<void>) =>
      Deno.test({
        name: `${name} with nghttpd${secure ? " over TLS" : ""}: ${title}`,
        sanitizeOps: false,
        sanitizeResources: false,
        async fn() {
          const [server, options] = await startServer(secure, flags);
          try {
            await withOpenChannel(open, server.target, options, body);
          } finally {
            await server.kill();
          }
        },
      });
    replyCases(test);
    limitCases(test);
  }
}

type Test = (title: string, flags: readonly string[], body: (channel: Channel) => Promise<void>) => void;

async function startServer(
  secure: boolean,
  flags: readonly string[],
): Promise<[RunningServer, Partial<ChannelOptions>]> {
  const options: NghttpdOptions = { replies: REPLIES, flags };
  if (!secure) return [await startNghttpd(options), {}];
  const { ca, server } = await certificates();
  return [await startNghttpd({ ...options, tls: server }), { tls: { ...PLAIN_TLS, ca_pem: ca.cert_pem } }];
}

async function expectCanned(channel: Channel, request = new Uint8Array()): Promise<void> {
  const { status, recorder } = await run(channel, spec(UNARY), request);
  assert.deepEqual([status.code, status.details, status.origin], [0, "as canned", "server"]);
  assert.deepEqual(recorder.messages.map((bytes) => [...bytes]), [[...MESSAGE]]);
  assert.deepEqual(recorder.violations, []);
}

function replyCases(test: Test): void {
  test("a reply from a file, with trailers", [], (channel) => expectCanned(channel));
  test("a reply whose every frame is padded", ["--padding=255"], async (channel) => {
    await expectCanned(channel);
    const { status, recorder } = await run(channel, spec(STREAM, { reply_stream: true }), new Uint8Array());
    assert.equal(status.code, 0, status.details);
    assert.deepEqual(recorder.messages.map(([high, low]) => high! * 256 + low!), [...REPLIES[STREAM]!.keys()]);
  });
  test("a large reply, padded, comes whole", ["--padding=100"], async (channel) => {
    const { status, recorder } = await run(channel, spec(LARGE), new Uint8Array());
    assert.equal(status.code, 0, status.details);
    assert.deepEqual(recorder.messages, REPLIES[LARGE]);
  });
  test("a page that does not exist is UNIMPLEMENTED", [], async (channel) => {
    const { status } = await run(channel, spec("/june.test/Missing.grpc"), new Uint8Array());
    assert.deepEqual([status.code, status.origin], [StatusCode.UNIMPLEMENTED, "server"], status.details);
    assert.match(status.details, /404/);
    await expectCanned(channel);
  });
  test("a compressed error page is UNIMPLEMENTED", ["--error-gzip"], async (channel) => {
    const { status } = await run(channel, spec("/june.test/Missing.grpc"), new Uint8Array());
    assert.deepEqual([status.code, status.origin], [StatusCode.UNIMPLEMENTED, "server"], status.details);
  });
  // nghttpd resets such a stream without error before it has sent the trailers.
  test("a reply cut off without error before its trailers is INTERNAL", ["--early-response"], async (channel) => {
    const { call, recorder } = start(channel, spec(UNARY, { request_stream: true }), null);
    call.write(new Uint8Array(100));
    const status = await recorder.ended;
    assert.deepEqual([status.code, status.origin], [StatusCode.INTERNAL, "server"], status.details);
    call.write(new Uint8Array(100));
    call.halfClose();
    assert.deepEqual(recorder.violations, []);
    assert.equal(channel.stats().streams_in_flight, 0);
  });
}

function limitCases(test: Test): void {
  test(
    "a large request through a window of 1 KiB",
    ["--window-bits=10", "--connection-window-bits=10"],
    (channel) => expectCanned(channel, new Uint8Array(500_000)),
  );
  test("requests of many calls share a small window", ["--connection-window-bits=16"], async (channel) => {
    const request = new Uint8Array(40_000);
    await Promise.all(Array.from({ length: 50 }, () => expectCanned(channel, request)));
  });
  test("500 calls, seven at a time", ["--max-concurrent-streams=7"], async (channel) => {
    await Promise.all(Array.from({ length: 500 }, () => expectCanned(channel)));
    assert.equal(channel.stats().reconnects_total, 0);
  });
  test("3,000 calls by 20 users, without a table for headers", ["--header-table-size=0"], async (channel) => {
    let left = 3000;
    const user = async () => {
      while (left-- > 0) await expectCanned(channel);
    };
    await Promise.all(Array.from({ length: 20 }, user));
    assert.equal(channel.stats().reconnects_total, 0);
  });
}
