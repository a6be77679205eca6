import assert from "node:assert/strict";
import type { Operation, OperationEnd } from "../../lib/driver/driver.ts";
import type { Plan } from "../../lib/plan/plan.ts";
import { PoolClock } from "../../lib/pool/clock.ts";
import { UserPool } from "../../lib/pool/user_pool.ts";
import { closedLoad, constantPause, holdStage, task } from "../plans.ts";
import { makePlan } from "../result/make_run.ts";
import { after, type Begin, CANCELLED, OK, operation, runPool } from "./operations.ts";

function shortPlan(users: number, duration_ms: number, change: Partial<Plan> = {}): Plan {
  return makePlan({
    loads: [closedLoad(users, 1000, duration_ms, constantPause(2))],
    duration_ms,
    grace_ms: 200,
    stages: [holdStage(duration_ms)],
    tasks: [task("llm.chat", 3), task("tts.synthesize", 1)],
    ...change,
  });
}

Deno.test("UserPool ends every call it issues in exactly one outcome", async () => {
  const fail: OperationEnd = { ...OK, outcome: "failed", code: 14, type: "UNAVAILABLE", details: "gone after 3 ms" };
  const { run } = await runPool(shortPlan(20, 150), [
    operation("llm.chat", after(1000)),
    operation("tts.synthesize", after(500, fail)),
  ]);
  const { issued, outcomes } = run.total();
  assert.ok(issued > 100, `${issued} calls`);
  assert.equal(run.unaccounted, 0);
  assert.equal(issued, outcomes.ok + outcomes.failed);
  assert.ok(outcomes.failed > 0);
  assert.equal(run.failures[0]?.count, outcomes.failed);
  assert.equal(run.failures[0]?.pattern, "gone after <n> ms");
});

Deno.test("UserPool gives calls in flight the grace period, then cuts them off as unfinished", async () => {
  const plan = shortPlan(4, 60, { grace_ms: 60 });
  const { run } = await runPool(plan, [
    operation("llm.chat", after(80_000)),
    operation("tts.synthesize", after(10_000_000)),
  ]);
  const { outcomes } = run.total();
  assert.equal(run.unaccounted, 0);
  assert.equal(outcomes.ok + outcomes.unfinished, 4);
  assert.ok(outcomes.ok > 0 && outcomes.unfinished > 0, JSON.stringify(outcomes));
});

Deno.test("UserPool.stop() starts nothing more and waits for what is in flight", async () => {
  let begun = 0;
  const count: Begin = (marks, clock, random) => {
    begun++;
    return after(30_000)(marks, clock, random);
  };
  const both = [operation("llm.chat", count), operation("tts.synthesize", count)];
  const { run } = await runPool(shortPlan(5, 60_000), both, {
    act: (pool) =>
      void pool.clock.at(20_000, () => {
        pool.stop();
        pool.stop();
      }),
  });
  assert.deepEqual([begun, run.total().outcomes.ok, run.unaccounted], [5, 5, 0]);
});

Deno.test("UserPool.abort() ends at once, also when a driver never reports the end", async () => {
  const deaf: Begin = () => () => {};
  const both = [operation("llm.chat", deaf), operation("tts.synthesize", deaf)];
  const { run } = await runPool(shortPlan(3, 60_000), both, {
    act: (pool) => void pool.clock.at(20_000, () => pool.abort()),
  });
  assert.deepEqual([run.total().outcomes.unfinished, run.unaccounted], [3, 0]);
});

Deno.test("UserPool does not spin on operations that fail before they have begun", async () => {
  const dead: Begin = (marks) => {
    marks.end({ ...OK, outcome: "failed", code: 14, type: "UNAVAILABLE", details: "" });
    return () => {};
  };
  const loads = [closedLoad(2, 1000, 100, constantPause(0))];
  const both = [operation("llm.chat", dead), operation("tts.synthesize", dead)];
  const { run } = await runPool(shortPlan(2, 100, { loads }), both);
  assert.equal(run.unaccounted, 0);
  assert.ok(run.total().issued <= 202, `${run.total().issued} calls of 2 users in 100 ms`);
});

Deno.test("UserPool counts latency from the end of the think time and sets it apart from service time", async () => {
  const slowStart: Begin = (marks, clock) => {
    clock.at(clock.now_us() + 10_000, () => {
      marks.sent();
      clock.at(clock.now_us() + 5000, () => {
        marks.content();
        clock.at(clock.now_us() + 3000, () => {
          marks.content();
          marks.end(OK);
        });
      });
    });
    return () => {};
  };
  const both = [operation("llm.chat", slowStart), operation("tts.synthesize", slowStart)];
  const { run } = await runPool(shortPlan(2, 100), both);
  const total = run.total();
  const min = (name: Parameters<typeof total.histogram>[0]) => total.histogram(name).min;
  assert.ok(min("start_delay") >= 10_000);
  assert.ok(min("service_time") >= 8000 && min("service_time") < min("latency"));
  assert.ok(min("latency") >= 18_000);
  assert.ok(min("first_message") >= 15_000);
  assert.ok(min("gap") >= 3000);
  assert.equal(total.histogram("gap").count, total.outcomes.ok);
  assert.equal(total.messages, 2 * total.outcomes.ok);
});

Deno.test("UserPool draws the same tasks for the same seed, with one pool or three", async () => {
  const plan = shortPlan(6, 5000, { seed: 42 });
  const draws = async (parts: number) => {
    const byUser = new Map<number, string[]>();
    const pools = Array.from({ length: parts }, (_, part) => {
      let user = part;
      const first = (name: string): Operation =>
        operation(name, (marks, _clock, random) => {
          byUser.set(user, [name, String(random.next())]);
          user += parts;
          return () => marks.end(CANCELLED);
        });
      const operations = [first("llm.chat"), first("tts.synthesize")];
      const clock = new PoolClock(performance.now());
      const pool = new UserPool(plan, part, parts, { services: [], operations, offsets: () => [] }, clock, () => {});
      clock.at(30_000, () => pool.abort());
      return pool.run();
    });
    await Promise.all(pools);
    return [...byUser].sort(([a], [b]) => a - b);
  };
  const one = await draws(1);
  assert.equal(one.length, 6);
  assert.deepEqual(await draws(3), one);
});

Deno.test("UserPool reports all of its users up to the second in which the load ends", async () => {
  const both = [operation("llm.chat", after(1000)), operation("tts.synthesize", after(1000))];
  const users = async (duration_ms: number) => {
    const { intervals } = await runPool(shortPlan(7, duration_ms), both);
    return intervals.map((interval) => interval.users);
  };
  assert.deepEqual(await users(1100), [7, 7]);
  assert.equal((await users(1000))[0], 7);
});
