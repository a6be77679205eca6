import assert from "node:assert/strict";
import fc from "fast-check";
import type { LoadSegment, OpenLoad } from "../../lib/plan/plan.ts";
import { type Arrivals, arrivals, offered } from "../../lib/schedule/arrivals.ts";
import { PartOfArrivals } from "../../lib/schedule/part_of_arrivals.ts";

const FILE = { path: "/offsets.txt", at: "test:1:1" };

/** A load of courses that follow each other; their times are lengths until then. */
function openLoad(spacing: OpenLoad["spacing"], ...pieces: LoadSegment[]): OpenLoad {
  let end_ms = 0;
  const courses = pieces.map((piece) => {
    const start_ms = end_ms;
    end_ms += piece.end_ms;
    return { ...piece, start_ms, end_ms };
  });
  return { kind: "open", name: "load", spacing, max_in_flight: 100, max_wait_ms: 1000, courses };
}

const linear = (from: number, to: number, length_s: number): LoadSegment => ({
  kind: "linear",
  start_ms: 0,
  end_ms: length_s * 1000,
  from,
  to,
});

const sine = (mean: number, amplitude: number, period_s: number, length_s: number): LoadSegment => ({
  kind: "sine",
  start_ms: 0,
  end_ms: length_s * 1000,
  mean,
  amplitude,
  period_ms: period_s * 1000,
});

const replay = (arrivals: number, length_s: number): LoadSegment => ({
  kind: "replay",
  start_ms: 0,
  end_ms: length_s * 1000,
  file: FILE,
  arrivals,
});

function all(source: Arrivals): number[] {
  const instants: number[] = [];
  for (let due_us = source.next(); due_us !== null; due_us = source.next()) instants.push(due_us);
  return instants;
}

const instantsOf = (load: OpenLoad, seed = 1, offsets: readonly number[] = []) =>
  all(arrivals(load, seed, () => offsets));

const rate = fc.double({ min: 0, max: 40, noNaN: true });
const length = fc.integer({ min: 1, max: 20 });
const anyCourse = fc.oneof(
  fc.tuple(rate, rate, length).map(([from, to, s]) => linear(from, to, s)),
  fc.tuple(rate, rate, fc.double({ min: 0.1, max: 30, noNaN: true }), length)
    .map(([mean, amplitude, period, s]) => sine(mean + 0.01, amplitude, period, s)),
);
const anyLoad = fc.tuple(
  fc.constantFrom("constant" as const, "poisson" as const),
  fc.array(anyCourse, { minLength: 1, maxLength: 4 }),
)
  .map(([spacing, courses]) => openLoad(spacing, ...courses));
const anySeed = fc.integer({ min: 0, max: 2 ** 31 });

Deno.test("arrivals() at a constant rate come evenly, the first at once and none at the end", () => {
  assert.deepEqual(instantsOf(openLoad("constant", linear(4, 4, 1))), [0, 250_000, 500_000, 750_000]);
  assert.equal(instantsOf(openLoad("constant", linear(50, 50, 10), linear(200, 200, 5))).length, 1500);
});

Deno.test("arrivals() follow a ramp: of a rate that rises from 0, number k comes at the root of k", () => {
  // 0 to 8/s within 4 s: 16 in all, half of them in the last 1.17 s.
  const expected = Array.from({ length: 16 }, (_, k) => Math.round(Math.sqrt(k) * 1e6));
  assert.deepEqual(instantsOf(openLoad("constant", linear(0, 8, 4))), expected);
  const falling = instantsOf(openLoad("constant", linear(8, 0, 4)));
  assert.equal(falling.length, 16);
  assert.equal(falling.filter((us) => us < 2_000_000).length, 12);
});

Deno.test("arrivals() of a sine crowd at its crest and thin out in its trough", () => {
  // Integral over the first half period: 10 * 5 + 5 * 10 / pi.
  const wave = openLoad("constant", sine(10, 5, 10, 20));
  const instants = instantsOf(wave);
  assert.equal(instants.length, 200);
  assert.equal(instants.filter((us) => us < 5_000_000).length, Math.ceil(50 + 50 / Math.PI));
  assert.ok(Math.abs(offered(wave, 0, 5_000_000) - (50 + 50 / Math.PI)) < 1e-9);
});

Deno.test("arrivals() of a sine whose trough lies below 0 pause there", () => {
  const wave = openLoad("constant", sine(5, 10, 12, 24));
  // 5 + 10 sin x is below 0 from x = 7 pi / 6 to 11 pi / 6: from 7 s to 11 s of each period.
  const inside = instantsOf(wave).filter((us) => us % 12e6 > 7e6 && us % 12e6 < 11e6);
  assert.deepEqual(inside, []);
  const area = 5 * 8 + 10 * 12 / (2 * Math.PI) * (2 * Math.cos(Math.PI / 6));
  assert.ok(Math.abs(offered(wave, 0, 12e6) - area) < 1e-9);
  assert.ok(Math.abs(offered(wave, 0, 24e6) - 2 * area) < 1e-9);
});

