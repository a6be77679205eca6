import assert from "node:assert/strict";
import fc from "fast-check";
import { Outgoing, type Stream } from "../../../lib/transport/wire/stream.ts";
import { StreamTable } from "../../../lib/transport/wire/stream_table.ts";

Deno.test("the table holds what a map would, for streams that stay and streams that go", () => {
  const steps = fc.array(fc.tuple(fc.boolean(), fc.nat()), { maxLength: 2000, size: "max" });
  fc.assert(
    fc.property(steps, (steps) => {
      const table = new StreamTable();
      const model = new Map<number, Stream>();
      let id = 1;
      for (const [opens, choice] of steps) {
        const held = [...model.values()];
        if (opens || held.length === 0) {
          const stream = { id } as Stream;
          model.set(id, stream);
          table.add(stream);
          id += 2 * (1 + choice % 100);
        } else {
          const stream = held[choice % held.length]!;
          model.delete(stream.id);
          assert.equal(table.delete(stream), true);
          assert.equal(table.delete(stream), false);
        }
      }
      assert.equal(table.size, model.size);
      for (const [key, stream] of model) assert.equal(table.get(key), stream);
      assert.equal(table.get(id), undefined);
      assert.deepEqual(new Set(table.all()), new Set(model.values()));
    }),
    { numRuns: 50 },
  );
});

Deno.test("copy() frames a message in pieces of any size", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), fc.array(fc.integer({ min: 1, max: 40 })), (bytes, sizes) => {
      const message = new Outgoing(bytes, true);
      const into = new Uint8Array(5 + bytes.length);
      for (const size of [...sizes, Infinity]) {
        const count = Math.min(size, message.left_bytes);
        message.copy(into, message.sent_bytes, count);
      }
      assert.equal(message.left_bytes, 0);
      assert.deepEqual(into, Uint8Array.from([1, 0, 0, 0, bytes.length, ...bytes]));
    }),
  );
});
