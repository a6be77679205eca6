import assert from "node:assert/strict";
import fc from "fast-check";
import { shareInterval, wilson } from "../../lib/statistics/proportion.ts";

Deno.test("wilson() gives a published example: 10 of 50 is 11.2 % to 33.0 %", () => {
  const { low, high } = wilson(10, 50);
  assert.deepEqual([low.toFixed(4), high.toFixed(4)], ["0.1124", "0.3304"]);
});

Deno.test("wilson() says by the rule of three how many may fail when none did", () => {
  const { low, high } = wilson(0, 300);
  assert.equal(low, 0);
  assert.ok(Math.abs(high - (1 - 0.05 ** (1 / 300))) < 1e-12 && Math.abs(high - 3 / 300) < 1e-4);
  assert.deepEqual(wilson(300, 300), { low: 1 - high, high: 1 });
});

Deno.test("wilson() holds the share it is of, inside 0 to 1, and narrows with more trials", () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 10_000 }), fc.double({ min: 0, max: 1, noNaN: true }), (n, p) => {
    const part = Math.round(n * p);
    const { low, high } = wilson(part, n);
    assert.ok(low >= 0 && high <= 1 && low <= part / n && part / n <= high);
    const more = wilson(part * 16, n * 16);
    assert.ok(more.high - more.low < high - low);
  }));
});

Deno.test("shareInterval() is Wilson's where failures are spread, and wider where they come in bursts", () => {
  const parts = (failed: (i: number) => number) =>
    Array.from({ length: 30 }, (_, i) => ({ part: failed(i), whole: 200 }));
  const [spread, bursts] = [parts(() => 10), parts((i) => i >= 12 && i < 15 ? 100 : 0)];
  const all = { part: 300, whole: 6000 };
  const independent = wilson(300, 6000);
  assert.deepEqual(shareInterval(all, spread), independent);
  const wide = shareInterval(all, bursts);
  assert.ok(wide !== null && wide.high - wide.low > 3 * (independent.high - independent.low) && wide.low >= 0);
});

Deno.test("shareInterval() without batches knows only what trials that all agree tell", () => {
  assert.equal(shareInterval({ part: 3, whole: 100 }, []), null);
  assert.deepEqual(shareInterval({ part: 0, whole: 100 }, []), wilson(0, 100));
  assert.deepEqual(shareInterval({ part: 100, whole: 100 }, []), wilson(100, 100));
});
