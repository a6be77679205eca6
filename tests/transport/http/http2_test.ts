import assert from "node:assert/strict";
import { ConnectError } from "../../../lib/transport/channel.ts";
import { openHttp } from "../../../lib/transport/http/open.ts";
import { certificates, removeCertificates } from "../../conformance/certificates.ts";
import {
  data,
  goaway,
  headers,
  longHeaders,
  type PeerRequest,
  reset,
  withScriptedPeer,
} from "../../conformance/scripted_peer.ts";
import { PLAIN_TLS } from "../../conformance/tls_cases.ts";
import { ask, OPTIONS, Told, withChannel, withServer } from "./peers.ts";

Deno.test.afterAll(removeCertificates);

/** Deno's server, which speaks HTTP/2 with prior knowledge and by ALPN, for the time of `body`. */
async function withHttp2(
  handler: (request: Request) => Response | Promise<Response>,
  body: (target: string) => Promise<void>,
  tls: { cert: string; key: string } | object = {},
): Promise<void> {
  const stop = new AbortController();
  const listen = { hostname: "127.0.0.1", port: 0, signal: stop.signal, onListen: () => {} };
  const server = Deno.serve({ ...listen, ...tls }, handler);
  try {
    await body(`127.0.0.1:${server.addr.port}`);
  } finally {
    stop.abort();
    await server.finished;
  }
}

const echo = async (request: Request) =>
  new Response(request.method === "HEAD" ? null : await request.text(), {
    headers: {
      "x-asked": `${request.method} ${new URL(request.url).pathname}`,
      "x-key": request.headers.get("x-key") ?? "",
    },
  });

const TWO = { version: "2" } as const;
const bytes = (text: string): number[] => [...new TextEncoder().encode(text)];

Deno.test("requests of HTTP/2: bodies of any length, HEAD, headers both ways, many at once on one connection", () =>
  withHttp2(echo, (target) =>
    withChannel(target, { ...TWO, connections: 1 }, async (channel) => {
      await channel.connect();
      const body = new TextEncoder().encode("question");
      const told = await ask(channel, { method: "POST", path: "/a?b=c", headers: [["X-Key", "a b"]], body });
      assert.deepEqual(told.names, ["sent", "uploaded", "headers", "data", "end"]);
      assert.deepEqual([told.status, told.body], [200, "question"]);
      const field = (name: string) => told.fields.find(([key]) => key === name)?.[1];
      assert.deepEqual([field("x-asked"), field("x-key")], ["POST /a", "a b"]);
      for (const length of [0, 1, 70_000, 3_000_000]) {
        const long = await ask(channel, { method: "POST", body: new Uint8Array(length).fill(97) });
        assert.deepEqual([long.body.length, long.result?.reason], [length, "complete"]);
        assert.ok(long.names.includes("uploaded"));
      }
      assert.deepEqual((await ask(channel, { method: "HEAD" })).names, ["sent", "uploaded", "headers", "end"]);
      const many = await Promise.all(Array.from({ length: 50 }, () => ask(channel)));
      assert.ok(many.every(({ status }) => status === 200));
      assert.deepEqual([channel.stats().connections, channel.stats().moves_total], [1, 0]);
    })));

Deno.test("a body that streams is told as it comes; a deadline and a cancel cut it off", () =>
  withHttp2(() => {
    const body = new ReadableStream({ start: (controller) => controller.enqueue(new TextEncoder().encode("some")) });
    return new Response(body);
  }, (target) =>
    withChannel(target, TWO, async (channel) => {
      const late = await ask(channel, {}, 80);
      assert.deepEqual([late.body, late.result?.reason], ["some", "deadline"]);
      const told = new Told();
      const call = channel.request({ method: "GET", path: "/", headers: [], body: null }, 5000, {
        sent: () => told.sent(),
        headers: (status, fields) => told.headers(status, fields),
        data: () => call.cancel(),
        end: (end) => told.end(end),
      });
      assert.equal((await told.over).reason, "cancel");
      assert.equal((await ask(channel, {}, 0)).result?.reason, "deadline");
    })));

Deno.test("TLS by ALPN, and closing cancels", async () => {
  const made = await certificates();
  await withHttp2(echo, async (target) => {
    const channel = openHttp(target, { ...OPTIONS, ...TWO, tls: { ...PLAIN_TLS, ca_pem: made.ca.cert_pem } });
    assert.equal((await ask(channel, { method: "POST", body: new Uint8Array(9).fill(97) })).body, "aaaaaaaaa");
    await channel.close();
    assert.equal((await ask(channel)).result?.reason, "cancel");
  }, { cert: made.server.cert_pem, key: made.server.key_pem });
});

