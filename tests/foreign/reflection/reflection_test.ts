import assert from "node:assert/strict";
import type { ServicePlan, TaskPlan, TransportName } from "../../../lib/plan/plan.ts";
import type { Check, GrpcExchange, Json } from "../../../lib/plan/protocols.ts";
import type { Run } from "../../../lib/result/run.ts";
import { june } from "../../end_to_end/cli.ts";
import { closedLoad, constantPause, holdStage } from "../../plans.ts";
import { runPlan } from "../../pool/run_plan.ts";
import { makePlan } from "../../result/make_run.ts";
import { startShop } from "./shop.ts";

const DURATION_MS = 1000;

/** Runs `body` against a Python server with that reflection. */
async function withShop(
  reflection: "v1" | "v1alpha" | "none",
  body: (address: string) => Promise<void>,
): Promise<void> {
  const shop = await startShop(reflection);
  try {
    await body(shop.target);
  } finally {
    await shop.stop();
  }
}

const check = (path: string, equals: Json): Check => ({ path, equals, matches: null });

function exchange(name: string, messages: Json[], checks: Check[]): GrpcExchange {
  return { name, method: `shop.v1.Shop/${name}`, messages, raw_files: [], checks };
}

const ORDER = {
  customer: "Grüße {{seq}}",
  prices: { one: "9007199254740993" },
  items: [{ name: "{{random 500}}", count: "{{int 3 3}}", size: "SIZE_LARGE" }],
  extra: { deep: { list: [1.5, null, "x"] } },
  due: "2026-01-31T12:34:56.789Z",
  parcel: { address: "here", label: { text: "t" } },
  route: { from: 0, next: { to: 2 } },
};

const EXCHANGES = [
  exchange("Order", [ORDER], [
    { path: "id", equals: null, matches: "^Grüße \\d+$" },
    check("number", "9007199254740993"),
    check("items[0].count", 3),
    check("extra.deep.list", [1.5, null, "x"]),
    check("at", "2026-01-31T12:34:56.789Z"),
  ]),
  exchange("Watch", [{}], [check("number", 3)]),
  exchange("Fill", [{ count: 40 }, { count: 2 }], [check("number", 42)]),
  exchange("Talk", [{ name: "a" }, { name: "b" }], [check("id", "a"), check("id", "b")]),
];

async function runShop(address: string, exchanges: GrpcExchange[], transport: TransportName): Promise<Run> {
  const service: ServicePlan = {
    name: "shop",
    kind: "call",
    protocol: "grpc",
    settings: { protocol: "grpc", descriptors: { kind: "reflection" }, exchanges },
    address,
    connections: 1,
    timeout_ms: 10_000,
    transparent_retry: transport === "wire",
    metadata: [],
    tls: null,
    inputs: [],
    options: { kind: "call" },
  };
  const tasks = exchanges.map(({ name }): TaskPlan => ({
    name: "call",
    operation: name,
    services: ["shop"],
    load: 0,
    weight: 1,
  }));
  const plan = makePlan({
    services: [service],
    tasks,
    loads: [closedLoad(4, 100, DURATION_MS, constantPause(5))],
    duration_ms: DURATION_MS,
    grace_ms: 30_000,
    stages: [holdStage(DURATION_MS)],
    thresholds: [],
    transport,
    workers: 2,
  });
  return await runPlan(plan);
}

for (const reflection of ["v1", "v1alpha"] as const) {
  for (const transport of ["wire", "grpc-js"] as const) {
    Deno.test(`calls of all four kinds by ${reflection} reach grpcio whole, over ${transport}`, async () => {
      await withShop(reflection, async (address) => {
        const run = await runShop(address, EXCHANGES, transport);
        for (const { name: operations } of EXCHANGES) {
          const { issued, outcomes } = run.total({ operations });
          assert.ok(issued > 0, operations);
          assert.equal(outcomes.ok, issued, JSON.stringify(run.failures));
        }
        assert.ok(run.total({ operations: "Watch" }).histogram("first_message").count > 0);
      });
    });
  }
}

Deno.test("what grpcio refuses, and a reply that is not as it should be, fail apart", async () => {
  await withShop("v1alpha", async (address) => {
    const exchanges = [exchange("Order", [{}], []), exchange("Watch", [{}], [check("number", 4)])];
    const run = await runShop(address, exchanges, "wire");
    const types = Object.fromEntries(run.failures.map(({ operation, type, code }) => [operation, [type, code]]));
    assert.deepEqual(types, { Order: ["INVALID_ARGUMENT", 3], Watch: ["semantic:check", 0] });
  });
});

Deno.test("describe reads grpcio's reflection; without it the run does not start and says what to do", async () => {
  await withShop("v1alpha", async (address) => {
    const { code, stdout, stderr } = await june("describe", address, "Shop/Talk");
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^shop\.v1\.Shop\/Talk {2}\(bidi_stream\)$/m);
  });
  await withShop("none", async (address) => {
    const { code, stderr } = await june("describe", address);
    assert.equal(code, 2);
    assert.match(stderr, /it has no server reflection; name its \.proto files/);
    const file = await Deno.makeTempFile({ suffix: ".yaml" });
    try {
      await Deno.writeTextFile(
        file,
        `services:\n  calls:\n    shop:\n      protocol: grpc\n      host: "${address}"\n      exchanges:\n` +
          "        - method: shop.v1.Shop/Order\nscenarios:\n  shop: { users: 1, duration: 1s }\n",
      );
      const run = await june("run", file);
      assert.equal(run.code, 2, run.stdout + run.stderr);
      assert.match(run.stderr, /Service shop at .* has no server reflection; name its \.proto files/);
    } finally {
      await Deno.remove(file);
    }
  });
});
