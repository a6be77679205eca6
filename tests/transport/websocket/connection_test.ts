import assert from "node:assert/strict";
import { ConnectError } from "../../../lib/transport/channel.ts";
import { HandshakeRefused } from "../../../lib/transport/websocket/open.ts";
import { certificates, removeCertificates } from "../../conformance/certificates.ts";
import { utf8 } from "./frames.ts";
import { say } from "../http/peers.ts";
import { open, Told, withRawSide, withSocketServer } from "./peers.ts";

Deno.test.afterAll(removeCertificates);

const none = () => {};

/** Sends back what comes. */
function echo(socket: WebSocket): void {
  socket.onmessage = ({ data }) => socket.send(data);
}

/** Opens, has a text echoed, closes. */
async function roundTrip(target: string, options: Parameters<typeof open>[2] = {}): Promise<void> {
  const told = new Told();
  const socket = await open(target, told, options);
  socket.send("hello", none);
  await told.until(1);
  assert.deepEqual(told.messages, ["hello"]);
  socket.close();
  assert.deepEqual(await told.over, { reason: "closed", by: "us", code: null, details: "" });
  assert.equal(socket.open, false);
}

Deno.test("texts and bytes of all sizes come back as they were sent, in order", async () => {
  await withSocketServer(echo, async (target) => {
    const told = new Told();
    const socket = await open(target, told);
    const sizes = [0, 1, 125, 126, 65_535, 65_536, 300_000];
    let handed_over = 0;
    for (const size of sizes) {
      socket.send("ä".repeat(size), () => handed_over++);
      socket.send(new Uint8Array(size).map((_, at) => at % 251), () => handed_over++);
    }
    await told.until(2 * sizes.length);
    assert.equal(handed_over, 2 * sizes.length);
    sizes.forEach((size, at) => {
      assert.equal(told.messages[2 * at], "ä".repeat(size));
      const bytes = told.messages[2 * at + 1];
      assert.ok(bytes instanceof Uint8Array && bytes.length === size && bytes.every((byte, i) => byte === i % 251));
    });
    socket.abandon();
    assert.equal((await told.over).reason, "closed");
  });
});

Deno.test("our pings are answered", async () => {
  await withSocketServer(echo, async (target) => {
    const told = new Told();
    const socket = await open(target, told);
    socket.ping(utf8("are you there"));
    await told.until(1);
    assert.deepEqual(told.pongs, [utf8("are you there")]);
    socket.abandon();
  });
});

Deno.test("the path and our headers reach the server", async () => {
  const told = new Told();
  const headers: [string, string][] = [["x-key", "secret"]];
  await withRawSide(async (side) => {
    const [first, ...lines] = (await side.request()).split("\r\n");
    assert.equal(first, "GET /ws/ann?a=b HTTP/1.1");
    const names = lines.map((line) => line.split(":")[0]);
    assert.deepEqual(names, [
      "host",
      "upgrade",
      "connection",
      "sec-websocket-key",
      "sec-websocket-version",
      "user-agent",
      "x-key",
    ]);
    assert.ok(lines.includes("x-key: secret"));
    await say(side.conn, "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n");
  }, async (target) => {
    const opening = open(target, told, { path: "/ws/ann?a=b", headers });
    await assert.rejects(opening, (error: HandshakeRefused) => error.status === 404);
  });
});

Deno.test("a server's close is told with its code and reason", async () => {
  await withSocketServer((socket) => socket.close(4001, "try later"), async (target) => {
    const told = new Told();
    await open(target, told);
    assert.deepEqual(await told.over, {
      reason: "closed",
      by: "peer",
      code: 4001,
      details: "The server closed the WebSocket with code 4001: try later",
    });
  });
});

Deno.test("a Unix socket carries it too", async () => {
  const dir = await Deno.makeTempDir();
  try {
    await withSocketServer(echo, (target) => roundTrip(target), { path: `${dir}/ws.sock` });
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});

Deno.test("over TLS the certificate counts, unless it is not to be checked", async () => {
  const { server, ca } = await certificates();
  const tls = {
    ca_pem: null,
    cert_pem: null,
    key_pem: null,
    server_name: "localhost",
    insecure: false,
    pinned_sha256: null,
  };
  await withSocketServer(echo, async (target) => {
    await roundTrip(target, { tls: { ...tls, ca_pem: ca.cert_pem } });
    await roundTrip(target, { tls: { ...tls, insecure: true } });
    await assert.rejects(open(target, new Told(), { tls }), (error: ConnectError) => error.fault === "certificate");
    await assert.rejects(open(target, new Told()), ConnectError);
  }, { cert: server.cert_pem, key: server.key_pem });
});

Deno.test("nobody there: the error says so", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const target = `127.0.0.1:${listener.addr.port}`;
  listener.close();
  await assert.rejects(open(target, new Told()), (error: ConnectError) => error.fault === "refused");
});

Deno.test("a server that refuses is told of with its status, headers and words", async () => {
  const stop = new AbortController();
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, signal: stop.signal, onListen: () => {} },
    () => new Response('{"detail":"Not authenticated"}', { status: 401, headers: { "retry-after": "7" } }),
  );
  try {
    await assert.rejects(open(`127.0.0.1:${server.addr.port}`, new Told()), (error: HandshakeRefused) => {
      assert.equal(error.status, 401);
      assert.deepEqual(error.headers.find(([name]) => name === "retry-after"), ["retry-after", "7"]);
      assert.equal(new TextDecoder().decode(error.body), '{"detail":"Not authenticated"}');
      return true;
    });
  } finally {
    stop.abort();
    await server.finished;
  }
});

Deno.test("what cannot be sent is refused before anything is, and no value is told", async () => {
  const bad = open("127.0.0.1:1", new Told(), { headers: [["x-key", "two\r\nlines secret"]] });
  await assert.rejects(bad, (error: TypeError) => error instanceof TypeError && !error.message.includes("secret"));
  await assert.rejects(open("127.0.0.1:1", new Told(), { path: "no slash" }), TypeError);
});