Deno.test("a server of HTTP/1.1 is told apart, in words about HTTP", () =>
  withServer((_request, response) => response.end(), (target) =>
    withChannel(target, TWO, async (channel) => {
      await assert.rejects(channel.connect(), (error) => {
        assert.ok(error instanceof ConnectError);
        assert.equal(error.message, `"${target}" speaks HTTP/1.1 and not HTTP/2`);
        assert.match(error.remedy, /http: 1\.1/);
        return true;
      });
      const { result } = await ask(channel);
      assert.equal(result?.reason, "connection");
    })));

/** How a request ends that a scripted peer answers. */
async function endOf(answer: (request: PeerRequest) => unknown, options = {}): Promise<[string, string, Told, number]> {
  let found: [string, string, Told, number] | null = null;
  await withScriptedPeer(
    answer,
    (target) =>
      withChannel(target, { ...TWO, connections: 1, ...options }, async (channel) => {
        const told = await ask(channel, { method: "POST", body: new Uint8Array(3) });
        const { reason, details } = told.result!;
        found = [reason, details.replace(target, "peer"), told, channel.stats().moves_total];
      }),
  );
  return found as unknown as [string, string, Told, number];
}

Deno.test("trailers, interim replies, and rules that are broken", async () => {
  const [, , told] = await endOf(({ stream, send }) =>
    send(
      headers(stream, { ":status": "103" }),
      headers(stream, { ":status": "200", "content-length": "2" }),
      data(stream, bytes("ok")),
      headers(stream, { "x-sum": "1" }, true),
    )
  );
  assert.deepEqual([told.status, told.body, told.result?.trailers], [200, "ok", [["x-sum", "1"]]]);
  const length = (value: string, body: string) =>
    endOf(({ stream, send }) =>
      send(headers(stream, { ":status": "200", "content-length": value }), data(stream, bytes(body), true))
    );
  const rule = (words: string) => ["protocol", `"peer" broke a rule of HTTP/2: ${words}`];
  assert.deepEqual((await length("3", "ok")).slice(0, 2), rule("its body is shorter than content-length says"));
  assert.deepEqual((await length("1", "ok")).slice(0, 2), rule("its body is longer than content-length says"));
  assert.deepEqual((await length("x", "ok")).slice(0, 2), rule("content-length is malformed"));
  const early = await endOf(({ stream, send }) => send(data(stream, bytes("x"))));
  assert.deepEqual(early.slice(0, 2), rule("DATA before HEADERS"));
  const none = await endOf(({ stream, send }) => send(headers(stream, { "x-a": "b" }, true)));
  assert.deepEqual(none.slice(0, 2), rule('no ":status"'));
  const much = Object.fromEntries(Array.from({ length: 8 }, (_, i) => [`x-${i}`, "m".repeat(10_000)]));
  const long = await endOf(({ stream, send }) => send(longHeaders(stream, { ":status": "200", ...much })));
  const words = "peer sent more than june-load reads: a header block of more than 65536 bytes";
  assert.deepEqual(long.slice(0, 2), ["limit", words]);
});

Deno.test("a stream reset fails; one that was refused moves once; a connection that goes is told", async () => {
  const [reason, details] = await endOf(({ stream, send }) => send(reset(stream, 2)));
  assert.deepEqual([reason, details], [
    "connection",
    '"peer" did not answer the request: it reset the stream with INTERNAL_ERROR',
  ]);
  const ok = (stream: number) => headers(stream, { ":status": "204" }, true);
  let refused = 0;
  const refuse = ({ stream, send }: PeerRequest) => send(refused++ === 0 ? reset(stream, 7) : ok(stream));
  const moved = await endOf(refuse);
  assert.deepEqual([moved[0], moved[2].status, moved[3]], ["complete", 204, 1]);
  refused = 0;
  const stayed = await endOf(refuse, { transparentRetry: false });
  assert.deepEqual([stayed[0], stayed[3]], ["connection", 0]);
  assert.match(stayed[1], /REFUSED_STREAM.* did not process the request/);
  const again = await endOf(async ({ stream, connection, send }) => {
    if (connection === 1) await send(goaway(0));
    else await send(ok(stream));
  });
  assert.deepEqual([again[0], again[3]], ["complete", 1]);
  const [gone, why] = await endOf(({ close }) => close());
  assert.equal(gone, "connection");
  assert.match(why, /closed the connection|was lost/);
});

Deno.test("nothing that HTTP/2 cannot carry is sent", () =>
  withChannel("127.0.0.1:9", TWO, (channel) => {
    const bad = (request: Parameters<typeof ask>[1]) => () =>
      channel.request({ method: "GET", path: "/", headers: [], body: null, ...request }, 1000, new Told());
    assert.throws(bad({ headers: [["a", "secret\nb"]] }), (error: Error) => !error.message.includes("secret"));
    assert.throws(bad({ headers: [["connection", "close"]] }), TypeError);
    assert.throws(bad({ path: "a" }), TypeError);
    return Promise.resolve();
  }));
