import assert from "node:assert/strict";
import { HostClock } from "../../../lib/sim/model/clock.ts";

Deno.test("HostClock runs actions in the order of their times, whatever order they were asked in", async () => {
  const clock = new HostClock();
  const begun_ms = clock.now_ms();
  const ran: [string, number][] = [];
  const done = Promise.withResolvers<void>();
  const at = (name: string, after_ms: number, action = () => {}) =>
    clock.at(begun_ms + after_ms, () => {
      ran.push([name, after_ms - (clock.now_ms() - begun_ms)]);
      action();
    });
  at("last", 30, () => done.resolve());
  at("second", 12);
  at("first", 5, () => at("chained", 8));
  at("never", 10).cancel();
  at("second, asked later", 12);
  await done.promise;
  assert.deepEqual(ran.map(([name]) => name), ["first", "chained", "second", "second, asked later", "last"]);
  for (const [name, early_ms] of ran) assert.ok(early_ms < 0.5, `${name} came ${early_ms} ms early`);
  clock.stop();
});

Deno.test("HostClock never runs an action before at() returns", async () => {
  const clock = new HostClock();
  const done = Promise.withResolvers<void>();
  let returned = false;
  clock.at(0, () => {
    assert.ok(returned);
    done.resolve();
  });
  returned = true;
  await done.promise;
  clock.stop();
});

Deno.test("HostClock keeps hundreds of timers in order, and stop() forgets them", async () => {
  const clock = new HostClock();
  const ran: number[] = [];
  const done = Promise.withResolvers<void>();
  const base_ms = clock.now_ms();
  for (let i = 0; i < 500; i++) {
    const after_ms = ((i * 7919) % 500) / 25;
    clock.at(base_ms + after_ms, () => {
      ran.push(after_ms);
      if (ran.length === 500) done.resolve();
    });
  }
  await done.promise;
  assert.deepEqual(ran, [...ran].sort((a, b) => a - b));
  clock.at(clock.now_ms() + 1, () => ran.push(-1));
  clock.stop();
  await new Promise((resolve) => setTimeout(resolve, 5));
  assert.equal(ran.includes(-1), false);
});

Deno.test("a precise HostClock is never early, and stop() ends its turns", async () => {
  const clock = new HostClock(true);
  const early_ms: number[] = [];
  const done = Promise.withResolvers<void>();
  const base_ms = clock.now_ms();
  for (let i = 0; i < 40; i++) {
    const due_ms = base_ms + 0.37 * i;
    clock.at(due_ms, () => {
      early_ms.push(due_ms - clock.now_ms());
      if (early_ms.length === 40) done.resolve();
    });
  }
  await done.promise;
  assert.deepEqual(early_ms.filter((early) => early > 0), []);
  clock.at(clock.now_ms() + 1, () => early_ms.push(-1));
  clock.stop();
  await new Promise((resolve) => setTimeout(resolve, 5));
  assert.equal(early_ms.length, 40);
});
