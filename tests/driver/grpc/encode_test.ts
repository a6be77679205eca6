import assert from "node:assert/strict";
import fc from "fast-check";
import type { Json } from "../../../lib/plan/protocols.ts";
import { isTemplate } from "../../../lib/plan/template.ts";
import { bytesOf } from "../../../lib/driver/grpc/encode.ts";
import { decodeMessage } from "../../../lib/driver/grpc/decode.ts";
import { randomStream } from "../../../lib/schedule/random.ts";
import { compile, encode, messageType, SHOP, SOURCES } from "./shop.ts";
import { picking } from "../call_start.ts";

interface Case {
  type: string;
  json: Json;
  hex: string;
}

const CASES = JSON.parse(await Deno.readTextFile(new URL("cases.json", import.meta.url))) as Case[];
const fromHex = (hex: string): Uint8Array => Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
const decode = (type: string, bytes: Uint8Array, types = SHOP) => decodeMessage(messageType(type, types), bytes, types);

for (const { name, types } of SOURCES) {
  Deno.test(`JSON becomes the bytes that protobuf's own library makes of it, with types from ${name}`, () => {
    for (const { type, json, hex } of CASES) {
      assert.equal(encode(type, json, types).toHex(), hex, `${type} ${JSON.stringify(json)}`);
    }
  });

  Deno.test(`what such bytes are decoded to is encoded to what reads the same, with types from ${name}`, () => {
    for (const { type, hex } of CASES) {
      const once = decode(type, fromHex(hex), types);
      assert.deepEqual(decode(type, encode(type, once, types), types), once);
    }
  });
}

Deno.test("types from .proto files and from a descriptor set are the same", () => {
  const [one, other] = SOURCES.map(({ types: { definitions } }) => ({
    services: definitions.services,
    messages: [...definitions.messages].filter(([name]) => !name.startsWith("google.")).sort(),
    enums: [...definitions.enums].filter(([name]) => !name.startsWith("google.")).sort(),
  }));
  assert.deepEqual(one, other);
});

Deno.test("decoding gives JSON forms, defaults, and leaves out what is known to be absent", () => {
  const bytes = encode("shop.v1.OrderReply", {
    number: "9007199254740993",
    size: 2,
    items: [{ name: "a" }],
    stock: { a: 5 },
    extra: { list: [1, "x", null], deep: { on: true } },
    at: "2026-01-31T12:34:56.7Z",
  });
  assert.deepEqual(decode("shop.v1.OrderReply", bytes), {
    id: "",
    number: "9007199254740993",
    size: "SIZE_LARGE",
    items: [{ name: "a", count: 0, size: "SIZE_UNSPECIFIED" }],
    stock: { a: 5 },
    extra: { list: [1, "x", null], deep: { on: true } },
    at: "2026-01-31T12:34:56.7Z",
    weight: 0,
  });
});

Deno.test("whole numbers and fractions survive in all their encodings", () => {
  const whole = fc.record({
    i32: fc.integer(),
    u32: fc.nat({ max: 0xffff_ffff }),
    s32: fc.integer(),
    f32: fc.nat({ max: 0xffff_ffff }),
    sf32: fc.integer(),
    i64: fc.maxSafeInteger(),
    u64: fc.maxSafeNat(),
    s64: fc.maxSafeInteger(),
    f64: fc.maxSafeNat(),
    sf64: fc.maxSafeInteger(),
    d: fc.double({ noNaN: true, noDefaultInfinity: true }),
    f: fc.float({ noNaN: true, noDefaultInfinity: true }),
    b: fc.boolean(),
    s: fc.string().filter((text) => !isTemplate(text)),
    raw: fc.uint8Array().map((bytes) => bytes.toBase64()),
  });
  fc.assert(fc.property(whole, (value) => {
    assert.deepEqual(decode("shop.v1.Scalars", encode("shop.v1.Scalars", value)), { ...value });
  }));
});

Deno.test("bytes that are no message are refused, never read beyond", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
    try {
      decode("shop.v1.OrderReply", bytes);
    } catch (error) {
      assert.ok(error instanceof RangeError, String(error));
    }
  }));
  assert.throws(() => decode("shop.v1.OrderReply", Uint8Array.of(0x0a, 5, 1)), /longer than its message/);
  const nested = fromHex("c201".concat("7f"));
  assert.throws(() => decode("shop.v1.OrderRequest", nested), RangeError);
});

Deno.test("fields that the type lacks are passed over", () => {
  const more = fromHex("f83f01" + "fa3f0161" + "fb3f0801fc3f" + "0a0161");
  assert.equal((decode("shop.v1.OrderReply", more) as { id: string }).id, "a");
});

