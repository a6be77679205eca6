import assert from "node:assert/strict";
import { lengthWithin, unionOf } from "../../lib/result/spans.ts";

const span = (start_ms: number, end_ms: number) => ({ start_ms, end_ms });

Deno.test("unionOf() counts shared time once and leaves out what is empty", () => {
  assert.deepEqual(unionOf([span(5, 9), span(0, 3), span(2, 4), span(7, 7), span(8, 20)]), [span(0, 4), span(5, 20)]);
  assert.deepEqual(unionOf([]), []);
});

Deno.test("lengthWithin() measures what lies between two instants", () => {
  const spans = [span(0, 4), span(6, 10)];
  assert.equal(lengthWithin(spans), 8);
  assert.equal(lengthWithin(spans, 3, 7), 2);
  assert.equal(lengthWithin(spans, 4, 6), 0);
});
