import assert from "node:assert/strict";
import type { Health } from "../../../lib/driver/driver.ts";
import { type Answer, restService, withRest, withSeen } from "./bench.ts";

async function health(
  answer: Answer,
  base_path = "",
  own: Parameters<typeof restService>[1][number] = {},
): Promise<{ found: Health; asked: string[] }> {
  const result: { found: Health | null; asked: string[] } = { found: null, asked: [] };
  await withSeen(answer, async (address, seen) => {
    await withRest(restService(address, [own], { base_path }), async (service) => {
      result.found = await service.health(1000);
    });
    result.asked = seen.map(({ method, path }) => `${method} ${path}`);
  });
  return { found: result.found as Health, asked: result.asked };
}

Deno.test("a service with /health is what it says", async () => {
  const { found, asked } = await health(() => ({ body: '{"status":"healthy"}' }), "/v1");
  assert.deepEqual(found, { state: "serving", asked: "GET /v1/health", details: "healthy" });
  assert.deepEqual(asked, ["GET /v1/health"]);
  assert.equal((await health(() => ({ body: "OK" }))).found.details, "HTTP 200");
  const down = (await health(() => ({ status: 503, body: '{"status":"unhealthy"}' }))).found;
  assert.deepEqual([down.state, down.details], ["unhealthy", "HTTP 503: unhealthy"]);
  const loading = (await health(() => ({ status: 503, headers: { "retry-after": "5" } }))).found;
  assert.equal(loading.details, "HTTP 503: the server is overloaded or still loading; try again after 5 s");
});

Deno.test("one without is asked whether it answers at all", async () => {
  for (const status of [404, 405]) {
    const { found, asked } = await health(({ method }) => ({ status: method === "HEAD" ? 200 : status }));
    assert.deepEqual(found, {
      state: "connected",
      asked: "HEAD /",
      details: "it answers (HTTP 200) and has no /health",
    });
    assert.deepEqual(asked, ["GET /health", "HEAD /"]);
  }
});

Deno.test("a key that is missing is a failure with what to do, unless calls may bring their own", async () => {
  const { found } = await health(() => ({ status: 401 }));
  assert.equal(found.state, "failed");
  assert.match(found.details, /401: the key is missing or not accepted/);
  assert.match(found.remedy ?? "", /key or token/);
  const own = { headers: [{ key: "x-api-key", value: "k" }] };
  assert.equal((await health(() => ({ status: 401 }), "", own)).found.state, "doubtful");
  assert.equal((await health(() => ({ status: 403 }))).found.state, "doubtful");
});

Deno.test("no reply is a failure with its reason", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const address = `127.0.0.1:${listener.addr.port}`;
  listener.close();
  await withRest(restService(address, [{}]), async (service) => {
    const found = await service.health(1000);
    assert.equal(found.state, "failed");
    assert.match(found.details, /Nobody listens/);
  });
});
