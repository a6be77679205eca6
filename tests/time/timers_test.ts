import assert from "node:assert/strict";
import fc from "fast-check";
import { Timers, type Waiting } from "../../lib/time/timers.ts";

/** Few instants, so that many timers share one. */
const DUE = fc.integer({ min: 0, max: 12 });

const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("add" as const), due: DUE }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("cancel" as const), which: fc.nat(40) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("take" as const), until: DUE }) },
);

/** One waiting timer as a plain list knows it. */
interface Model {
  timer: Waiting;
  id: number;
  due: number;
  cancelled: boolean;
}

/** What `take` must do, in words of a sorted list: cancelled timers that stand before the first live one go too. */
function takeFromList(list: Model[], until: number): Model | undefined {
  for (let first = list[0]; first !== undefined && first.due <= until; first = list[0]) {
    list.shift();
    if (!first.cancelled) return first;
  }
  return undefined;
}

Deno.test("Timers act as a list sorted by instant, then by when they were added", () => {
  fc.assert(fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
    const timers = new Timers();
    const list: Model[] = [];
    const ran: number[] = [];
    for (const [id, one] of steps.entries()) {
      if (one.kind === "add") {
        list.push({ timer: timers.add(one.due, () => ran.push(id)), id, due: one.due, cancelled: false });
        list.sort((a, b) => a.due - b.due || a.id - b.id);
      } else if (one.kind === "cancel") {
        const model = list[one.which % Math.max(1, list.length)];
        if (model !== undefined) model.cancelled = true;
        model?.timer.cancel();
      } else {
        const expected = takeFromList(list, one.until);
        const taken = timers.take(one.until);
        assert.equal(taken, expected?.timer ?? null);
        taken?.run();
        assert.equal(ran.pop(), expected?.id);
      }
      assert.equal(timers.first_due, list[0]?.due ?? Infinity);
      assert.equal(timers.second_due, list[1]?.due ?? Infinity);
    }
    assert.deepEqual(ran, []);
  }));
});

Deno.test("an action runs once, and not after cancel", () => {
  const timers = new Timers();
  let runs = 0;
  const kept = timers.add(1, () => runs++);
  kept.run();
  kept.run();
  assert.equal(runs, 1);
  const cancelled = timers.add(1, () => runs++);
  cancelled.cancel();
  cancelled.run();
  assert.equal(runs, 1);
});

Deno.test("an action may add a timer that is due at once: it comes next, after those added before", () => {
  const timers = new Timers();
  const ran: string[] = [];
  timers.add(1, () => {
    ran.push("first");
    timers.add(1, () => ran.push("added"));
  });
  timers.add(1, () => ran.push("second"));
  for (let timer = timers.take(1); timer !== null; timer = timers.take(1)) timer.run();
  assert.deepEqual(ran, ["first", "second", "added"]);
});

Deno.test("Timers.clear() forgets all", () => {
  const timers = new Timers();
  for (let due = 0; due < 5; due++) timers.add(due, () => assert.fail("ran"));
  timers.clear();
  assert.equal(timers.take(Infinity), null);
  assert.equal(timers.first_due, Infinity);
});