Deno.test("arrivals() with constant spacing number the integral of the rate, within one, at every instant", () => {
  fc.assert(fc.property(fc.array(anyCourse, { minLength: 1, maxLength: 4 }), (courses) => {
    const load = openLoad("constant", ...courses);
    for (const [k, due_us] of instantsOf(load).entries()) {
      const demanded = offered(load, 0, due_us);
      // An instant is rounded to a microsecond, in which at most 80/s * 1 us arrive.
      assert.ok(Math.abs(demanded - k) < 1e-3, `arrival ${k} at ${due_us} us, where ${demanded} are due`);
    }
    const end_us = load.courses.at(-1)!.end_ms * 1000;
    const count = instantsOf(load).length;
    assert.ok(Math.abs(count - offered(load, 0, end_us)) <= 1, `${count} of ${offered(load, 0, end_us)}`);
  }));
});

Deno.test("arrivals() never fall and stay within the load", () => {
  fc.assert(fc.property(anyLoad, anySeed, (load, seed) => {
    const instants = instantsOf(load, seed);
    const end_us = load.courses.at(-1)!.end_ms * 1000;
    for (const [i, due_us] of instants.entries()) {
      assert.ok(due_us >= (instants[i - 1] ?? 0) && due_us < end_us, `${due_us} after ${instants[i - 1]}`);
    }
  }));
});

Deno.test("PartOfArrivals: the parts sum to the whole with 1 to 8 parts, each arrival once and under its own number", () => {
  fc.assert(fc.property(anyLoad, anySeed, fc.integer({ min: 1, max: 8 }), (load, seed, parts) => {
    const whole = instantsOf(load, seed);
    const seen = new Array<number>(whole.length);
    for (let part = 0; part < parts; part++) {
      const share = new PartOfArrivals(load, seed, () => [], part, parts);
      for (let due_us = share.next(); due_us !== null; due_us = share.next()) {
        assert.equal(share.index % parts, part);
        assert.equal(seen[share.index], undefined);
        seen[share.index] = due_us;
      }
    }
    assert.deepEqual(seen, whole);
  }));
});

Deno.test("arrivals() of a Poisson process repeat with the seed, and differ for another seed or load", () => {
  const load = openLoad("poisson", linear(20, 20, 5));
  assert.deepEqual(instantsOf(load, 7), instantsOf(load, 7));
  assert.notDeepEqual(instantsOf(load, 7), instantsOf(load, 8));
  assert.notDeepEqual(instantsOf(load, 7), instantsOf({ ...load, name: "other" }, 7));
});

Deno.test("arrivals() of a Poisson process have its mean and variance, on ramps and sines too", () => {
  for (const course of [linear(30, 30, 10), linear(0, 60, 10), sine(30, 25, 4, 10)]) {
    const load = openLoad("poisson", course);
    const expected = offered(load, 0, 10e6);
    const counts = Array.from({ length: 1000 }, (_, seed) => instantsOf(load, seed).length);
    const mean = counts.reduce((a, b) => a + b) / counts.length;
    const variance = counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / (counts.length - 1);
    // Standard errors over 1000 runs: sqrt(300 / 1000) = 0.55 of the mean, sqrt(2 / 999) = 4.5 % of the variance.
    assert.ok(Math.abs(mean - expected) < 2.75, `mean ${mean} of ${expected}`);
    assert.ok(Math.abs(variance / expected - 1) < 0.225, `variance ${variance} of ${expected}`);
  }
});

Deno.test("arrivals() of a Poisson process have exponential gaps", () => {
  const instants = instantsOf(openLoad("poisson", linear(100, 100, 200)));
  const gaps_s = instants.map((us, i) => (us - (instants[i - 1] ?? 0)) / 1e6);
  // Share of gaps above x is exp(-100 x); five standard errors of a share over 20,000 gaps are at most 0.018.
  for (const x of [0.002, 0.01, 0.03]) {
    const share = gaps_s.filter((gap) => gap > x).length / gaps_s.length;
    assert.ok(Math.abs(share - Math.exp(-100 * x)) < 0.018, `${share} above ${x}`);
  }
});

Deno.test("arrivals() of a replay are its offsets, exactly, between what comes before and after", () => {
  const load = openLoad("constant", linear(2, 2, 1), replay(3, 5), linear(2, 2, 1));
  const instants = instantsOf(load, 1, [0, 1_234_567, 4_999_999]);
  assert.deepEqual(instants, [0, 500_000, 1_000_000, 2_234_567, 5_999_999, 6_000_000, 6_500_000]);
  assert.equal(offered(load, 0, 7e6), 7);
});

Deno.test("offered() adds up over any cut of the run", () => {
  fc.assert(fc.property(anyLoad, fc.double({ min: 0, max: 1, noNaN: true }), (load, share) => {
    const end_us = load.courses.at(-1)!.end_ms * 1000;
    const cut_us = share * end_us;
    const whole = offered(load, 0, end_us);
    const sum = offered(load, -1e9, cut_us) + offered(load, cut_us, 2 * end_us);
    assert.ok(Math.abs(sum - whole) < 1e-6 * Math.max(1, whole), `${sum} of ${whole}`);
  }));
});
