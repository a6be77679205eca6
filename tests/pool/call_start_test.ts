import assert from "node:assert/strict";
import type { CallStart, Operation } from "../../lib/driver/driver.ts";
import type { OpenLoad, Plan } from "../../lib/plan/plan.ts";
import { userRandom } from "../../lib/schedule/random.ts";
import { closedLoad, constantPause, task } from "../plans.ts";
import { makePlan } from "../result/make_run.ts";
import { after, operation, runPool } from "./operations.ts";

const DURATION_MS = 120;
const arrivals: OpenLoad = {
  kind: "open",
  name: "arrivals",
  courses: [{ kind: "linear", start_ms: 0, end_ms: DURATION_MS, from: 200, to: 200 }],
  spacing: "constant",
  max_in_flight: 100,
  max_wait_ms: 1000,
};

/** An operation that keeps the starts of its calls, and ends each in 2 ms. */
function keeping(name: string): { operation: Operation; starts: CallStart[] } {
  const starts: CallStart[] = [];
  const inner = operation(name, after(2000));
  return {
    starts,
    operation: {
      ...inner,
      start(start) {
        starts.push(start);
        return inner.start(start);
      },
    },
  };
}

/** Runs three users and an open load beside them; the starts of each. */
async function started(change: Partial<Plan> = {}) {
  const plan = makePlan({
    loads: [arrivals, closedLoad(3, 1000, DURATION_MS, constantPause(1))],
    duration_ms: DURATION_MS,
    grace_ms: 200,
    stages: [0, 1].map((load) => ({ name: "hold", load, start_ms: 0, end_ms: DURATION_MS, warm_up: false })),
    tasks: [{ ...task("llm.chat"), load: 0 }, { ...task("tts.synthesize"), load: 1 }],
    ...change,
  });
  const [open, closed] = [keeping("llm.chat"), keeping("tts.synthesize")];
  await runPool(plan, [open.operation, closed.operation]);
  return { open: open.starts, closed: closed.starts };
}

Deno.test("a user starts all its calls as one identity, from one stream of numbers; an arrival has no user", async () => {
  const { open, closed } = await started();
  assert.ok(open.length > 10, `${open.length} arrivals`);
  assert.ok(open.every(({ user }) => user === null));
  assert.equal(new Set(open.map(({ random }) => random)).size, open.length, "each arrival draws for itself");

  const users = [...new Set(closed.map(({ user }) => user))];
  assert.deepEqual(users.map((user) => `${user?.load} ${user?.number}`).sort(), ["1 0", "1 1", "1 2"]);
  for (const one of users) {
    const own = closed.filter(({ user }) => user === one);
    assert.ok(own.length > 2, `${own.length} calls`);
    assert.equal(new Set(own.map(({ random }) => random)).size, 1);
  }
});

Deno.test("the pool gives no text and asks for no facts of inputs", async () => {
  const { open, closed } = await started();
  for (const { givenText, inputs } of [...open, ...closed]) assert.deepEqual([givenText, inputs], [null, null]);
});

Deno.test("a user's numbers are those of its seed, load and number, as they always were", async () => {
  const { closed } = await started({ seed: 99 });
  for (const user of new Set(closed.map(({ user }) => user))) {
    const { random } = closed.find((start) => start.user === user) as CallStart;
    const tasks = closed.filter((start) => start.user === user).length;
    const expected = userRandom(99, 1, user?.number ?? -1);
    // One number of its stream drew each task.
    for (let at = 0; at < tasks; at++) expected.next();
    assert.equal(random.next(), expected.next());
  }
});
