import assert from "node:assert/strict";
import { duetRecords } from "../make_duet.ts";
import { makeRecords } from "../make_run.ts";
import { soundLines } from "./files.ts";
import { fuzzResults } from "./fuzz.ts";

Deno.test("mutated results are refused in words or reported, and never crash what reads them", async () => {
  const failing = makeRecords({ seconds: 5, errors: 0.1 }).map((record) => JSON.stringify(record));
  const duet = duetRecords({ seconds: 8 }).map((record) => JSON.stringify(record));
  const sources = [soundLines(), failing, duet];
  const counts = await fuzzResults(sources, { from: 1, to: 161 }, "verdict");
  await fuzzResults(sources, { from: 1000, to: 1006 }, "texts");
  // Every way is taken, so that the mutations are neither all harmless nor all fatal.
  for (const [way, count] of Object.entries(counts)) assert.ok(count > 0, way);
});
