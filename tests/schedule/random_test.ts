import assert from "node:assert/strict";
import {
  arrivalRandom,
  type RandomStream,
  randomStream,
  scheduleRandom,
  userRandom,
} from "../../lib/schedule/random.ts";

const take = (random: RandomStream) => Array.from({ length: 5 }, () => random.next());

Deno.test("randomStream() repeats for the same seed and stream, and differs for others", () => {
  assert.deepEqual(take(randomStream(7, 3)), take(randomStream(7, 3)));
  assert.notDeepEqual(take(randomStream(7, 3)), take(randomStream(7, 4)));
  assert.notDeepEqual(take(randomStream(7, 3)), take(randomStream(8, 3)));
});

Deno.test("randomStream() fills [0, 1) evenly, across streams and arrivals too", () => {
  const one = randomStream(1, 1);
  for (const draw of [() => one, (i: number) => randomStream(1, i), (i: number) => arrivalRandom(1, 0, i)]) {
    const bins = new Array<number>(10).fill(0);
    for (let i = 0; i < 20_000; i++) {
      const value = draw(i).next();
      assert.ok(value >= 0 && value < 1);
      bins[Math.floor(value * 10)]! += 1;
    }
    // 2000 expected a bin; five standard deviations are 212.
    for (const count of bins) assert.ok(Math.abs(count - 2000) < 212, `${bins}`);
  }
});

Deno.test("users, arrivals and schedules of all loads have streams of their own", () => {
  const streams = [
    ...[0, 1].flatMap((load) => [0, 1, 2].map((i) => userRandom(5, load, i))),
    ...[0, 1].flatMap((load) => [0, 1, 2].map((i) => arrivalRandom(5, load, i))),
    ...["a", "b", "ab", "ba"].map((name) => scheduleRandom(5, name)),
  ];
  assert.equal(new Set(streams.map((stream) => take(stream).join())).size, streams.length);
});
