/** Proxies: only those that a service names, for every protocol, and what is said when one stands in the way. */
import assert from "node:assert/strict";
import { openDriver } from "../../lib/driver/registry.ts";
import { openService, proxyOptions } from "../../lib/driver/core/open_service.ts";
import type { ServicePlan, TlsPlan } from "../../lib/plan/plan.ts";
import { startInWorker } from "../../lib/sim/worker/start_in_worker.ts";
import type { Simulator } from "../../lib/sim/simulator.ts";
import { ConnectError } from "../../lib/transport/channel.ts";
import { openGrpcJsChannel } from "../../lib/transport/grpc_js/grpc_js.ts";
import { openWireChannel } from "../../lib/transport/wire/wire.ts";
import { type Certificate, certificates, removeCertificates } from "../conformance/certificates.ts";
import { SERVICES } from "../driver/workbench.ts";
import { filesBelow, inFolder, start } from "../end_to_end/cli.ts";
import { openGate } from "../end_to_end/tls_gate.ts";
import { ask, withChannel, withRawPeer, withServer } from "../transport/http/peers.ts";
import { type Proxy, withProxy } from "./proxy.ts";

let simulator: Simulator;
Deno.test.beforeAll(async () => {
  simulator = await startInWorker({ ports: { llm: 0, stt: 0, tts: 0 }, http_port: 0 });
});
Deno.test.afterAll(async () => {
  await simulator.close();
  await removeCertificates();
});

const service = (address: string, more: Partial<ServicePlan>): ServicePlan => ({ ...SERVICES.llm, address, ...more });
const through = ({ address }: Proxy, credentials: string | null = null) => ({ proxy: { address, credentials } });

/** Connects and asks for the service's health. */
async function healthOf(plan: ServicePlan): Promise<string> {
  const opened = await openDriver(plan, openWireChannel);
  try {
    await opened.connect();
    const { state, details } = await opened.health(5000);
    return state === "serving" ? state : `${state}: ${details}`;
  } finally {
    await opened.close();
  }
}

const trusting = ({ cert_path }: Certificate, more: Partial<TlsPlan> = {}): TlsPlan => ({
  ca_file: cert_path,
  cert_file: null,
  key_file: null,
  server_name: null,
  insecure: false,
  pinned_sha256: null,
  ...more,
});

Deno.test("gRPC goes through a proxy: in plaintext, checked, with a client certificate, unchecked", () =>
  withProxy({ wants: `Basic ${btoa("me:pass:word")}` }, async (proxy) => {
    const { server, ca, client } = await certificates();
    const way = through(proxy, "me:pass:word");
    const { llm } = simulator.addresses;
    assert.equal(await healthOf(service(llm, way)), "serving");
    assert.deepEqual(proxy.asked, [llm]);
    const gate = await openGate(llm, server, null);
    const strict = await openGate(llm, server, ca);
    try {
      const own = { cert_file: client.cert_path, key_file: client.key_path };
      const cases: [string, TlsPlan][] = [
        [gate.target, trusting(ca)],
        [strict.target, trusting(ca, own)],
        [gate.target, trusting(ca, { ca_file: null, insecure: true })],
      ];
      for (const [target, tls] of cases) {
        assert.equal(await healthOf(service(target, { ...way, tls })), "serving");
        assert.equal(proxy.asked.at(-1), target);
      }
    } finally {
      await gate.close();
      await strict.close();
    }
  }));

Deno.test("HTTP goes through a proxy: both versions, in plaintext and secured", () =>
  withProxy({}, async (proxy) => {
    const { server, ca, client } = await certificates();
    const tls = {
      ca_pem: ca.cert_pem,
      cert_pem: null,
      key_pem: null,
      server_name: null,
      insecure: false,
      pinned_sha256: null,
    };
    const options = { proxy: { address: proxy.address, authorization: null } };
    await withServer((_, response) => response.end("hello"), async (target) => {
      await withChannel(target, options, async (channel) => assert.equal((await ask(channel)).body, "hello"));
      assert.deepEqual(proxy.asked, [target]);
    });
    await withServer((_, response) => response.end("hello"), async (target) => {
      const own = { ...tls, cert_pem: client.cert_pem, key_pem: client.key_pem };
      for (const secured of [tls, own, { ...tls, insecure: true }, { ...tls, pinned_sha256: server.sha256 }]) {
        await withChannel(target, { ...options, tls: secured }, async (channel) => {
          const told = await ask(channel);
          assert.equal(told.body, "hello", JSON.stringify(told.result));
        });
      }
    }, { cert: server.cert_pem, key: server.key_pem });
    await withChannel(simulator.addresses.llm, { ...options, version: "2" }, async (channel) => {
      assert.equal((await ask(channel)).result?.reason, "complete");
    });
    assert.equal(proxy.asked.at(-1), simulator.addresses.llm);
  }));

