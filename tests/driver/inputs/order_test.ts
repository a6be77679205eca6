import assert from "node:assert/strict";
import fc from "fast-check";
import { Order, orderMemory } from "../../../lib/driver/inputs/order.ts";
import { userRandom } from "../../../lib/schedule/random.ts";

const none = { next: () => 0 };

Deno.test("in sequence each entry comes once before any comes again, over all workers together", () => {
  const workers = fc.array(fc.integer({ min: 0, max: 7 }), { minLength: 1, maxLength: 300 });
  fc.assert(fc.property(fc.integer({ min: 1, max: 60 }), workers, (entries, calls) => {
    const memory = orderMemory(entries);
    const orders = Array.from({ length: 8 }, () => new Order("sequential", entries, memory));
    const drawn = calls.map((worker) => orders[worker]!.next(none));
    assert.deepEqual(drawn, calls.map((_, at) => at % entries), "whoever draws");
    const repeated = calls.map((worker, at) => orders[worker]!.use(drawn[at]!, none));
    assert.deepEqual(repeated, calls.map((_, at) => at >= entries));
  }));
});

Deno.test("at random a user draws the same entries with one worker and with eight", () => {
  const users = Array.from({ length: 16 }, (_, user) => user);
  const drawnWith = (workers: number) => {
    const memory = orderMemory(1000);
    const orders = Array.from({ length: workers }, () => new Order("random", 1000, memory));
    return users.map((user) => {
      const random = userRandom(1, 0, user);
      return Array.from({ length: 20 }, () => orders[user % workers]!.next(random));
    });
  };
  assert.deepEqual(drawnWith(8), drawnWith(1));
  assert.ok(new Set(drawnWith(1).flat()).size > 200);
});

Deno.test("numbers of a run are never given twice, by any worker", () => {
  const memory = orderMemory(3);
  const [one, two] = [new Order("random", 3, memory), new Order("random", 3, memory)];
  assert.deepEqual([one.number(none), two.number(none), two.number(none), one.number(none)], [1, 2, 3, 4]);
});
