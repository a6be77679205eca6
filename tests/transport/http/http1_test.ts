import assert from "node:assert/strict";
import type http from "node:http";
import { ConnectError, type TlsOptions } from "../../../lib/transport/channel.ts";
import { type Certificates, certificates, removeCertificates } from "../../conformance/certificates.ts";
import { PLAIN_TLS } from "../../conformance/tls_cases.ts";
import { ask, OPTIONS, readRequest, say, Told, withChannel, withRawPeer, withServer } from "./peers.ts";
import { openHttp } from "../../../lib/transport/http/open.ts";

Deno.test.afterAll(removeCertificates);

/** Answers with what it was asked. */
const echo: http.RequestListener = (request, response) => {
  const pieces: string[] = [];
  request.setEncoding("latin1").on("data", (piece: string) => pieces.push(piece)).on("end", () => {
    const { method, url, headers } = request;
    response.setHeader("x-asked", `${method} ${url}`);
    response.end(method === "HEAD" ? "" : JSON.stringify({ headers, body: pieces.join("") }));
  });
};

Deno.test("a request arrives as it was meant, and its reply is told in order", () =>
  withServer(echo, (target) =>
    withChannel(target, {}, async (channel) => {
      await channel.connect();
      const body = new TextEncoder().encode("question");
      const told = await ask(channel, { method: "POST", path: "/a?b=c", headers: [["X-Key", "a b;c"]], body });
      assert.deepEqual(told.names, ["sent", "uploaded", "headers", "data", "end"]);
      assert.equal(told.fields.find(([name]) => name === "x-asked")?.[1], "POST /a?b=c");
      const { headers, body: heard } = JSON.parse(told.body) as { headers: Record<string, string>; body: string };
      assert.equal(heard, "question");
      assert.deepEqual([headers.host, headers["x-key"], headers["content-length"]], [target, "a b;c", "8"]);
      assert.equal(headers["user-agent"], "june-load");
      assert.deepEqual(told.result, { reason: "complete", details: "", trailers: [] });
    })));

Deno.test("bodies of any length, replies without one, and a POST without a body", () =>
  withServer(echo, (target) =>
    withChannel(target, { connections: 1 }, async (channel) => {
      for (const length of [1, 65_536, 65_537, 3_000_000]) {
        const told = await ask(channel, { method: "POST", body: new Uint8Array(length).fill(97) });
        assert.equal(JSON.parse(told.body).body.length, length);
      }
      assert.equal((await ask(channel, { method: "HEAD" })).status, 200);
      assert.equal(JSON.parse((await ask(channel, { method: "POST" })).body).headers["content-length"], "0");
      assert.equal(JSON.parse((await ask(channel)).body).headers["content-length"], undefined);
      assert.deepEqual([channel.stats().connections, channel.stats().reconnects_total], [1, 0]);
    })));

Deno.test("connections are opened on demand, kept, and no more than allowed; the rest waits and is counted", async () => {
  const held: http.ServerResponse[] = [];
  const full = Promise.withResolvers<void>();
  await withServer((_request, response) => {
    if (held.push(response) === 3) full.resolve();
  }, (target) =>
    withChannel(target, { connections: 3 }, async (channel) => {
      await channel.connect();
      assert.equal(channel.stats().connections, 1);
      const asked = Array.from({ length: 7 }, () => ask(channel));
      await full.promise;
      const { connections, streams_in_flight, waiting } = channel.stats();
      assert.deepEqual({ connections, streams_in_flight, waiting }, {
        connections: 3,
        streams_in_flight: 3,
        waiting: 4,
      });
      const answering = setInterval(() => held.splice(0).forEach((response) => response.end("x")), 1);
      const ends = await Promise.all(asked);
      clearInterval(answering);
      assert.ok(ends.every(({ body }) => body === "x"));
      assert.deepEqual([channel.stats().connections, channel.stats().waiting], [3, 0]);
    }));
});

