/** What is said when a certificate, a key or a server stands in the way: alike for gRPC, HTTP and WebSocket. */
import assert from "node:assert/strict";
import type http from "node:http";
import http2 from "node:http2";
import type { AddressInfo } from "node:net";
import type https from "node:https";
import type { OperationEnd } from "../../lib/driver/driver.ts";
import { openDriver } from "../../lib/driver/registry.ts";
import { PATHS } from "../../proto/llm.ts";
import type { ServicePlan, TlsPlan } from "../../lib/plan/plan.ts";
import type { ProtocolSettings } from "../../lib/plan/protocols.ts";
import { WireServer } from "../../lib/sim/server/wire_server.ts";
import { ConnectError } from "../../lib/transport/channel.ts";
import { StatusCode } from "../../lib/transport/status.ts";
import { openWireChannel } from "../../lib/transport/wire/wire.ts";
import { type Certificate, type Certificates, certificates, removeCertificates } from "../conformance/certificates.ts";
import { FakeClock } from "../driver/fake_clock.ts";
import { MarkList, SERVICES } from "../driver/workbench.ts";
import { SETTINGS } from "../driver/openai/bench.ts";
import { openGate } from "../end_to_end/tls_gate.ts";
import { task } from "../plans.ts";
import { withServer } from "../transport/http/peers.ts";
import { callStart } from "../driver/call_start.ts";

Deno.test.afterAll(removeCertificates);

const REST: ProtocolSettings = {
  protocol: "rest",
  base_path: "",
  http_version: "1.1",
  login_path: null,
  exchanges: [{
    name: "get",
    method: "GET",
    path: "/a",
    headers: [],
    requires_auth: false,
    body: null,
    statuses: [],
    checks: [],
  }],
};
const SOCKET: ProtocolSettings = {
  protocol: "websocket",
  path: "/ws",
  exchanges: [{ name: "say", send: { kind: "text", text: "hi" }, reply: [] }],
  ping_ms: null,
  sessions: "per_exchange",
};

const call = (settings: ProtocolSettings, name: string): Family => ({
  plan: { ...SERVICES.llm, kind: "call", protocol: settings.protocol, settings, options: { kind: "call" } },
  task: { ...task("call"), operation: name },
  version: "1.1",
});

/** A protocol, one task of it, and the HTTP it rides on. */
interface Family {
  plan: ServicePlan;
  task: ReturnType<typeof task>;
  version: "1.1" | "2";
}

const FAMILIES: Record<string, Family> = {
  "gRPC": { plan: SERVICES.llm, task: task("llm.chat"), version: "2" },
  "OpenAI over HTTP/1.1": {
    plan: { ...SERVICES.llm, protocol: "openai", settings: SETTINGS },
    task: task("llm.chat"),
    version: "1.1",
  },
  "OpenAI over HTTP/2": {
    plan: { ...SERVICES.llm, protocol: "openai", settings: { ...SETTINGS, http_version: "2" } },
    task: task("llm.chat"),
    version: "2",
  },
  "REST": call(REST, "get"),
  "WebSocket": call(SOCKET, "say"),
};

/** A TLS server that lets in whom its certificate and `client_ca` let in. */
async function withTls(
  version: "1.1" | "2",
  shown: Certificate,
  client_ca: Certificate | null,
  body: (target: string) => Promise<void>,
): Promise<void> {
  if (version === "2") {
    const server = new WireServer();
    const port = await server.listen({ hostname: "127.0.0.1", port: 0 });
    const gate = await openGate(`127.0.0.1:${port}`, shown, client_ca);
    try {
      await body(gate.target);
    } finally {
      await gate.close();
      await server.close();
    }
    return;
  }
  const options: https.ServerOptions = { cert: shown.cert_pem, key: shown.key_pem, ca: (client_ca ?? shown).cert_pem };
  if (client_ca !== null) Object.assign(options, { requestCert: true, rejectUnauthorized: true });
  await withServer(
    (_, response) => void response.end(),
    (target) => body(target.replace("127.0.0.1", "localhost")),
    options,
  );
}

/** Connects and asks for the health: the first thing that stands in the way, with what to do about it. */
async function obstacle(plan: ServicePlan): Promise<{ details: string; remedy: string }> {
  const opened = await openDriver(plan, openWireChannel);
  try {
    await opened.connect();
    const { state, details, remedy = "" } = await opened.health(5000);
    return state === "serving" || state === "connected" ? { details: state, remedy } : { details, remedy };
  } catch (error) {
    assert.ok(error instanceof ConnectError, String(error));
    return { details: error.message, remedy: error.remedy };
  } finally {
    await opened.close();
  }
}

