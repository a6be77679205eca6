/** Whole runs whose tokens change under way: services see the new ones, and no call fails for it. */
import assert from "node:assert/strict";
import { HealthResponse, PATHS } from "../../proto/llm.ts";
import { WireServer } from "../../lib/sim/server/wire_server.ts";
import { StatusCode } from "../../lib/transport/status.ts";
import { certificates, removeCertificates } from "../conformance/certificates.ts";
import { filesBelow, inFolder, june, runFolder, start } from "../end_to_end/cli.ts";
import { withServer } from "../transport/http/peers.ts";
import { granted, withEndpoint } from "./token_endpoint.ts";

Deno.test.afterAll(removeCertificates);

/** Services that count the calls of each token, over gRPC and HTTP. */
interface Guards {
  grpc: string;
  http: string;
  /** Calls by `authorization`. */
  calls: Map<string, number>;
  /** Settles once a token has been shown. */
  shown(authorization: string): Promise<void>;
}

async function withGuards(accepts: (authorization: string) => boolean, body: (guards: Guards) => Promise<void>) {
  const calls = new Map<string, number>();
  const waiting: { authorization: string; resolve: () => void }[] = [];
  const isAccepted = (authorization: string) => {
    calls.set(authorization, (calls.get(authorization) ?? 0) + 1);
    for (const one of waiting) if (one.authorization === authorization) one.resolve();
    return accepts(authorization);
  };
  const shown = (authorization: string) =>
    new Promise<void>((resolve) =>
      calls.has(authorization) ? resolve() : void waiting.push({ authorization, resolve })
    );
  const server = new WireServer();
  const healthy = HealthResponse.encode({ healthy: true, version: "1", model_name: "m" });
  server.handle(PATHS.healthCheck, (call) => ({
    message() {},
    halfClose() {
      const [, value = ""] = call.metadata.find(([key]) => key === "authorization") ?? [];
      if (!isAccepted(String(value))) return call.end(StatusCode.UNAUTHENTICATED, "no such token");
      call.write(new Uint8Array(healthy));
      call.end(StatusCode.OK, "");
    },
    cancel() {},
    drain() {},
  }));
  const grpc = `127.0.0.1:${await server.listen({ hostname: "127.0.0.1", port: 0 })}`;
  try {
    await withServer((request, response) => {
      response.writeHead(isAccepted(request.headers.authorization ?? "") ? 200 : 401).end("{}");
    }, (http) => body({ grpc, http, calls, shown }));
  } finally {
    await server.close();
  }
}

/** A scenario that asks both services all the time with one kind of token. */
const scenarioOf = ({ grpc, http }: Guards, auth: Record<string, unknown>, duration: string) => ({
  services: {
    grpc: { llm: { host: grpc, auth } },
    calls: { web: { protocol: "rest", host: `http://${http}`, auth, exchanges: [{ path: "/a", name: "web a" }] } },
  },
  reports: { format: "json", include_charts: false },
  scenarios: {
    rotated: {
      users: 4,
      spawn_rate: 4,
      duration,
      think_time: "20ms",
      tasks: { "llm.health": 1, call: 1 },
      thresholds: "error_rate < 50%",
    },
  },
});

async function run(dir: string, scenario: unknown) {
  await Deno.writeTextFile(`${dir}/rotated.yaml`, JSON.stringify(scenario));
  const running = start(["run", `${dir}/rotated.yaml`, "--workers", "1", "--output-dir", `${dir}/out`]);
  const failures = async () => {
    const { code, stdout, stderr } = await running.finished;
    assert.equal(code, 0, stdout + stderr);
    const text = await Deno.readTextFile(`${await runFolder(`${dir}/out`, "rotated")}/result.ndjson`);
    return text.split("\n").filter((line) => line.includes('"type":"interval"'))
      .flatMap((line) => JSON.parse(line).failures as { type: string; count: number }[]);
  };
  return { failures };
}