Deno.test("a user who asks again at the end of a reply stays on one connection", () =>
  withServer(echo, (target) =>
    withChannel(target, { connections: 10 }, async (channel) => {
      await new Promise<void>((done) => {
        const again = (left: number) => {
          const told = new Told();
          channel.request({ method: "GET", path: "/", headers: [], body: null }, 5000, {
            ...plain(told),
            end: () => left > 0 ? again(left - 1) : done(),
          });
        };
        again(20);
      });
      assert.equal(channel.stats().connections, 1);
    })));

const plain = (told: Told) => ({
  sent: () => told.sent(),
  headers: () => {},
  data: () => {},
});

Deno.test("a server that closes after each reply is connected to again each time", () =>
  withServer(
    (_request, response) => response.setHeader("connection", "close").end("x"),
    (target) =>
      withChannel(target, {}, async (channel) => {
        for (let time = 0; time < 3; time++) assert.equal((await ask(channel)).body, "x");
        assert.deepEqual([channel.stats().reconnects_total, channel.stats().moves_total], [2, 0]);
      }),
  ));

Deno.test("a kept connection closed under a request: it moves once, where it may", async () => {
  for (const transparentRetry of [true, false]) {
    await withRawPeer(async (conn, index) => {
      await readRequest(conn);
      await say(conn, "HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nx");
      if (index === 0) {
        // The next request has arrived when the connection ends.
        await readRequest(conn);
        return;
      }
      while (await readRequest(conn)) await say(conn, "HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\ny");
    }, (target) =>
      withChannel(target, { transparentRetry, connections: 1 }, async (channel) => {
        assert.equal((await ask(channel)).body, "x");
        const second = await ask(channel, { method: "POST", body: new TextEncoder().encode("once") });
        if (transparentRetry) {
          assert.equal(second.body, "x");
          assert.deepEqual(second.names, ["sent", "uploaded", "headers", "data", "end"]);
        } else {
          assert.equal(second.result?.reason, "connection");
          assert.match(
            second.result?.details ?? "",
            /did not answer the request: it closed the connection without a reply/,
          );
        }
        assert.equal(channel.stats().moves_total, transparentRetry ? 1 : 0);
      }));
  }
});

Deno.test("where all kept connections have gone, a request moves to a fresh one, not to the next of those", async () => {
  const old: Promise<unknown>[] = [];
  const gathered = Promise.withResolvers<void>();
  await withRawPeer(async (conn, index) => {
    await readRequest(conn);
    if (index === 2) gathered.resolve();
    if (index < 3) await gathered.promise;
    await say(conn, "HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nx");
    if (index < 3) await readRequest(conn);
  }, (target) =>
    withChannel(target, { connections: 3 }, async (channel) => {
      old.push(ask(channel), ask(channel), ask(channel));
      await Promise.all(old);
      assert.equal(channel.stats().connections, 3);
      const told = await ask(channel, { method: "POST", body: new Uint8Array(1) });
      assert.deepEqual([told.result?.reason, told.body], ["complete", "x"]);
      assert.equal(channel.stats().moves_total, 1);
    }));
});

Deno.test("a fresh connection closed without a reply is a failure, not a move", () =>
  withRawPeer(
    async (conn, index) => void (index === 0 && await readRequest(conn)),
    (target) =>
      withChannel(target, {}, async (channel) => {
        const told = await ask(channel);
        assert.equal(told.result?.reason, "connection");
        assert.equal(channel.stats().moves_total, 0);
      }),
  ));

Deno.test("a deadline ends a request that waits, one without a reply, and one inside its body", () =>
  withRawPeer(async (conn) => {
    await readRequest(conn);
    await say(conn, "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf");
    await readRequest(conn);
  }, (target) =>
    withChannel(target, { connections: 1 }, async (channel) => {
      const [first, second] = await Promise.all([ask(channel, {}, 60), ask(channel, {}, 40)]);
      assert.deepEqual([first?.result?.reason, first?.body], ["deadline", "half"]);
      assert.equal(second?.result?.details, "The deadline passed while the request waited for a connection");
      assert.equal((await ask(channel, {}, 0)).result?.reason, "deadline");
    })));