/** The error of connecting. */
async function fault(plan: ServicePlan): Promise<ConnectError> {
  const error = await healthOf(plan).catch((error) => error);
  assert.ok(error instanceof ConnectError, String(error));
  return error;
}

Deno.test("a proxy that refuses is told as the proxy's doing, with what to do", async () => {
  const { llm } = simulator.addresses;
  const tls = trusting((await certificates()).ca, { insecure: true, ca_file: null });
  for (const plan of [service(llm, {}), service(llm, { tls })]) {
    await withProxy({ wants: "Basic other" }, async (proxy) => {
      const missing = await fault({ ...plan, ...through(proxy) });
      assert.equal(
        missing.message,
        `The proxy "${proxy.address}" wants a user and a password to connect to "${llm}" (HTTP 407)`,
      );
      assert.match(missing.remedy, /http:\/\/user:password@host:port/);
      const wrong = await fault({ ...plan, ...through(proxy, "me:planted-word") });
      assert.equal(
        wrong.message,
        `The proxy "${proxy.address}" does not accept our user and password to connect to "${llm}" (HTTP 407)`,
      );
      assert.doesNotMatch(wrong.message + wrong.remedy, /planted/);
    });
    for (
      const [status, remedy] of [[403, /may connect to that address/], [502, /Check that the service listens/]] as const
    ) {
      await withProxy({ refuses: status }, async (proxy) => {
        const { message, remedy: found } = await fault({ ...plan, ...through(proxy) });
        assert.equal(message, `The proxy "${proxy.address}" does not connect to "${llm}": HTTP ${status}`);
        assert.match(found, remedy);
      });
    }
    const nobody = await fault({ ...plan, proxy: { address: "127.0.0.1:1", credentials: null } });
    assert.equal(
      nobody.message,
      `Cannot reach the proxy "127.0.0.1:1" on the way to "${llm}": the connection was refused`,
    );
    await withRawPeer(
      async (conn) => void await conn.write(new TextEncoder().encode("220 mail\r\n")),
      async (address) => {
        const { message } = await fault({ ...plan, proxy: { address, credentials: null } });
        assert.match(message, /the proxy on the way to ".*", does not answer as an HTTP proxy does$/);
      },
    );
    await withRawPeer(async (conn) => void await conn.read(new Uint8Array(999)), async (address) => {
      const { message } = await fault({ ...plan, proxy: { address, credentials: null } });
      assert.match(message, /^The proxy ".*" hung up when it was asked to connect to /);
    });
  }
});

Deno.test("faults of the service behind a proxy are told as without one", () =>
  withProxy({}, async (proxy) => {
    const { server, other_ca } = await certificates();
    const gate = await openGate(simulator.addresses.llm, server, null);
    try {
      const unknown = await fault(service(gate.target, { ...through(proxy), tls: trusting(other_ca) }));
      assert.match(unknown.message, /its CA is unknown here/);
      const plain = await fault(service(gate.target, through(proxy)));
      assert.equal(plain.fault, "tls_server");
    } finally {
      await gate.close();
    }
  }));

Deno.test("a service on a unix socket has no use for a proxy; grpc-js says that it takes none", async () => {
  const plan = service("127.0.0.1:1", { proxy: { address: "127.0.0.1:2", credentials: "me:word" } });
  assert.equal(proxyOptions(plan)?.authorization, `Basic ${btoa("me:word")}`);
  const channel = await openService(plan, openGrpcJsChannel);
  await assert.rejects(channel.connect(), /The transport grpc-js cannot go through a proxy/);
  await channel.close();
});

for (const transport of ["wire", "grpc-js"]) {
  Deno.test(`the environment's proxies are not used (${transport})`, () =>
    withProxy({}, (proxy) =>
      inFolder(async (dir) => {
        const scenario = {
          services: {
            grpc: {
              stt: { host: simulator.addresses.stt, pacing: "fast" },
              llm: {
                protocol: "openai",
                host: `http://${simulator.http_address}/v1`,
                model: "june-sim-llm",
                max_tokens: 4,
              },
            },
          },
          scenarios: { direct: { users: 2, spawn_rate: 2, duration: "1s", think_time: "20ms" } },
        };
        await Deno.writeTextFile(`${dir}/load.yaml`, JSON.stringify(scenario));
        const names = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "GRPC_PROXY"];
        const set = names.flatMap((name) => [name, name.toLowerCase()]).map((
          name,
        ) => [name, `http://${proxy.address}`]);
        // Deno itself asks for newer versions of Deno, and through the proxy.
        const env = { ...Object.fromEntries(set), DENO_NO_UPDATE_CHECK: "1" };
        const args = ["run", `${dir}/load.yaml`, "--transport", transport, "--output-dir", `${dir}/out`];
        const { code, stdout, stderr } = await start(args, { env }).finished;
        assert.equal(code, 0, stdout + stderr);
        assert.ok((await filesBelow(`${dir}/out`)).length > 0);
        assert.deepEqual(proxy.asked, []);
      })));
}
