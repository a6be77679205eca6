import assert from "node:assert/strict";
import { encodeV2 } from "../../lib/measure/hdr_exchange.ts";
import { HIGHEST_US, highestAt, Histogram, indexOf } from "../../lib/measure/histogram.ts";
import { randomStream } from "../../lib/schedule/random.ts";
import { pythonWith } from "./python.ts";

const SOURCE = new URL("./hdr_python/", import.meta.url).pathname;
/**
 * HdrHistogram's rank is n p rounded up, Python's is n p rounded to the nearest: the counts of this test make them equal
 * at each of these.
 */
const PERCENTILES = [0.1, 1, 10, 25, 50, 75, 90, 95, 99, 99.9, 99.99, 100];

/** What Python reads from a histogram. */
interface Read {
  count: number;
  min: number;
  max: number;
  /** At each of `PERCENTILES`. */
  values: number[];
}

async function readInPython(histograms: readonly Histogram[]): Promise<Read[]> {
  const python = await pythonWith("hdr_python", SOURCE);
  const child = new Deno.Command(python, {
    args: [`${SOURCE}read.py`],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  const asked = { histograms: histograms.map(encodeV2), percentiles: PERCENTILES };
  await writer.write(new TextEncoder().encode(JSON.stringify(asked)));
  await writer.close();
  const { success, stdout, stderr } = await child.output();
  assert.ok(success, new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout)) as Read[];
}

function histogramOf(values: Iterable<number>): Histogram {
  const histogram = new Histogram();
  for (const value of values) histogram.record(value);
  return histogram;
}

/** `count` latencies over `decades` powers of ten, from 1 us on. */
function* spread(seed: number, count: number, decades: number): Generator<number> {
  const random = randomStream(seed, 0);
  for (let i = 0; i < count; i++) yield Math.min(HIGHEST_US, Math.max(1, 10 ** (decades * random.next())));
}

Deno.test("Python's hdrhistogram reads the V2 export with the same count and quantiles", async () => {
  const cases = [
    histogramOf([]),
    histogramOf([0, 0, 0, 5]),
    histogramOf([1]),
    histogramOf([HIGHEST_US]),
    histogramOf(Array.from({ length: 100 }, (_, i) => i + 1)),
    histogramOf(Array.from({ length: 5000 }, (_, i) => 2040 + i)),
    histogramOf(spread(1, 1000, 9.556)),
    histogramOf(spread(2, 200_000, 7)),
    histogramOf(spread(3, 50_000, 4)),
  ];
  for (const [i, read] of (await readInPython(cases)).entries()) {
    const ours = cases[i] as Histogram;
    assert.equal(read.count, ours.count, `count of ${i}`);
    if (ours.count === 0) continue;
    for (const [at, percentile] of PERCENTILES.entries()) {
      // Python answers with the top of the slot; ours is never above the exact maximum.
      const slot = highestAt(indexOf(ours.percentile(percentile)));
      assert.equal(read.values[at], slot, `p${percentile} of ${i}`);
    }
    assert.equal(indexOf(read.min), indexOf(ours.min), `minimum of ${i}`);
    assert.equal(indexOf(read.max), indexOf(ours.max), `maximum of ${i}`);
  }
});