Deno.test("cancelling ends a request, and the next one gets a connection of its own", () =>
  withServer((request, response) => {
    if (request.url === "/slow") response.write("some");
    else response.end("x");
  }, (target) =>
    withChannel(target, { connections: 1 }, async (channel) => {
      const told = new Told();
      const call = channel.request({ method: "GET", path: "/slow", headers: [], body: null }, 5000, told);
      call.cancel();
      call.cancel();
      assert.equal((await told.over).reason, "cancel");
      assert.equal((await ask(channel)).body, "x");
    })));

Deno.test("closing the channel cancels what is open and what comes later", () =>
  withServer(() => {}, async (target) => {
    const channel = openHttp(target, { ...OPTIONS, connections: 1 });
    const asked = [ask(channel), ask(channel)];
    await channel.connect();
    await channel.close();
    for (const told of await Promise.all([...asked, ask(channel)])) assert.equal(told.result?.reason, "cancel");
  }));

Deno.test("a request that was answered before all of it was read: the reply counts, the connection goes", () =>
  withRawPeer(async (conn) => {
    await readRequest(conn);
    await say(conn, "HTTP/1.1 413 Too Large\r\ncontent-length: 3\r\n\r\nbig");
    await new Promise((later) => setTimeout(later, 20));
  }, (target) =>
    withChannel(target, {}, async (channel) => {
      const told = await ask(channel, { method: "POST", body: new Uint8Array(20_000_000) });
      assert.deepEqual([told.status, told.body, told.result?.reason], [413, "big", "complete"]);
      assert.ok(!told.names.includes("uploaded"));
    })));

Deno.test("nothing that would make two headers of one is sent, and no value is told", () =>
  withChannel("127.0.0.1:9", {}, (channel) => {
    const told = new Told();
    const bad = (request: Parameters<typeof ask>[1]) => () =>
      channel.request({ method: "GET", path: "/", headers: [], body: null, ...request }, 1000, told);
    assert.throws(bad({ headers: [["a", "secret\r\nb: c"]] }), (error: Error) => !error.message.includes("secret"));
    assert.throws(bad({ headers: [["a", "\u20ac"]] }), /"a"/);
    assert.throws(bad({ headers: [["a\r\nb", "c"]] }), TypeError);
    assert.throws(bad({ headers: [["Content-Length", "3"]] }), /set by june-load itself/);
    assert.throws(bad({ path: "/a b" }), /percent-encoded/);
    assert.throws(bad({ path: "/a\r\nb" }), /percent-encoded/);
    assert.throws(bad({ method: "GET /" }), TypeError);
    assert.deepEqual(told.names, []);
    return Promise.resolve();
  }));

