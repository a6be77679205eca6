/** Connections that never come up: each cause is told apart, quickly, and with a remedy. */
import assert from "node:assert/strict";
import {
  CHANNEL_DEFAULTS,
  ConnectError,
  type ConnectFault,
  type OpenChannel,
  type TlsOptions,
} from "../../lib/transport/channel.ts";
import { StatusCode } from "../../lib/transport/status.ts";
import { certificates } from "./certificates.ts";
import { run, spec } from "./recorder.ts";
import { PLAIN_TLS } from "./tls_cases.ts";

/** Registers the cases; they need no gRPC server, only odd ones. */
export function faultCases(name: string, open: OpenChannel): void {
  const test = (title: string, fn: () => Promise<void>) =>
    Deno.test({ name: `${name}: ${title}`, sanitizeOps: false, sanitizeResources: false, fn });

  test("nobody listening is refused", async () => {
    await expectFault(open, `127.0.0.1:${await freePort()}`, "refused");
  });
  test("a missing Unix socket is told", async () => {
    await expectFault(open, "unix:/nonexistent/june-load.sock", "refused");
  });
  test("a name that does not exist is told", () => expectFault(open, "no-such-host.invalid:50051", "name_not_found"));
  test("a server that says nothing is a timeout", () =>
    withPeer(() => {}, async (target) => {
      await expectFault(open, target, "timeout", null, 300);
    }));
  test("a server that closes at once is told", () =>
    withPeer((conn) => conn.close(), (target) => expectFault(open, target, "closed")));
  test("an HTTP/1 server is told", () => withPeer(answerHttp1, (target) => expectFault(open, target, "http1_server")));
  test("TLS to an HTTP/1 server is told", () =>
    withPeer(answerHttp1, (target) => expectFault(open, target, "not_tls_server", PLAIN_TLS)));
  test("a server of another protocol is told", () =>
    withPeer(
      (conn) => writeAndEnd(conn, "SSH-2.0-OpenSSH_9.9\r\n"),
      (target) => expectFault(open, target, "not_http2"),
    ));

  test("a TLS server without HTTP/2 is told", () =>
    withTlsPeer(["http/1.1"], (target, tls) => expectFault(open, target, "not_http2", tls)));
  test("a TLS server that agrees on no protocol is told", () =>
    withTlsPeer(undefined, (target, tls) => expectFault(open, target, "not_http2", tls)));

  test("a call on a channel that cannot connect ends as UNAVAILABLE", async () => {
    const channel = open(`127.0.0.1:${await freePort()}`, CHANNEL_DEFAULTS);
    const { status } = await run(channel, spec("EmptyCall"), new Uint8Array(), 5000);
    assert.deepEqual([status.code, status.origin], [StatusCode.UNAVAILABLE, "connection"], status.details);
    await channel.close();
  });
  test("a call on a server that says nothing ends at its deadline", () =>
    withPeer(() => {}, async (target) => {
      const channel = open(target, CHANNEL_DEFAULTS);
      const { status } = await run(channel, spec("EmptyCall"), new Uint8Array(), 200);
      assert.deepEqual([status.code, status.origin], [StatusCode.DEADLINE_EXCEEDED, "deadline"], status.details);
      await channel.close();
    }));
}

async function expectFault(
  open: OpenChannel,
  target: string,
  fault: ConnectFault,
  tls: TlsOptions | null = null,
  connect_timeout_ms = 5000,
): Promise<void> {
  const channel = open(target, { ...CHANNEL_DEFAULTS, tls, connect_timeout_ms });
  try {
    const error = await channel.connect().then(() => assert.fail("It connected"), (error: unknown) => error);
    assert.ok(error instanceof ConnectError, String(error));
    assert.equal(error.fault, fault, error.message);
    assert.ok(error.message.includes(target), error.message);
    assert.ok(error.remedy.length > 0);
  } finally {
    await channel.close();
  }
}

/** A port nobody listens on. */
async function freePort(): Promise<number> {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  return await Promise.resolve(port);
}

/** Runs a scripted peer while `body` runs. */
async function withPeer(serve: (conn: Deno.Conn) => void, body: (target: string) => Promise<void>): Promise<void> {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const open: Deno.Conn[] = [];
  const served = (async () => {
    for await (const conn of listener) {
      open.push(conn);
      serve(conn);
    }
  })();
  try {
    await body(`127.0.0.1:${listener.addr.port}`);
  } finally {
    listener.close();
    for (const conn of open) closeQuietly(conn);
    await served;
  }
}

/** Runs a TLS peer that offers `alpnProtocols` and says nothing. */
async function withTlsPeer(
  alpnProtocols: string[] | undefined,
  body: (target: string, tls: TlsOptions) => Promise<void>,
): Promise<void> {
  const { ca, server } = await certificates();
  const key = { cert: server.cert_pem, key: server.key_pem };
  const listener = Deno.listenTls({ hostname: "127.0.0.1", port: 0, ...key, ...(alpnProtocols && { alpnProtocols }) });
  const conns: Deno.TlsConn[] = [];
  const accepting = (async () => {
    for await (const conn of listener) {
      conns.push(conn);
      conn.handshake().catch(() => closeQuietly(conn));
    }
  })();
  try {
    await body(`localhost:${listener.addr.port}`, { ...PLAIN_TLS, ca_pem: ca.cert_pem });
  } finally {
    listener.close();
    for (const conn of conns) closeQuietly(conn);
    await accepting;
  }
}

async function answerHttp1(conn: Deno.Conn): Promise<void> {
  if (await conn.read(new Uint8Array(1024)).catch(() => null) === null) return closeQuietly(conn);
  await writeAndEnd(conn, "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
}

async function writeAndEnd(conn: Deno.Conn, text: string): Promise<void> {
  await conn.write(new TextEncoder().encode(text)).catch(() => 0);
  await conn.closeWrite().catch(() => {});
}

function closeQuietly(conn: Deno.Conn): void {
  try {
    conn.close();
  } catch (error) {
    if (!(error instanceof Deno.errors.BadResource)) throw error;
  }
}
