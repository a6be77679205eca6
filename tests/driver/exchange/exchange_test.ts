import assert from "node:assert/strict";
import { exchangeOf, templateOperation } from "../../../lib/driver/exchange/exchange.ts";
import type { TemplateContext } from "../../../lib/driver/exchange/template.ts";
import type { ServicePlan, TaskPlan } from "../../../lib/plan/plan.ts";
import { callStart, newUser } from "../call_start.ts";
import { FakeClock } from "../fake_clock.ts";

const service = { name: "orders" } as ServicePlan;
const task = (name: string, operation: string) => ({ name, operation }) as TaskPlan;

Deno.test("exchangeOf() finds the exchange of a call, and refuses other tasks and names", () => {
  const exchanges = new Map([["list", 1]]);
  assert.equal(exchangeOf(task("call", "list"), service, exchanges), 1);
  const refused = (name: string, operation: string) =>
    assert.throws(
      () => exchangeOf(task(name, operation), service, exchanges),
      { name: "TypeError", message: `Cannot prepare ${name} "${operation}": service orders has no such exchange` },
    );
  refused("call", "buy");
  refused("llm.chat", "list");
});

Deno.test("templateOperation() gives each call one number however often it asks, and the caller's user and draws", () => {
  const contexts: TemplateContext[] = [];
  const operation = templateOperation("list", true, (cx) => {
    contexts.push(cx);
    return { cancel() {} };
  });
  const random = { next: () => 0.5 };
  const user = newUser();
  const marks = { sent() {}, speechEnd() {}, content() {}, paced() {}, end() {} };
  for (let i = 0; i < 3; i++) operation.start(callStart(new FakeClock(), marks, { user, random }));
  assert.deepEqual([operation.name, operation.reply_stream], ["list", true]);
  assert.deepEqual(contexts.map((cx) => [cx.seq(), cx.seq()]), [[1, 1], [2, 2], [3, 3]]);
  for (const cx of contexts) assert.deepEqual([cx.random, cx.user], [random, user]);
});
