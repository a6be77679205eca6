import assert from "node:assert/strict";
import { openServerStatistics } from "../../lib/run/server_statistics.ts";
import type { ServicePlan } from "../../lib/plan/plan.ts";
import { SERVICES } from "../driver/workbench.ts";
import { task } from "../plans.ts";
import { makePlan } from "../result/make_run.ts";

const NO_TLS = {
  ca_file: null,
  cert_file: null,
  key_file: null,
  server_name: null,
  insecure: false,
  pinned_sha256: null,
};

/** A language model behind a Triton that is not there. */
const triton: ServicePlan = {
  ...SERVICES.llm,
  protocol: "triton",
  address: "127.0.0.1:1",
  settings: {
    protocol: "triton",
    model: "ensemble",
    version: "",
    streams: "per_request",
    inputs: null,
    text_output: "text_output",
  },
};

Deno.test("a server that cannot be asked for its statistics is an event, not the end of the run", async () => {
  const broken = { ...triton, tls: { ...NO_TLS, ca_file: "/nowhere/ca.pem" } };
  for (const service of [triton, broken]) {
    const statistics = await openServerStatistics(makePlan({ services: [service], tasks: [task("llm.generate")] }));
    const [record, ...more] = await statistics.read("after", 1234);
    await statistics.close();
    assert.deepEqual(more, []);
    assert.deepEqual(record, {
      type: "event",
      t_ms: 1234,
      kind: "no_server_statistics",
      text: "Service llm did not send its statistics after the run",
    });
  }
});

Deno.test("only servers that count, of services that are called, are asked", async () => {
  const idle = await openServerStatistics(makePlan({ services: [triton, SERVICES.tts], tasks: [task("tts.health")] }));
  assert.deepEqual(await idle.read("before", 0), []);
  await idle.close();
});
