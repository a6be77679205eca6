import assert from "node:assert/strict";
import fc from "fast-check";
import { Fifo } from "../../lib/pool/fifo.ts";

Deno.test("Fifo gives back what it was given, in that order, like an array", () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.integer())), (steps) => {
      const fifo = new Fifo<number>();
      const model: number[] = [];
      for (const step of steps) {
        if (step === null) assert.equal(fifo.shift(), model.shift());
        else {
          fifo.push(step);
          model.push(step);
        }
        assert.equal(fifo.length, model.length);
        assert.equal(fifo.first, model[0]);
      }
    }),
  );
});
