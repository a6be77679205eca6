import assert from "node:assert/strict";
import fc from "fast-check";
import { duetFault, duetOf, sidePlan } from "../../lib/plan/duet.ts";
import type { Plan, ServicePlan } from "../../lib/plan/plan.ts";
import { rule, task } from "../plans.ts";
import { makePlan } from "../result/make_run.ts";

const moved = (plan: Plan): Plan => ({
  ...plan,
  services: plan.services.map((one) => ({ ...one, address: `other-${one.address}` })),
});

Deno.test("each side of a duet has the plan it would have alone", () => {
  const plan = makePlan({
    tasks: [task("llm.chat_stream"), task("voice_turn", 2)],
    objectives: [
      { operations: "llm.*", of: "response_time", limit: 1e6 },
      { operations: null, of: "response_time", limit: 2e6 },
    ],
  });
  const duet = duetOf(plan, moved(plan));
  const alone = ({ scenario: _, hidden: _hidden, ...rest }: Plan) => rest;
  assert.deepEqual(alone(sidePlan(duet, 0)), alone(plan));
  assert.deepEqual(alone(sidePlan(duet, 1)), alone(moved(plan)));
  assert.equal(duetFault(duet), null);
  assert.equal(duetFault(plan), null);
});

Deno.test("rules of a duet hold for both sides, and lose nothing on the way", () => {
  const texts = [
    "p95(response_time, llm.*) < 2s",
    "error_rate(llm.chat_stream) < 1%",
    "error_rate < 1%",
    "load >= 100%",
  ];
  const plan = makePlan({ thresholds: texts.map(rule) });
  const duet = duetOf(plan, plan);
  assert.deepEqual(duet.thresholds.map(({ source }) => source), [
    "p95(response_time, llm.*@*) < 2s",
    "error_rate(llm.chat_stream@*) < 1%",
    "error_rate < 1%",
    "load >= 100%",
  ]);
  assert.deepEqual(duet.thresholds.map(({ source }) => rule(source)), duet.thresholds, "as they are written");
  assert.deepEqual(sidePlan(duet, 1).thresholds, plan.thresholds);
});

Deno.test("exchanges of the user's own are renamed with their operations", () => {
  const shop = {
    ...makePlan().services[0],
    name: "shop",
    kind: "call",
    protocol: "rest",
    settings: { protocol: "rest", exchanges: [{ name: "buy" }, { name: "look" }] },
  } as unknown as ServicePlan;
  const plan = makePlan({
    services: [shop],
    tasks: [{ name: "call", operation: "buy", services: ["shop"], load: 0, weight: 1 }],
  });
  const duet = duetOf(plan, plan);
  const names = (one: Plan) =>
    one.services.flatMap(({ settings }) =>
      settings !== null && "exchanges" in settings ? settings.exchanges.map(({ name }) => name) : []
    );
  assert.deepEqual(names(duet), ["buy@A", "look@A", "buy@B", "look@B"]);
  assert.deepEqual(names(sidePlan(duet, 0)), ["buy", "look"]);
});

Deno.test("two scenarios with different loads make no duet", () => {
  const plan = makePlan();
  assert.throws(() => duetOf(plan, makePlan({ duration_ms: 1 })), /differ in their duration_ms/);
  assert.throws(() => duetOf(plan, makePlan({ tasks: [task("llm.chat")] })), /differ in their tasks/);
});

Deno.test("a stranger's duet whose sides are not alike is refused, whatever it holds", () => {
  const duet = duetOf(makePlan(), makePlan());
  assert.match(duetFault({ ...duet, duet: { sides: ["A", "A"] } })!, /two sides of the name/);
  assert.match(duetFault({ ...duet, tasks: duet.tasks.slice(1) })!, /not the same on both sides/);
  assert.match(duetFault({ ...duet, tasks: duet.tasks.toReversed() })!, /not the same on both sides/);
  assert.match(duetFault({ ...duet, services: makePlan().services })!, /neither side/);
  const operation = fc.constantFrom("a@A", "a@B", "b@A", "b@B", "a", "@A");
  fc.assert(fc.property(fc.array(operation, { minLength: 1, maxLength: 6 }), (operations) => {
    const tasks = operations.map((name) => ({ ...task("llm.chat"), operation: name, services: [] }));
    const half = tasks.length / 2;
    const fits = tasks.length % 2 === 0 &&
      operations.slice(0, half).every((name, at) =>
        name.endsWith("@A") && operations[half + at] === name.replace(/@A$/, "@B")
      );
    assert.equal(duetFault({ ...duet, tasks }) === null, fits, operations.join());
  }));
});
