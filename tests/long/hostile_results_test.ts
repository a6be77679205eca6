import assert from "node:assert/strict";
import { makeRecords } from "../result/make_run.ts";
import { soundLines } from "../result/hostile/files.ts";
import { fuzzResults } from "../result/hostile/fuzz.ts";

const MIB = 2 ** 20;

Deno.test("700 mutated results, pages included, neither crash nor grow", async () => {
  const failing = makeRecords({ seconds: 5, errors: 0.1 }).map((record) => JSON.stringify(record));
  const sources = [soundLines(), failing];
  await fuzzResults(sources, { from: 1000, to: 1100 }, "page");
  const before = Deno.memoryUsage().rss;
  const counts = await fuzzResults(sources, { from: 1100, to: 1700 }, "page");
  for (const [way, count] of Object.entries(counts)) assert.ok(count > 0, way);
  const grown = (Deno.memoryUsage().rss - before) / MIB;
  assert.ok(grown < 400, `${Math.round(grown)} MiB more`);
});
