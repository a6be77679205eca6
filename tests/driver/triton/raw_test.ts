import assert from "node:assert/strict";
import fc from "fast-check";
import { eachText, encodeElements, integersOf } from "../../../lib/driver/triton/raw.ts";

/** Reads elements back as their types are defined, with nothing of what wrote them. */
const READERS: Record<string, { size: number; read: (view: DataView, at: number) => number | bigint }> = {
  BOOL: { size: 1, read: (view, at) => view.getUint8(at) },
  INT8: { size: 1, read: (view, at) => view.getInt8(at) },
  INT16: { size: 2, read: (view, at) => view.getInt16(at, true) },
  INT32: { size: 4, read: (view, at) => view.getInt32(at, true) },
  INT64: { size: 8, read: (view, at) => view.getBigInt64(at, true) },
  UINT8: { size: 1, read: (view, at) => view.getUint8(at) },
  UINT16: { size: 2, read: (view, at) => view.getUint16(at, true) },
  UINT32: { size: 4, read: (view, at) => view.getUint32(at, true) },
  UINT64: { size: 8, read: (view, at) => view.getBigUint64(at, true) },
  FP32: { size: 4, read: (view, at) => view.getFloat32(at, true) },
  FP64: { size: 8, read: (view, at) => view.getFloat64(at, true) },
};

function elements(datatype: string, bytes: Uint8Array): (number | bigint)[] {
  const { size, read } = READERS[datatype]!;
  assert.equal(bytes.length % size, 0);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.length / size }, (_, index) => read(view, index * size));
}

const same = (a: readonly unknown[], b: readonly unknown[]) =>
  assert.ok(a.length === b.length && a.every((value, at) => Object.is(value, b[at])), `${a} is not ${b}`);

for (const [datatype, bits, signed] of [["INT8", 8, true], ["INT16", 16, true], ["INT32", 32, true]] as const) {
  for (const type of [datatype, `U${datatype}`]) {
    const low = type === datatype && signed ? -(2 ** (bits - 1)) : 0;
    const high = type === datatype ? 2 ** (bits - 1) - 1 : 2 ** bits - 1;
    Deno.test(`${type} elements come back as they were, and what does not fit is refused`, () => {
      fc.assert(fc.property(fc.array(fc.integer({ min: low, max: high })), (values) => {
        const bytes = encodeElements(type, values);
        same(elements(type, bytes), values);
        same(integersOf(type, bytes), values);
      }));
      for (const value of [low - 1, high + 1, 0.5, "x", null, true]) {
        assert.throws(() => encodeElements(type, [value]), RangeError, String(value));
      }
    });
  }
}

Deno.test("64-bit elements are exact, as numbers and as texts", () => {
  for (const [type, low, high] of [["INT64", -(2n ** 63n), 2n ** 63n - 1n], ["UINT64", 0n, 2n ** 64n - 1n]] as const) {
    fc.assert(fc.property(fc.array(fc.bigInt({ min: low, max: high })), (values) => {
      same(elements(type, encodeElements(type, values.map(String))), values);
    }));
    same(elements(type, encodeElements(type, [Number.MAX_SAFE_INTEGER, 7])), [2n ** 53n - 1n, 7n]);
    assert.throws(() => encodeElements(type, [String(high + 1n)]), /does not fit/);
    assert.throws(() => encodeElements(type, [2 ** 53]), /whole number/);
  }
});

Deno.test("FP32, FP64 and BOOL elements come back as they were", () => {
  fc.assert(fc.property(fc.array(fc.double()), (values) => {
    same(elements("FP64", encodeElements("FP64", values)), values);
    same(elements("FP32", encodeElements("FP32", values)), values.map(Math.fround));
  }));
  fc.assert(fc.property(fc.array(fc.boolean()), (values) => {
    same(elements("BOOL", encodeElements("BOOL", values)), values.map(Number));
  }));
  assert.throws(() => encodeElements("BOOL", ["true"]), /true or false/);
  assert.throws(() => encodeElements("FP32", ["1.5"]), /write a number/);
});

Deno.test("FP16 elements are the nearest, as their bits say", () => {
  // IEEE 754: sign, 5 bits of exponent, 10 of fraction.
  const known: [number, number][] = [[1, 0x3c00], [-2, 0xc000], [65504, 0x7bff], [2 ** -24, 1], [0.1, 0x2e66], [
    1e6,
    0x7c00,
  ]];
  const bytes = encodeElements("FP16", known.map(([value]) => value));
  same(elements("UINT16", bytes), known.map(([, bits]) => bits));
});

Deno.test("BF16 elements are the nearest of those with the upper half of a 32-bit float, ties to even", () => {
  const bits = (value: number) => elements("UINT16", encodeElements("BF16", [value]))[0] as number;
  const valueOf = (upper: number) => {
    const view = new DataView(new ArrayBuffer(4));
    view.setUint16(0, upper);
    return view.getFloat32(0);
  };
  assert.deepEqual([bits(1), bits(-2), bits(1 + 2 ** -8), bits(1 + 3 * 2 ** -8)], [0x3f80, 0xc000, 0x3f80, 0x3f82]);
  assert.ok(Number.isNaN(valueOf(bits(NaN))));
  fc.assert(
    fc.property(
      fc.float({ noNaN: true, noDefaultInfinity: true, min: Math.fround(1e-37), max: Math.fround(1e37) }),
      (value) => {
        const [below, here, above] = [-1, 0, 1].map((step) => valueOf(bits(value) + step)) as [number, number, number];
        const off = Math.abs(here - value);
        assert.ok(off <= Math.abs(below - value) && off <= Math.abs(above - value), `${value} became ${here}`);
      },
    ),
  );
});

Deno.test("BYTES elements carry their lengths, and come back as they were", () => {
  assert.deepEqual([...encodeElements("BYTES", ["hé", ""])], [3, 0, 0, 0, 0x68, 0xc3, 0xa9, 0, 0, 0, 0]);
  assert.deepEqual(encodeElements("BYTES", [{ max_tokens: 3 }]), encodeElements("BYTES", ['{"max_tokens":3}']));
  fc.assert(fc.property(fc.array(fc.string({ unit: "grapheme" })), (texts) => {
    const bytes = encodeElements("BYTES", texts);
    const found: string[] = [];
    eachText(
      bytes,
      { from: 0, to: bytes.length },
      (from, to) => found.push(new TextDecoder().decode(bytes.subarray(from, to))),
    );
    assert.deepEqual(found, texts.map((text) => text.toWellFormed()));
  }));
});

Deno.test("a BYTES tensor cut anywhere inside an element is refused", () => {
  const bytes = encodeElements("BYTES", ["one", "two"]);
  for (let length = 0; length < bytes.length; length++) {
    const read = () => eachText(bytes, { from: 0, to: length }, () => {});
    if (length === 0 || length === 7) assert.doesNotThrow(read);
    else assert.throws(read, RangeError, String(length));
  }
  assert.throws(() => integersOf("INT32", new Uint8Array(6)), RangeError);
  assert.deepEqual(integersOf("FP32", new Uint8Array(6)), []);
});

Deno.test("a type that nobody knows is refused", () => {
  assert.throws(() => encodeElements("FP8", [1]), /FP8/);
});