const tlsOf = (more: Partial<TlsPlan>): TlsPlan => ({
  ca_file: null,
  cert_file: null,
  key_file: null,
  server_name: null,
  insecure: false,
  pinned_sha256: null,
  ...more,
});

interface TlsCase {
  name: string;
  shown(made: Certificates): Certificate;
  client_ca?(made: Certificates): Certificate;
  tls(made: Certificates): Partial<TlsPlan>;
  words: RegExp;
  remedy: RegExp;
}

const TLS_CASES: TlsCase[] = [
  {
    name: "an expired certificate",
    shown: ({ expired }) => expired,
    tls: ({ ca }) => ({ ca_file: ca.cert_path }),
    words: /the certificate has expired$/,
    remedy: /^Renew the service's certificate, and check both clocks\.$/,
  },
  {
    name: "a CA that is not ours",
    shown: ({ server }) => server,
    tls: ({ other_ca }) => ({ ca_file: other_ca.cert_path }),
    words: /its CA is unknown here$/,
    remedy: /^Give the CA certificate that signed the service's certificate\.$/,
  },
  {
    name: "a CA that the system does not know",
    shown: ({ server }) => server,
    tls: () => ({}),
    words: /its CA is unknown here$/,
    remedy: /^Give the CA certificate/,
  },
  {
    name: "a certificate for another name",
    shown: ({ elsewhere }) => elsewhere,
    tls: ({ ca }) => ({ ca_file: ca.cert_path }),
    words: /the certificate is not for "localhost" but for elsewhere\.test$/,
    remedy: /^Use a name that is in the certificate as address, or give the name to expect as TLS server name\.$/,
  },
  {
    name: "another certificate than the pinned one",
    shown: ({ server }) => server,
    tls: ({ self_signed }) => ({ pinned_sha256: self_signed.sha256 }),
    words: /it is not the pinned one: its SHA-256 is [0-9a-f]{64}, pinned is [0-9a-f]{64}$/,
    remedy: /^Pin the SHA-256 of the certificate the service uses now/,
  },
  {
    name: "a client certificate that is missing",
    shown: ({ server }) => server,
    client_ca: ({ ca }) => ca,
    tls: ({ ca }) => ({ ca_file: ca.cert_path }),
    words: /wants a client certificate|closes the connection at once/,
    remedy: /client certificate/,
  },
];

for (const [family, { plan, version }] of Object.entries(FAMILIES)) {
  for (const { name, shown, client_ca, tls, words, remedy } of TLS_CASES) {
    Deno.test(`${family}: ${name}`, async () => {
      const made = await certificates();
      await withTls(version, shown(made), client_ca?.(made) ?? null, async (address) => {
        const found = await obstacle({ ...plan, address, tls: tlsOf(tls(made)) });
        assert.match(found.details, words);
        assert.ok(found.details.includes(`"${address}"`), found.details);
        assert.match(found.remedy, remedy);
      });
    });
  }

  Deno.test(`${family}: the right CA, a name given, a client certificate, a pin, and no check at all`, async () => {
    const made = await certificates();
    const { server, elsewhere, self_signed, ca, client } = made;
    const ca_file = ca.cert_path;
    const own = { ca_file, cert_file: client.cert_path, key_file: client.key_path };
    const cases: [Certificate, Certificate | null, Partial<TlsPlan>][] = [
      [server, null, { ca_file }],
      [elsewhere, null, { ca_file, server_name: "elsewhere.test" }],
      [server, ca, own],
      [self_signed, null, { pinned_sha256: self_signed.sha256 }],
      [made.expired, null, { insecure: true }],
    ];
    for (const [shown, client_ca, tls] of cases) {
      await withTls(version, shown, client_ca, async (address) => {
        const opened = await openDriver({ ...plan, address, tls: tlsOf(tls) }, openWireChannel);
        await opened.connect();
        await opened.close();
      });
    }
  });
}

/** One call of a family, and how it ended. */
async function oneCall(family: Family, address: string): Promise<OperationEnd> {
  const opened = await openDriver({ ...family.plan, address }, openWireChannel);
  try {
    await opened.connect();
    const inputs = family.plan.kind === "call"
      ? { kind: "call" as const }
      : { kind: "llm" as const, prompts: ["Hi?"], chats: [[{ role: "user" as const, content: "Hello" }]] };
    const operation = opened.operation(family.task, inputs);
    const clock = new FakeClock();
    const marks = new MarkList(clock, false);
    const over = Promise.withResolvers<OperationEnd>();
    operation.start(callStart(clock, Object.assign(marks, { end: over.resolve })));
    return await over.promise;
  } finally {
    await opened.close();
  }
}

