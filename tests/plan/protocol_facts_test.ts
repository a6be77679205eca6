import assert from "node:assert/strict";
import { DRIVERS } from "../../lib/driver/drivers.ts";
import { SIGNATURES } from "../../lib/driver/signatures.ts";
import { defaultTask, headersWord, PROTOCOL_FACTS, PROTOCOLS, protocolsOf } from "../../lib/plan/protocol_facts.ts";
import { scenarioJsonSchema } from "../../lib/scenario/reference/json_schema.ts";
import { type ServiceKind, TASKS } from "../../lib/plan/tasks.ts";

Deno.test("every protocol can do the default task of each kind of service it has", () => {
  for (const protocol of PROTOCOLS) {
    const { tasks } = PROTOCOL_FACTS[protocol];
    const kinds = new Set(tasks.map((task) => TASKS[task].services[0] as ServiceKind));
    for (const kind of kinds) assert.ok(tasks.includes(defaultTask(kind, protocol)), `${protocol} ${kind}`);
  }
});

Deno.test("every protocol is driven, and only kinds it can do are recognised", () => {
  assert.deepEqual(Object.keys(DRIVERS).sort(), PROTOCOLS.toSorted());
  for (const protocol of PROTOCOLS) {
    const { tasks, carrier } = PROTOCOL_FACTS[protocol];
    for (const { kind } of SIGNATURES[protocol]) {
      assert.equal(carrier, "grpc", `${protocol} is recognised over gRPC`);
      assert.ok(tasks.some((task) => (TASKS[task].services[0] as ServiceKind) === kind), `${protocol} ${kind}`);
    }
  }
});

Deno.test("a protocol that answers a generic health check has methods of its own to be told by", () => {
  for (const protocol of PROTOCOLS) {
    assert.equal(PROTOCOL_FACTS[protocol].generic_health, SIGNATURES[protocol].length > 0, protocol);
  }
});

Deno.test("facts keep what users know: who embeds, what headers are called, which --test-type selects", () => {
  assert.deepEqual(protocolsOf("llm.embed"), ["june", "openai"]);
  assert.deepEqual(PROTOCOLS.map(headersWord), [
    ...["metadata", "metadata", "metadata", "headers", "metadata", "headers", "headers"],
  ]);
  assert.deepEqual(PROTOCOLS.map((protocol) => PROTOCOL_FACTS[protocol].test_type), [
    ...["grpc", "grpc", "grpc", "grpc", "grpc", "rest", "websocket"],
  ]);
});

Deno.test("a scenario file can name every protocol", () => {
  const schema = JSON.stringify(scenarioJsonSchema());
  for (const protocol of PROTOCOLS) assert.ok(schema.includes(`"${protocol}"`), protocol);
});