Deno.test("a token file that is replaced during a run is used from then on, over gRPC and HTTP", () =>
  withGuards(() => true, (guards) =>
    inFolder(async (dir) => {
      const file = `${dir}/token`;
      await Deno.writeTextFile(file, "token-one");
      const { failures } = await run(dir, scenarioOf(guards, { bearer_file: file }, "4s"));
      await guards.shown("Bearer token-one");
      await Deno.writeTextFile(`${dir}/next`, "token-two\n");
      await Deno.rename(`${dir}/next`, file);
      await guards.shown("Bearer token-two");
      assert.deepEqual(await failures(), []);
      assert.deepEqual([...guards.calls.keys()], ["Bearer token-one", "Bearer token-two"]);
    })));

Deno.test("tokens of a token endpoint are replaced before they expire: no call fails", () => {
  const given_ms = new Map<string, number>();
  // A client that does not ask again in time would be refused for the last second.
  const isFresh = (authorization: string) => performance.now() - (given_ms.get(authorization) ?? -Infinity) < 4000;
  return withEndpoint((number) => {
    given_ms.set(`Bearer token-${number}`, performance.now());
    return granted(`token-${number}`, 2);
  }, ({ target }) =>
    withGuards(isFresh, (guards) =>
      inFolder(async (dir) => {
        const oauth2 = { token_url: `http://${target}/token`, client_id: "a", client_secret: "some secret" };
        const { failures } = await run(dir, scenarioOf(guards, { oauth2 }, "5s"));
        assert.deepEqual(await failures(), []);
        // One for each service in the check and in the run; then one each 1.6 s.
        assert.ok(given_ms.size > 4, `${given_ms.size} tokens`);
      })));
});

Deno.test("a token that a service takes back is replaced at once: few calls fail, in plain words", () => {
  const revoked = new Set<string>();
  return withEndpoint(
    (number) => granted(`token-${number}`, 3600),
    ({ target }) =>
      withGuards((authorization) => !revoked.has(authorization), (guards) =>
        inFolder(async (dir) => {
          const oauth2 = { token_url: `http://${target}/token`, client_id: "a", client_secret: "some secret" };
          const { failures } = await run(dir, scenarioOf(guards, { oauth2 }, "3s"));
          // The first two are those of the check before the load.
          await Promise.all([guards.shown("Bearer token-3"), guards.shown("Bearer token-4")]);
          revoked.add("Bearer token-3").add("Bearer token-4");
          await Promise.all([guards.shown("Bearer token-5"), guards.shown("Bearer token-6")]);
          const found = await failures();
          assert.deepEqual([...new Set(found.map(({ type }) => type))].sort(), ["HTTP 401", "UNAUTHENTICATED"]);
          const failed = found.reduce((sum, { count }) => sum + count, 0);
          const made = [...guards.calls.values()].reduce((sum, count) => sum + count, 0);
          assert.ok(failed < made / 2, `${failed} of ${made} calls failed`);
        })),
  );
});

Deno.test("a token endpoint whose certificate is not checked is said loudly before, in and after the run", async () => {
  const { self_signed } = await certificates();
  await withEndpoint(
    () => granted("token"),
    ({ target }) =>
      withGuards(() => true, (guards) =>
        inFolder(async (dir) => {
          const oauth2 = { token_url: `https://${target}/token`, client_id: "a", client_secret: "some secret" };
          const auth = { oauth2: { ...oauth2, tls: { insecure: true } } };
          const reports = { format: "html", include_charts: false };
          await Deno.writeTextFile(`${dir}/loud.yaml`, JSON.stringify({ ...scenarioOf(guards, auth, "1s"), reports }));
          const { code, stdout, stderr } = await june("run", `${dir}/loud.yaml`, "--output-dir", `${dir}/out`);
          assert.equal(code, 0, stdout + stderr);
          assert.match(stderr, /warning: .*auth\.oauth2\.tls\.insecure: .*NOT checked/);
          assert.match(stdout, /bearer token of 127\.0\.0\.1:\d+ \(TLS, certificate NOT checked\)/);
          const folder = await runFolder(`${dir}/out`, "rotated");
          const page = (await filesBelow(folder)).find((name) => name.endsWith(".html"));
          const html = await Deno.readTextFile(`${folder}/${page}`);
          assert.ok(html.includes("The certificate of the token endpoint of llm was NOT checked"));
        })),
    { cert: self_signed.cert_pem, key: self_signed.key_pem },
  );
});