/** What a server answers to everything. */
const ANSWERS: [status: number, headers: Record<string, string>, said: string, words: RegExp][] = [
  [401, {}, "no such key", /HTTP 401: the key is missing or not accepted: no such key$/],
  [429, { "retry-after": "7" }, "slow down", /HTTP 429: too many requests; try again after 7 s: slow down$/],
  [503, {}, "model is loading", /HTTP 503: the server is overloaded or still loading: model is loading$/],
];

async function withAnswer(
  version: "1.1" | "2",
  [status, headers, said]: typeof ANSWERS[number],
  body: (address: string) => Promise<void>,
): Promise<void> {
  const text = JSON.stringify({ error: { message: said } });
  const all = { ...headers, "content-type": "application/json" };
  const handler: http.RequestListener = (_, response) => void response.writeHead(status, all).end(text);
  if (version === "1.1") {
    return await withServer(handler, async (address, server) => {
      server.on("upgrade", (_, socket) => {
        const lines = Object.entries({ ...all, "content-length": text.length }).map(([key, value]) =>
          `${key}: ${value}\r\n`
        );
        socket.end(`HTTP/1.1 ${status} No\r\n${lines.join("")}\r\n${text}`);
      });
      await body(address);
    });
  }
  const server = http2.createServer((_, response) => void response.writeHead(status, all).end(text));
  const sessions = new Set<http2.ServerHttp2Session>();
  server.on("session", (session) => sessions.add(session.on("close", () => sessions.delete(session))));
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  try {
    await body(`127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    for (const session of sessions) session.destroy();
    await new Promise((closed) => server.close(closed));
  }
}

for (const [name, family] of Object.entries(FAMILIES)) {
  for (const answer of ANSWERS) {
    const [status, , said, words] = answer;
    Deno.test(`${name}: HTTP ${status}, of a call and of the check before it`, () =>
      withAnswer(family.version, answer, async (address) => {
        const { outcome, type, details } = await oneCall(family, address);
        assert.equal(outcome, "failed");
        if (name === "gRPC") {
          assert.equal(type, status === 401 ? "UNAUTHENTICATED" : "UNAVAILABLE");
          const retry = status === 429 ? "; try again after 7 s" : "";
          assert.equal(
            details,
            `The peer answered with HTTP status ${status} and content type "application/json", which is not a gRPC reply${retry}: ` +
              `{"error":{"message":"${said}"}}`,
          );
        } else {
          assert.equal(type, `HTTP ${status}`);
          assert.match(details, words);
        }
        const found = await obstacle({ ...family.plan, address });
        if (name !== "REST" || status !== 429) assert.match(found.details, new RegExp(`HTTP (status )?${status}`));
      }));
  }
}

Deno.test("gRPC: a service's own statuses are told in its words, with what to do", async () => {
  const cases: [code: number, words: RegExp, remedy: RegExp][] = [
    [StatusCode.UNAUTHENTICATED, /^UNAUTHENTICATED: as it says$/, /^Give the service its key or token: `auth/],
    [StatusCode.PERMISSION_DENIED, /^PERMISSION_DENIED: as it says$/, /may not ask this; that says nothing of calls/],
    [StatusCode.RESOURCE_EXHAUSTED, /^RESOURCE_EXHAUSTED: as it says$/, /it limits their rate$/],
    [StatusCode.UNAVAILABLE, /^UNAVAILABLE: as it says$/, /^Wait until the service has started and loaded its models/],
  ];
  const server = new WireServer();
  let code = 0;
  for (const path of [PATHS.healthCheck, PATHS.chat]) {
    server.handle(path, (call) => ({
      message() {},
      halfClose: () => call.end(code, "as it says"),
      cancel() {},
      drain() {},
    }));
  }
  const address = `127.0.0.1:${await server.listen({ hostname: "127.0.0.1", port: 0 })}`;
  try {
    for (const [status, words, remedy] of cases) {
      code = status;
      const found = await obstacle({ ...SERVICES.llm, address });
      assert.match(found.details, words);
      assert.match(found.remedy, remedy);
      const end = await oneCall(FAMILIES.gRPC!, address);
      assert.deepEqual([end.outcome, end.code, end.details], ["failed", code, "as it says"]);
    }
  } finally {
    await server.close();
  }
});
