import assert from "node:assert/strict";
import v8 from "node:v8";
import vm from "node:vm";
import { makeRecords } from "../result/make_run.ts";
import { soundLines } from "../result/hostile/files.ts";
import { fuzzResults } from "../result/hostile/fuzz.ts";

const MIB = 2 ** 20;
v8.setFlagsFromString("--expose-gc");
const collect = vm.runInNewContext("gc") as () => void;

/** What is held after a collection, buffers included. Their memory is given back by and by, so the least of some readings. */
async function heldBytes(): Promise<number> {
  let least = Infinity;
  for (let reading = 0; reading < 20; reading++) {
    collect();
    await new Promise((resolve) => setTimeout(resolve, 10));
    const { heapUsed, external } = Deno.memoryUsage();
    least = Math.min(least, heapUsed + external);
  }
  return least;
}

Deno.test("150 mutated results, pages included, neither crash nor grow", async () => {
  const failing = makeRecords({ seconds: 5, errors: 0.1 }).map((record) => JSON.stringify(record));
  const sources = [soundLines(), failing];
  await fuzzResults(sources, { from: 1000, to: 1030 }, "page");
  const before = await heldBytes();
  const counts = await fuzzResults(sources, { from: 1030, to: 1180 }, "page");
  for (const [way, count] of Object.entries(counts)) assert.ok(count > 0, way);
  const grown = (await heldBytes() - before) / MIB;
  // A fifth of each page result that is held would be seen. The memory of the process says less, as it is kept for later.
  assert.ok(grown < 20, `${Math.round(grown)} MiB more`);
});
