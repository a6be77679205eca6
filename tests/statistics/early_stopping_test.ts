import assert from "node:assert/strict";
import fc from "fast-check";
import { enoughData, neededCalls } from "../../lib/statistics/early_stopping.ts";

/** Calls over the limit that the columns of both tables are for. */
const OVER = [0, 1, 2, 3, 5, 10];

Deno.test("neededCalls() gives MLPerf's table at 99 % confidence", () => {
  const table: Record<string, number[]> = {
    0.5: [7, 11, 14, 17, 22, 35],
    0.9: [44, 64, 81, 97, 127, 197],
    0.95: [90, 130, 165, 198, 259, 398],
    0.99: [459, 662, 838, 1001, 1307, 2010],
    0.999: [4603, 6636, 8403, 10042, 13105, 20140],
  };
  for (const [p, row] of Object.entries(table)) assert.deepEqual(OVER.map((over) => neededCalls(over, Number(p))), row);
});

Deno.test("neededCalls() gives the table at 95 % confidence", () => {
  const table: Record<string, number[]> = {
    0.9: [29, 46, 61, 76, 103, 167],
    0.95: [59, 93, 124, 153, 208, 336],
    0.99: [299, 473, 628, 773, 1049, 1693],
    0.999: [2995, 4742, 6294, 7752, 10511, 16959],
  };
  for (const [p, row] of Object.entries(table)) {
    assert.deepEqual(OVER.map((over) => neededCalls(over, Number(p), 0.95)), row);
  }
});

Deno.test("enoughData() settles a rule either way, and is unsure between", () => {
  assert.equal(enoughData(459, 0, 0.99), "enough");
  assert.equal(enoughData(458, 0, 0.99), "too little");
  assert.equal(enoughData(1000, 10, 0.99), "too little");
  assert.equal(
    enoughData(1000, 60, 0.99),
    "enough",
    "far more than one in a hundred was over: the rule is surely broken",
  );
  assert.equal(enoughData(0, 0, 0.99), "too little");
});

Deno.test("enoughData() never says enough of a share that is just on the limit", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20_000 }), fc.constantFrom(0.5, 0.9, 0.95, 0.99), (n, p) => {
      assert.equal(
        enoughData(n, Math.round(n * (1 - p)), p),
        n * (1 - p) < 0.5 && n >= neededCalls(0, p) ? "enough" : "too little",
      );
    }),
    { numRuns: 60 },
  );
});