Deno.test("a unix socket", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/s`;
  await withServer(
    echo,
    (target) =>
      withChannel(target, {}, async (channel) => {
        assert.equal(JSON.parse((await ask(channel)).body).headers.host, "localhost");
      }),
    null,
    { path },
  );
  await Deno.remove(folder, { recursive: true });
});

Deno.test("nobody listens: connect() and requests say so", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const target = `127.0.0.1:${listener.addr.port}`;
  listener.close();
  await withChannel(target, {}, async (channel) => {
    const words = `Nobody listens at "${target}": the connection was refused`;
    await assert.rejects(channel.connect(), (error) => error instanceof ConnectError && error.message === words);
    assert.equal((await ask(channel)).result?.details, words);
  });
});

/** Runs a TLS server with a certificate and asks it once. */
async function overTls(
  server: (made: Certificates) => Record<string, unknown>,
  tls: (made: Certificates) => Partial<TlsOptions>,
): Promise<string> {
  const made = await certificates();
  let outcome = "";
  await withServer(echo, (target) =>
    withChannel(target, { tls: { ...PLAIN_TLS, ...tls(made) } }, async (channel) => {
      try {
        await channel.connect();
        const told = await ask(channel, { method: "POST", body: new Uint8Array(100_000).fill(97) });
        outcome = told.result?.details || `ok ${told.body.length > 100_000}`;
      } catch (error) {
        assert.ok(error instanceof ConnectError);
        outcome = error.message;
      }
    }), server(made));
  return outcome;
}

const own = ({ server }: Certificates) => ({ cert: server.cert_pem, key: server.key_pem });

Deno.test("TLS: a CA of its own, unverified, pinned, a client certificate, another name", async () => {
  assert.equal(await overTls(own, ({ ca }) => ({ ca_pem: ca.cert_pem })), "ok true");
  assert.equal(await overTls(own, () => ({ insecure: true })), "ok true");
  assert.equal(await overTls(own, ({ server }) => ({ pinned_sha256: server.sha256 })), "ok true");
  assert.equal(await overTls(own, ({ ca }) => ({ ca_pem: ca.cert_pem, server_name: "june.test" })), "ok true");
  const asksBack = (made: Certificates) => ({
    ...own(made),
    ca: made.ca.cert_pem,
    requestCert: true,
    rejectUnauthorized: true,
  });
  const client = ({ ca, client }: Certificates) => ({
    ca_pem: ca.cert_pem,
    cert_pem: client.cert_pem,
    key_pem: client.key_pem,
  });
  assert.equal(await overTls(asksBack, client), "ok true");
});

Deno.test("TLS: what is refused, in the words of the other transports", async () => {
  assert.match(await overTls(own, ({ other_ca }) => ({ ca_pem: other_ca.cert_pem })), /its CA is unknown here/);
  assert.match(await overTls(own, ({ ca }) => ({ pinned_sha256: ca.sha256 })), /it is not the pinned one/);
  const expired = ({ expired }: Certificates) => ({ cert: expired.cert_pem, key: expired.key_pem });
  assert.match(await overTls(expired, ({ ca }) => ({ ca_pem: ca.cert_pem })), /the certificate has expired/);
  const elsewhere = ({ elsewhere }: Certificates) => ({ cert: elsewhere.cert_pem, key: elsewhere.key_pem });
  assert.match(await overTls(elsewhere, ({ ca }) => ({ ca_pem: ca.cert_pem })), /the certificate is not for/);
});

const wantsTls = (target: string) =>
  `"${target}" did not answer the request: it wants TLS, and the connection was plaintext`;

Deno.test("plaintext against TLS, TLS against plaintext, HTTP against a gRPC port", async () => {
  const made = await certificates();
  await withServer(echo, (target) =>
    withChannel(target, {}, async (channel) => {
      assert.equal((await ask(channel)).result?.details, wantsTls(target));
    }), { cert: made.server.cert_pem, key: made.server.key_pem });
  await withRawPeer(async (conn, index) => {
    // It hangs up on plaintext without a word, and says an alert to a TLS handshake.
    if (index === 0) return void await readRequest(conn);
    await conn.read(new Uint8Array(4096));
    await say(conn, "\x15\x03\x01\x00\x02\x02\x28");
  }, (target) =>
    withChannel(target, {}, async (channel) => {
      assert.equal((await ask(channel)).result?.details, wantsTls(target));
    }));
  await withServer(echo, (target) =>
    withChannel(target, { tls: { ...PLAIN_TLS, insecure: true } }, async (channel) => {
      await assert.rejects(channel.connect(), /does not speak TLS/);
    }));
  await withRawPeer(async (conn) => {
    await say(conn, "\0\0\0\x04\0\0\0\0\0");
    await readRequest(conn);
    await readRequest(conn);
  }, (target) =>
    withChannel(target, {}, async (channel) => {
      const { result } = await ask(channel);
      assert.match(result?.details ?? "", /speaks HTTP\/2|closed the connection/);
    }));
});
