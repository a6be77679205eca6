import assert from "node:assert/strict";
import type { OpenService, OperationEnd } from "../../../lib/driver/driver.ts";
import { openRest } from "../../../lib/driver/rest/open.ts";
import { openWebSocketService } from "../../../lib/driver/websocket/open.ts";
import type { TlsPlan } from "../../../lib/plan/plan.ts";
import { type Certificate, certificates, removeCertificates } from "../../conformance/certificates.ts";
import { call as callRest, restService } from "../rest/bench.ts";
import { call as callSocket, socketService } from "../websocket/bench.ts";

Deno.test.afterAll(removeCertificates);

const TLS: TlsPlan = {
  ca_file: null,
  cert_file: null,
  key_file: null,
  server_name: null,
  insecure: false,
  pinned_sha256: null,
};

/** A server that answers requests and opens WebSockets under a certificate. */
async function withHttps(own: Certificate, body: (address: string) => Promise<void>): Promise<void> {
  const stop = new AbortController();
  const { cert_pem: cert, key_pem: key } = own;
  const server = Deno.serve(
    {
      hostname: "127.0.0.1",
      port: 0,
      cert,
      key,
      signal: stop.signal,
      onListen: () => {},
      onError: () => new Response(),
    },
    (request) => {
      if (request.headers.get("upgrade") !== "websocket") return new Response("{}");
      const { socket, response } = Deno.upgradeWebSocket(request);
      socket.onmessage = ({ data }) => socket.send(data);
      return response;
    },
  );
  try {
    await body(`127.0.0.1:${server.addr.port}`);
  } finally {
    stop.abort();
    await server.finished;
  }
}

/** How a call of each driver ends, and what its health check says. */
async function tried(address: string, tls: TlsPlan | null): Promise<{ end: OperationEnd; details: string }[]> {
  const services: [OpenService, (service: OpenService) => Promise<OperationEnd>][] = [
    [await openRest(restService(address, [{}], {}, { tls })), callRest],
    [await openWebSocketService(socketService(address, {}, { tls })), callSocket],
  ];
  return await Promise.all(services.map(async ([service, call]) => {
    const end = await call(service);
    const { details } = await service.health(2000);
    await service.close();
    return { end, details };
  }));
}

Deno.test("REST and WebSocket trust whom they are told to", async () => {
  const { server, ca } = await certificates();
  await withHttps(server, async (address) => {
    const pinned = { ...TLS, pinned_sha256: server.sha256 };
    for (const tls of [{ ...TLS, ca_file: ca.cert_path }, { ...TLS, insecure: true }, pinned]) {
      for (const { end } of await tried(address, tls)) assert.equal(end.outcome, "ok", end.details);
    }
  });
});

Deno.test("REST and WebSocket say what is wrong with a certificate, in calls and in preflight", async () => {
  const { server, expired, elsewhere, ca, other_ca } = await certificates();
  const cases: [Certificate, Certificate | null, RegExp][] = [
    [expired, ca, /the certificate has expired/],
    [elsewhere, ca, /the certificate is not for "127.0.0.1" but for elsewhere.test/],
    [server, other_ca, /its CA is unknown here/],
    [server, null, /its CA is unknown here/],
  ];
  for (const [own, trusted, words] of cases) {
    await withHttps(own, async (address) => {
      for (const { end, details } of await tried(address, { ...TLS, ca_file: trusted?.cert_path ?? null })) {
        assert.deepEqual([end.outcome, end.type], ["failed", "UNAVAILABLE"]);
        assert.match(end.details, words);
        assert.match(details, words);
      }
    });
  }
});

Deno.test("plaintext to a TLS port is told as that", async () => {
  const { server } = await certificates();
  await withHttps(server, async (address) => {
    for (const { end, details } of await tried(address, null)) {
      assert.match(end.details, /wants TLS, and the connection was plaintext/);
      assert.match(details, /wants TLS/);
    }
  });
});
