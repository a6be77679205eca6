import assert from "node:assert/strict";
import { figuresOf, frozen, samplingBand, sojourns } from "../../bench/accuracy/path.ts";
import { md1, mm1, type Sojourn, waitsAtMost } from "../../bench/accuracy/queueing.ts";
import { randomStream } from "../../lib/schedule/random.ts";

const near = (found: number, wanted: number, share: number) =>
  assert.ok(Math.abs(found / wanted - 1) <= share, `${found}, not ${wanted} within ${share * 100} %`);

/** Sojourns of `calls` calls by arithmetic; services take 1 on average. */
function simulate(seed: number, load: number, calls: number, constant: boolean): number[] {
  const random = randomStream(seed, 0);
  const exponential = () => -Math.log(1 - random.next());
  const arrivals: number[] = [];
  for (let i = 0, at = 0; i < calls; i++) arrivals.push(at += exponential() / load);
  return sojourns(arrivals, constant ? () => 1 : exponential);
}

Deno.test("waitsAtMost() equals Erlang's sum, which alternates, where that still has its digits", () => {
  for (const load of [0.3, 0.5, 0.8]) {
    for (const t of [0, 0.25, 0.5, 1, 1.5, 2, 3.7, 6]) {
      let sum = 0;
      for (let k = 0, factorial = 1; k <= t; factorial *= ++k) {
        sum += (load * (k - t)) ** k / factorial * Math.exp(load * (t - k));
      }
      near(waitsAtMost(load)(t), (1 - load) * sum, 1e-9);
    }
  }
});

Deno.test("waitsAtMost() has the mean of Pollaczek and Khinchine", () => {
  for (const load of [0.5, 0.8, 0.9]) {
    const waits = waitsAtMost(load);
    const step = 0.01;
    let mean = 0;
    for (let t = step / 2; t < 200; t += step) mean += (1 - waits(t)) * step;
    near(mean, load / (2 * (1 - load)), 1e-4);
  }
});

Deno.test("theory and Lindley's recursion agree on M/M/1 and M/D/1", () => {
  const cases: [number, boolean, Sojourn][] = [0.5, 0.8].flatMap((load) => [
    [load, false, mm1(1, load)],
    [load, true, md1(1, load)],
  ]);
  for (const [load, constant, theory] of cases) {
    const found = figuresOf(simulate(7, load, 400_000, constant));
    near(found.mean, theory.mean_ms, 0.03);
    near(found.p99, theory.percentile_ms(99), 0.04);
  }
});

Deno.test("md1() waits half as long as mm1() on average", () => {
  near(mm1(10, 0.9).mean_ms - 10, 2 * (md1(10, 0.9).mean_ms - 10), 1e-12);
});

Deno.test("frozen() holds what falls due in the freeze to its end", () => {
  assert.deepEqual(frozen([0, 10, 20, 30, 40], 5, 15, 20), [5, 25, 15, 5, 5]);
});

Deno.test("a freeze of 2 s in 20 s at 100/s puts the P99 at 1.8 s, wherever it begins", () => {
  const arrivals = Array.from({ length: 2000 }, (_, i) => 10 * i);
  for (let at = 9000; at < 9010; at++) near(figuresOf(frozen(arrivals, 5, at, 2000)).p99, 1800, 0.006);
});

Deno.test("samplingBand() is wide where calls depend on each other", () => {
  const theory = { mean: mm1(1, 0.9).mean_ms, p99: mm1(1, 0.9).percentile_ms(99) };
  let seed = 0;
  const band = samplingBand(theory, () => simulate(++seed, 0.9, 6000, false));
  // From the asymptotic variance of the queue: 1.96 sqrt(2 load (1 + load) / (1 - load)^4 / 6000) / 9 = 0.52.
  assert.ok(band.mean > 0.3 && band.mean < 0.7, `${band.mean}`);
  assert.ok(band.p99 > band.mean / 2, `${band.p99}`);
});
