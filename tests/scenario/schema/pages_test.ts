import assert from "node:assert/strict";
import { redactPlan } from "../../../lib/plan/plan.ts";
import { RecordDecoder } from "../../../lib/result/decode/decoder.ts";
import { describePlan } from "../../../lib/scenario/describe/describe.ts";
import { makeHeader } from "../../result/make_run.ts";
import { faultsOf, fileWith, planOf } from "../helpers.ts";

const fileOf = (pages: string, more = "") => fileWith({ rest: [`metrics: { pages: ${pages}${more} }`] });

Deno.test("metrics.pages names pages, with defaults for what they leave out", () => {
  const { resources } = planOf(fileOf("{ gpus: { url: 'http://gpu-host/' }, own: { url: 'node:9100/m' } }"));
  const page = { tls: null, headers: [], interval_ms: 1000, timeout_ms: 2000 };
  assert.deepEqual(resources.pages, [
    { name: "gpus", address: "gpu-host:80", path: "/metrics", ...page },
    { name: "own", address: "node:9100", path: "/m", ...page },
  ]);
  assert.equal("service_pages" in resources, false);
  assert.equal(planOf(fileOf("{}", ", service_pages: off")).resources.service_pages, false);
});

Deno.test("a page's token, headers and query come from the environment, and are saved and shown nowhere", () => {
  const text = fileOf(
    "{ llm: { url: 'https://h/m?key=${KEY}', auth: { bearer: '${TOKEN}' }, headers: { x-a: '${OWN}' }, " +
      "preset: vllm, series: [a:b_total], interval: 5s, timeout: 500ms } }",
  );
  const env = { KEY: "key-1d70a2", TOKEN: "tok-88c1fe", OWN: "own-3b92dd" };
  const plan = planOf(text, { env });
  const [page] = plan.resources.pages ?? [];
  assert.deepEqual([page?.path, page?.auth, page?.headers, page?.tls?.insecure], [
    `/m?key=${env.KEY}`,
    { kind: "bearer", token: env.TOKEN },
    [{ key: "x-a", value: env.OWN }],
    false,
  ]);
  assert.deepEqual([page?.preset, page?.series, page?.interval_ms, page?.timeout_ms], [
    "vllm",
    ["a:b_total"],
    5000,
    500,
  ]);
  const safe = redactPlan(plan);
  const shown = JSON.stringify([safe, describePlan(safe)]);
  for (const secret of Object.values(env)) assert.ok(!shown.includes(secret), secret);
  assert.match(
    describePlan(safe).join("\n"),
    /^reads +the page of metrics of llm \(vllm, https:\/\/h:443\/m\) every 5s$/m,
  );
  // A saved plan is read again as it was.
  const line = JSON.stringify(makeHeader(safe));
  const decoded = new RecordDecoder().decode(line, line.length);
  assert.ok("record" in decoded && decoded.record.type === "header", JSON.stringify(decoded));
  assert.deepEqual(decoded.record.plan.resources.pages, safe.resources.pages);
});

Deno.test("what is no page is refused at its place", () => {
  const fault = (page: string) => faultsOf(fileOf(`{ a: ${page} }`)).join("\n");
  assert.match(fault("{ preset: dcgm }"), /metrics\.pages\.a.*url/);
  assert.match(fault("{ url: 'ftp://h/m' }"), /must be "http" or "https"/);
  assert.match(fault("{ url: h, preset: dcmg }"), /metrics\.pages\.a\.preset.*"dcgm"/);
  assert.match(fault("{ url: h, series: ['a b'] }"), /the name of a metric/);
  assert.match(fault("{ url: h, interval: 10ms }"), /200ms/);
  assert.match(fault("{ url: 'http://me:pw@h/m' }"), /holds a user or a password/);
  assert.match(fault("{ url: h, auth: { bearer: x }, headers: { authorization: y } }"), /remove one/);
  assert.match(faultsOf(fileOf("{}", ", service_pages: maybe")).join("\n"), /service_pages.*auto, off/);
});

Deno.test("a page behind a command keeps its words, is described with them, and takes no headers of ours", () => {
  const plan = planOf(fileOf("{ gpus: { url: 'http://127.0.0.1:9400', via: [ssh, gpu-host] } }"));
  assert.deepEqual(plan.resources.pages?.[0]?.via, ["ssh", "gpu-host"]);
  assert.match(describePlan(plan).join("\n"), /every 1s through the command: ssh gpu-host$/m);
  const line = JSON.stringify(makeHeader(redactPlan(plan)));
  const decoded = new RecordDecoder().decode(line, line.length);
  assert.ok("record" in decoded && decoded.record.type === "header", JSON.stringify(decoded));
  const faults = faultsOf(fileOf("{ a: { url: h, via: [ssh, h], headers: { x-a: '1' } } }")).join("\n");
  assert.match(faults, /metrics\.pages\.a.*leave out "headers"/);
});
