import assert from "node:assert/strict";
import { clipSource } from "../../../../lib/driver/inputs/pick/clip_source.ts";
import { NO_CALL, type PickFacts } from "../../../../lib/driver/inputs/inputs.ts";
import { Order, orderMemory } from "../../../../lib/driver/inputs/order.ts";
import { clip } from "../../workbench.ts";

const MEGABYTE = 1024 * 1024;

Deno.test("recordings are read when they are drawn, and the last used are kept up to a bound", () => {
  const reads: number[] = [];
  const load = (at: number) => {
    reads.push(at);
    return { ...clip(1, 1), pcm: new Uint8Array(MEGABYTE) };
  };
  const told: PickFacts[] = [];
  const source = clipSource(new Order("sequential", 100, orderMemory(100)), load);
  const call = { ...NO_CALL, inputs: { picked: (facts: PickFacts) => void told.push(facts) } };
  assert.deepEqual(reads, [], "nothing is read before it is drawn");
  const first = Array.from({ length: 20 }, () => source.next(call));
  assert.deepEqual(reads.length, 20);
  for (let at = 20; at < 100; at++) source.next(call);
  for (let at = 0; at < 20; at++) assert.notEqual(source.next(call), first[at], "read again: 100 MB do not fit");
  assert.equal(reads.length, 120);
  assert.deepEqual(told.slice(98, 102).map(({ repeated }) => repeated), [false, false, true, true]);
  assert.ok(told.every(({ words }) => words === null));
});

Deno.test("recordings that fit are read once, and are the same object each time", () => {
  let reads = 0;
  const load = () => ({ ...clip(10, 5), name: `${++reads}` });
  const source = clipSource(new Order("sequential", 3, orderMemory(3)), load);
  const drawn = Array.from({ length: 9 }, () => source.next(NO_CALL));
  assert.equal(reads, 3);
  assert.equal(drawn[0], drawn[3]);
  assert.equal(source.given("text", NO_CALL).input, drawn[0]?.input, "speech cannot be given as text");
});
