import assert from "node:assert/strict";
import type { ServicePlan } from "../../lib/plan/plan.ts";
import { type Protocol } from "../../lib/plan/protocols.ts";
import { placesBeside } from "../../lib/run/page_places.ts";
import { makePlan } from "../result/make_run.ts";
import { reading, withPage } from "./pages_bench.ts";

function serviceAt(address: string, protocol: Protocol, change: Partial<ServicePlan> = {}): ServicePlan {
  const [service] = makePlan().services as [ServicePlan];
  return { ...service, protocol, address, ...change };
}

const urls = (service: ServicePlan, ...others: ServicePlan[]): string[] =>
  placesBeside(service, makePlan({ services: [service, ...others] })).map(({ url }) => url);

const TLS = { ca_file: null, cert_file: null, key_file: null, server_name: null, insecure: false, pinned_sha256: null };

Deno.test("placesBeside() names the places of each protocol, and no port of a stranger", () => {
  assert.deepEqual(urls(serviceAt("gpu:8001", "triton")), ["http://gpu:8002/metrics"]);
  assert.deepEqual(urls(serviceAt("[::1]:8001", "triton", { tls: TLS })), ["http://[::1]:8002/metrics"]);
  assert.deepEqual(urls(serviceAt("ipv4:10.0.0.1:8001,10.0.0.2:8001", "triton")), ["http://10.0.0.1:8002/metrics"]);
  assert.deepEqual(urls(serviceAt("llm:443", "openai", { tls: TLS })), [
    "https://llm:443/metrics",
    "https://llm:443/v1/metrics",
    "https://llm:443/prometheus/metrics",
  ]);
  // June's recogniser of Riva listens where Triton has its page.
  const stt = serviceAt("voice:8002", "riva", { name: "stt" });
  assert.deepEqual(urls(serviceAt("voice:8005", "riva"), stt), []);
  assert.deepEqual(urls(serviceAt("unix:/run/llm", "openai")), []);
  assert.deepEqual(urls(serviceAt("127.0.0.1:1", "triton", { simulated: true })), []);
  for (const protocol of ["june", "grpc", "rest", "websocket"] as const) {
    assert.deepEqual(urls(serviceAt("host:1", protocol)), []);
  }
});

Deno.test("the page beside a service is found where it is, with the service's own token, and read", () =>
  withPage((request) => {
    const { pathname } = new URL(request.url);
    if (request.headers.get("authorization") !== "Bearer key-of-the-llm") return new Response("", { status: 401 });
    if (pathname === "/metrics") return new Response("[]");
    return pathname === "/v1/metrics" ? new Response("num_requests_running 3\n") : new Response("", { status: 404 });
  }, async (address, asked) => {
    const llm = serviceAt(address, "openai", { auth: { kind: "bearer", token: "key-of-the-llm" } });
    const kept = reading(
      makePlan({ services: [llm, { ...llm, name: "again" }], resources: { cpu: false, memory: false, gpu: false } }),
    );
    await kept.until(({ samples }) => samples.length > 1);
    await kept.finish();
    assert.deepEqual(kept.events.map(({ kind, text }) => [kind, text]), [[
      "metrics_found",
      `Reads the page of metrics beside ${llm.name} (NIM, http://${address}/v1/metrics) once a second`,
    ]]);
    assert.deepEqual([kept.samples[0]?.source, kept.samples[0]?.values], [llm.name, { running_requests: 3 }]);
    // One place is asked once, whoever else is there.
    assert.deepEqual(asked.slice(0, 2).map(({ url }) => new URL(url).pathname), ["/metrics", "/v1/metrics"]);
    assert.ok(asked.every(({ url }) => !url.endsWith("/prometheus/metrics")));
  }));

Deno.test("beside a service without a page there is one quiet note, with what each place said", () => {
  const hint = {
    error: { code: 501, message: "This server does not support metrics endpoint. Start it with `--metrics`" },
  };
  return withPage(
    ({ url }) => url.endsWith("/v1/metrics") ? new Response("go_goroutines 7\n") : Response.json(hint, { status: 501 }),
    async (address) => {
      const plan = makePlan({
        services: [serviceAt(address, "openai")],
        resources: { cpu: false, memory: false, gpu: false },
      });
      const kept = reading(plan);
      await kept.until(({ events }) => events.length > 0);
      await kept.finish();
      const [{ kind, text } = { kind: "", text: "" }, ...more] = kept.events;
      assert.deepEqual([kind, more, kept.samples], ["metrics_absent", [], []]);
      assert.ok(
        text.includes('it answers 501: "This server does not support metrics endpoint. Start it with `--metrics`"'),
        text,
      );
      assert.ok(text.includes("/v1/metrics: it is the page of no server that june-load knows"), text);
    },
  );
});

Deno.test("a search ends with the run, and finds nothing after it", () =>
  withPage(() => new Promise<Response>(() => {}), async (address) => {
    const plan = makePlan({
      services: [serviceAt(address, "openai", { timeout_ms: 60_000 })],
      resources: { cpu: false, memory: false, gpu: false },
    });
    const kept = reading(plan);
    await new Promise((resolve) => setTimeout(resolve, 50));
    await kept.finish();
    assert.deepEqual([kept.events, kept.samples], [[], []]);
  }));

Deno.test("a page that the plan names for a service is read in place of a search, and `off` searches nothing", () =>
  withPage(() => new Response("llamacpp:requests_processing 1\n"), async (address, asked) => {
    const llm = serviceAt(address, "openai");
    const none = { cpu: false, memory: false, gpu: false };
    const quiet = reading(makePlan({ services: [llm], resources: { ...none, service_pages: false } }));
    await new Promise((resolve) => setTimeout(resolve, 50));
    await quiet.finish();
    assert.deepEqual([asked.length, quiet.events], [0, []]);
    const named = { name: llm.name, address, path: "/own", tls: null, headers: [], interval_ms: 30, timeout_ms: 1000 };
    const kept = reading(makePlan({ services: [llm], resources: { ...none, pages: [named] } }));
    await kept.until(({ samples }) => samples.length > 2);
    await kept.finish();
    assert.ok(asked.every(({ url }) => new URL(url).pathname === "/own"));
  }));
