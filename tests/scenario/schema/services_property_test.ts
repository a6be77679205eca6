import assert from "node:assert/strict";
import fc from "fast-check";
import { PROTOCOL_FACTS } from "../../../lib/plan/protocol_facts.ts";
import { redactPlan, type ServicePlan } from "../../../lib/plan/plan.ts";
import { TASKS } from "../../../lib/plan/tasks.ts";
import { describePlan } from "../../../lib/scenario/describe/describe.ts";
import { ScenarioError } from "../../../lib/scenario/read/problems.ts";
import { load } from "../helpers.ts";

const exchangesOf = ({ settings }: ServicePlan): string[] =>
  settings !== null && "exchanges" in settings ? settings.exchanges.map(({ name }) => name) : [];

const rarely = <T>(value: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 9, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: value });
const often = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const text = fc.constantFrom("x", "{{prompt}}", "{{seq}}-{{uuid}}", "a b");
const wrong = fc.constantFrom<unknown>(
  "",
  "{{oops}}",
  "${UNSET}",
  "a b",
  null,
  [],
  {},
  -1,
  1e9,
  "http://u:p@a",
  "unix:/s",
);
const json = fc.oneof(text, fc.integer(), fc.boolean(), fc.constant(null), fc.array(text, { maxLength: 2 }));
const checks = often(
  fc.array(fc.record({ path: text, equals: json, matches: text }, { requiredKeys: [] }), { maxLength: 2 }),
);
const weight = often(fc.constantFrom(0, 1, 2.5));
const names = often(fc.constantFrom("x", "y", "rest GET /a"));

/** What any of these keys may be at fault with, once in a while. */
const faults = rarely(
  fc.dictionary(
    fc.constantFrom("protocol", "host", "model", "tls", "path", "login", "exchanges", "odd", "auth"),
    wrong,
    {
      maxKeys: 1,
    },
  ),
);

const shared = {
  weight,
  timeout: often(fc.constantFrom("1s", "1m")),
  auth: often(fc.constantFrom(
    { bearer: "hush" },
    { oauth2: { token_url: "https://l/t", client_id: "hush", client_secret: "hush" } },
  )),
  proxy: rarely(fc.constant("http://me:hush@p:1")),
};
const grpcHost = often(fc.constantFrom("a", "a:1", "[::1]:2", "unix:/s"));
const httpHost = often(fc.constantFrom("a", "http://a/v1", "https://a", "[::1]:2"));
const headers = rarely(fc.constantFrom({ a: "hush" }, { authorization: "hush" }));
const prompts = often(fc.constantFrom<unknown>("a.txt", ["a", "b"], { input_tokens: "5 to 9", unique: true }));

const voice = fc.tuple(
  fc.oneof(
    fc.record({
      protocol: often(fc.constantFrom("june", "triton", "riva")),
      host: grpcHost,
      metadata: headers,
      ...shared,
    }),
    fc.record({
      protocol: fc.constant("openai"),
      host: httpHost,
      model: fc.constant("m"),
      headers,
      http: often(fc.constantFrom(1.1, 2)),
      ...shared,
    }),
  ),
  rarely(fc.record({ prompts })),
  faults,
).map((parts) => Object.assign({}, ...parts) as object);

const exchanges = <T>(one: fc.Arbitrary<T>) => fc.array(one, { minLength: 1, maxLength: 3 });
const { weight: _, ...own } = shared;
const request = fc.record({
  name: names,
  weight,
  path: fc.constantFrom("/a", "/b?c={{int 1 2}}", "/{{uuid}}"),
  json: often(json),
  checks,
});
const call = fc.tuple(
  fc.oneof(
    fc.record({
      protocol: fc.constant("grpc"),
      host: grpcHost,
      exchanges: exchanges(
        fc.record({ name: names, weight, method: fc.constantFrom("p.S/M", "p.S/N"), message: often(json), checks }),
      ),
      ...own,
    }),
    fc.record({ protocol: fc.constant("rest"), host: httpHost, headers, exchanges: exchanges(request), ...own }),
    fc.record({
      protocol: fc.constant("websocket"),
      host: fc.constantFrom("a", "ws://a/b", "wss://a"),
      exchanges: exchanges(fc.record({ name: names, weight, json, reply: checks })),
      ...own,
    }),
  ),
  faults,
).map((parts) => Object.assign({}, ...parts) as object);

const tasks = fc.dictionary(
  fc.constantFrom(...Object.keys(TASKS), "call@one", "call@two/x", "llm.chat@llm", "call@gateway"),
  fc.integer({ min: 0, max: 3 }),
  { maxKeys: 3 },
);

Deno.test("loadScenario() makes a sound plan of whatever services a file names, or tells why it cannot", () => {
  const files = fc.record({
    grpc: often(
      fc.dictionary(fc.constantFrom("tensorrt_llm", "inference_api", "llm", "stt", "tts"), voice, { maxKeys: 2 }),
    ),
    calls: often(fc.dictionary(fc.constantFrom("one", "two"), call, { maxKeys: 2 })),
    gateway: rarely(
      fc.record({
        host: httpHost,
        rest_endpoints: fc.array(request, { maxLength: 2 }),
        websocket: fc.constant({ path: "/ws/{user_id}" }),
      }, { requiredKeys: [] }),
    ),
    tasks: rarely(tasks),
    test_type: rarely(fc.constantFrom("grpc", "rest", "websocket", "all")),
  });
  let sound = 0;
  fc.assert(
    fc.property(files, ({ grpc, calls, gateway, tasks, test_type }) => {
      const written = JSON.stringify({
        services: { grpc, calls, gateway },
        scenarios: { one: { users: 2, duration: "5s", tasks } },
      });
      try {
        const { plan } = load(written, { overrides: test_type === undefined ? {} : { test_type: test_type as "all" } });
        sound++;
        assert.ok(plan.tasks.length > 0);
        const operations = new Set(plan.tasks.map(({ operation }) => operation));
        assert.equal(operations.size, plan.tasks.length);
        for (const { name, operation, services } of plan.tasks) {
          for (const service of services) {
            const found = plan.services.find((candidate) => candidate.name === service);
            assert.ok(found);
            if (name !== "voice_turn") assert.ok(PROTOCOL_FACTS[found.protocol].tasks.includes(name));
            if (name === "call") assert.ok(exchangesOf(found).includes(operation));
          }
        }
        const shown = JSON.stringify([describePlan(plan), redactPlan(plan)]);
        assert.ok(!shown.includes("hush"));
      } catch (error) {
        if (!(error instanceof ScenarioError)) throw error;
        for (const { at, text } of error.problems) {
          assert.match(at, /^load\.yaml:\d+:\d+$|^--test-type$/);
          assert.ok(text !== "" && !text.includes("hush"), text);
        }
      }
    }),
    { numRuns: 1000 },
  );
  assert.ok(sound > 100, `${sound} files were sound`);
});
