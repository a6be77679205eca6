import assert from "node:assert/strict";
import fc from "fast-check";
import { HpackDecoder } from "../../../../lib/transport/wire/hpack/decoder.ts";
import { encodeHeaders, type HeaderField } from "../../../../lib/transport/wire/hpack/encoder.ts";
import { toHex } from "../hex.ts";

Deno.test("encodeHeaders() uses static entries and literals", () => {
  assert.equal(toHex(encodeHeaders([[":method", "POST"], [":scheme", "http"], [":status", "200"]])), "838688");
  assert.equal(toHex(encodeHeaders([[":path", "/sample/path"]])), "040c2f73616d706c652f70617468");
  assert.equal(toHex(encodeHeaders([["te", "x"]])), "000274650178");
  assert.equal(toHex(encodeHeaders([["content-type", "a"]])), "0f100161");
});

Deno.test("encodeHeaders() marks secrets as never indexed", () => {
  assert.equal(toHex(encodeHeaders([["authorization", "x"]])), "1f080178");
});

Deno.test("decode() undoes encodeHeaders() and leaves no state", () => {
  const latin = fc.uint8Array({ maxLength: 400 }).map((bytes) => String.fromCharCode(...bytes));
  const name = fc.oneof(fc.constantFrom(":status", "content-type", "date", "grpc-status"), latin);
  fc.assert(fc.property(fc.array(fc.tuple(name, latin), { maxLength: 20 }), (fields: HeaderField[]) => {
    const decoder = new HpackDecoder(1 << 20);
    const block = encodeHeaders(fields);
    const read: HeaderField[] = [];
    decoder.decode(block, 0, block.length, (name, value) => read.push([name, value]));
    assert.deepEqual(read, fields);
    assert.equal(decoder.stateless, true);
  }));
});