Deno.test("what is wrong is told with its place, what is wanted, and the nearest name", () => {
  const wrong: [Json, RegExp][] = [
    [{ costumer: "a" }, /^messages\[0\]: shop.v1.OrderRequest has no field "costumer"; did you mean "customer"\?$/],
    [{ items: { name: "a" } }, /^messages\[0\]\.items: must be a list, not \{"name":"a"\}$/],
    [{ items: [{}, { count: "x" }] }, /^messages\[0\]\.items\[1\]\.count: must be a whole number from -2147483648 to/],
    [{ items: [{ count: 1.5 }] }, /count: must be a whole number .* not 1\.5$/],
    [{ items: [{ count: 2147483648 }] }, /count: must be a whole number/],
    [{ items: [{ size: "SIZE_SMAL" }] }, /size: must be a value of shop.v1.Size, .*did you mean "SIZE_SMALL"/],
    [{ customer: 5 }, /^messages\[0\]\.customer: must be a text \(put it in quotes\), not 5$/],
    [{ picture: "not base64!" }, /picture: must be bytes as base64 text/],
    [{ gift: "true" }, /gift: must be true or false, not "true"$/],
    [{ card: "1", barter: {} }, /only one of card and barter may be given \(oneof payment\)/],
    [{ odd_name: "a", Odd: "b" }, /the field odd_name is given twice/],
    [{ prices: { a: "b" } }, /prices\["a"\]: must be a whole number/],
    [{ shelves: { x: {} } }, /shelves\["x"\]: must be a whole number/],
    [{ prices: [1] }, /prices: must be an object from keys to values/],
    [{ due: "tomorrow" }, /due: must be a time such as/],
    [{ patience: "3 minutes" }, /patience: must be a duration in seconds such as "1.5s"/],
    [{ parcel: {} }, /parcel: the field address of legacy.Parcel is required/],
    [{ total: "many" }, /total\.value: must be a whole number/],
    [{ scalars: { i64: 2 ** 60 } }, /put one this large in quotes/],
    [{ scalars: { u64: "-1" } }, /must be a whole number from 0/],
    [{ scalars: { d: "much" } }, /must be a number/],
    [{ before: "x" }, /before: must hold the fields of shop.v1.OrderRequest, not "x"/],
    [{ detail: { "@type": "type.googleapis.com/no.Such" } }, /@type: no.Such is not defined anywhere/],
    ["text", /^messages\[0\]: must hold the fields/],
  ];
  for (const [value, message] of wrong) assert.throws(() => encode("shop.v1.OrderRequest", value), { message });
});

Deno.test("null leaves a field out, but for a Value, whose null is one", () => {
  assert.equal(encode("shop.v1.OrderRequest", { customer: null, items: null }).length, 0);
  assert.ok(encode("shop.v1.OrderRequest", { anything: null }).length > 0);
});

Deno.test("a message without templates is made once, one with templates for each call", () => {
  assert.ok(compile("shop.v1.OrderRequest", { customer: "a" }) instanceof Uint8Array);
  const part = compile("shop.v1.OrderRequest", {
    customer: "user-{{seq}}",
    items: [{ name: "{{random 300}}", count: "{{int 5 9}}" }],
    extra: { id: "{{seq}}", name: "n{{seq}}" },
    picture: "{{random 4}}",
    before: { gift: true },
  });
  assert.ok(!(part instanceof Uint8Array));
  fc.assert(fc.property(fc.nat(), fc.integer({ min: 1, max: 1e6 }), (seed, number) => {
    const bytes = bytesOf(part, { ...picking(randomStream(seed, 0)), seq: () => number });
    const made = decode("shop.v1.OrderRequest", bytes) as { [name: string]: Json };
    assert.equal(made["customer"], `user-${number}`);
    const [item] = made["items"] as [{ name: string; count: number }];
    assert.equal(item.name.length, 300);
    assert.ok(item.count >= 5 && item.count <= 9);
    assert.deepEqual(made["extra"], { id: number, name: `n${number}` });
    assert.equal(atob(made["picture"] as string).length, 4);
  }));
});

Deno.test("what a template may give is checked before the load", async () => {
  const file = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(file, "SIZE_SMALL\nSIZE_HUGE\n");
    const wrong: [Json, RegExp][] = [
      [{ floor: "{{int 0 3000000000}}" }, /floor: must be a whole number .* not 3000000000/],
      [{ floor: "1{{seq}}" }, /floor: takes one \{\{int A B\}\}/],
      [{ floor: "{{uuid}}" }, /floor: cannot be made from/],
      [{ customer: "{{uid}}" }, /customer: Cannot use the placeholder "\{\{uid\}\}"/],
      [{ items: [{ size: `{{pick ${file}}}` }] }, /size: must be a value of shop.v1.Size, not "SIZE_HUGE"/],
    ];
    for (const [value, message] of wrong) assert.throws(() => compile("shop.v1.OrderRequest", value), { message });
  } finally {
    await Deno.remove(file);
  }
});
