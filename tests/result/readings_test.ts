import assert from "node:assert/strict";
import fc from "fast-check";
import { Column } from "../../lib/result/column.ts";
import { Readings } from "../../lib/result/readings.ts";
import { Samples } from "../../lib/result/samples.ts";

type Any = { t_ms: number; [key: string]: unknown };

const number = fc.oneof(fc.constantFrom(0, 1, 0.1, 2 ** 40 + 1, 1e-300), fc.double({ noNaN: true }), fc.integer());
const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { maxDepth: 3 },
    number,
    fc.constant(null),
    fc.boolean(),
    fc.string({ maxLength: 3 }),
    fc.array(tie("any"), { maxLength: 3 }),
    fc.dictionary(fc.oneof(fc.constantFrom("a", "b", "__proto__", "length"), fc.string({ maxLength: 2 })), tie("any"), {
      maxKeys: 3,
    }),
  ),
})).any;
const reading = fc.dictionary(fc.constantFrom("a", "b", "c", "values"), value, { maxKeys: 4 })
  .map((fields): Any => ({ t_ms: 5, ...fields }));

/** As a line of a file has it. */
const saved = (one: unknown) => JSON.stringify(one);

Deno.test("Readings give back what was added, whatever its fields, and in the same order of keys", () => {
  fc.assert(fc.property(fc.array(reading, { maxLength: 12 }), fc.integer({ min: 1, max: 100 }), (added, times) => {
    const readings = new Readings<Any>();
    const all = Array.from({ length: times }, () => added).flat();
    for (const one of all) readings.push(one);
    assert.deepEqual([...readings].map(saved), all.map(saved));
    assert.equal(saved(readings.at(-1)), saved(all.at(-1)));
    const kept = all.flatMap((one, row) => row % 3 === 0 ? [{ one, row }] : []);
    readings.keep(kept.map(({ row }) => row));
    for (const one of added) readings.push(one);
    assert.deepEqual([...readings].map(saved), [...kept.map(({ one }) => one), ...added].map(saved));
  }));
});

Deno.test("Readings take a field that comes late or goes away for null in its column, and list every number they have", () => {
  const readings = new Readings<{ t_ms: number; w?: number | null; of?: { name: string; bytes: number | null }[] }>();
  for (let second = 0; second < 1000; second++) {
    const late = second >= 600 && second < 900 ? { w: second / 3, of: [{ name: "a", bytes: 2 * second }] } : {};
    readings.push({ t_ms: 1000 * second, ...late });
  }
  assert.deepEqual(readings.paths, [["t_ms"], ["w"], ["of", 0, "bytes"]]);
  assert.deepEqual([599, 600, 899, 900].map((row) => readings.column("w")[row]), [null, 200, 899 / 3, null]);
  assert.deepEqual([599, 600, 899, 900].map((row) => readings.column(["of", 0, "bytes"])[row]), [
    null,
    1200,
    1798,
    null,
  ]);
  assert.deepEqual(readings.pick("t_ms", "w")[600], { t_ms: 600_000, w: 200 });
  assert.deepEqual([readings.has("w"), readings.times_ms.at(-1)], [true, 999_000]);
  assert.deepEqual(new Readings<{ t_ms: number; w?: number }>().has("w"), false);
});

Deno.test("a number that is not finite is null, as in the file", () => {
  const readings = new Readings<{ t_ms: number; rate: number | null }>();
  for (const rate of [NaN, Infinity, -Infinity]) readings.push({ t_ms: 0, rate });
  assert.deepEqual(readings.column("rate"), [null, null, null]);
});

Deno.test("Readings forget forms and fields that none of them has any more", () => {
  const readings = new Readings<Any>();
  for (let i = 0; i < 1000; i++) readings.push({ t_ms: i, [`field ${i}`]: i });
  readings.keep([998, 999]);
  assert.deepEqual([...readings], [{ t_ms: 998, "field 998": 998 }, { t_ms: 999, "field 999": 999 }]);
  assert.equal(readings.paths.length, 3);
});

Deno.test("Column holds what was put, exactly, and what never changes costs next to nothing", () => {
  fc.assert(fc.property(fc.array(number, { minLength: 1, maxLength: 700 }), (values) => {
    const column = new Column();
    for (const [row, one] of values.entries()) column.put(row, one);
    assert.ok(values.every((one, row) => Object.is(column.at(row), one)));
  }));
  const bytesOf = (valueOf: (row: number) => number) => {
    const column = new Column();
    for (let row = 0; row < 10_240; row++) column.put(row, valueOf(row));
    return column.bytes;
  };
  const open = 2048;
  assert.deepEqual([bytesOf(() => 7), bytesOf((row) => row), bytesOf((row) => row / 3)], [
    40 * 8,
    40 * 1024 + open,
    40 * 2048 + open,
  ]);
});

interface Fan {
  t_ms: number;
  fan: string;
}

/** The list as it was kept before there were columns. */
function thinned(list: readonly Fan[]): Fan[] {
  const half = list.length >> 1;
  const seen = new Map<string, number>();
  return list.filter(({ fan }, i) => {
    const nth = seen.get(fan) ?? 0;
    seen.set(fan, nth + 1);
    return i >= half || nth % 2 === 0;
  });
}

Deno.test("Samples come back in the order in which they were taken, thinned alike for each device", () => {
  const samples = new Samples<Fan>(({ fan }) => fan);
  let expected: Fan[] = [];
  for (let i = 0; i < 45_000; i++) {
    const one = { t_ms: i, fan: i % 7 === 0 ? "left" : i % 3 === 0 ? "top" : "right" };
    samples.add(one);
    expected.push(one);
    if (expected.length > 20_000) expected = thinned(expected);
  }
  assert.equal(samples.length, expected.length);
  assert.deepEqual([...samples], expected);
  assert.deepEqual(samples.last(64), expected.slice(-64));
  assert.deepEqual(samples.times_ms, expected.map(({ t_ms }) => t_ms));
  assert.deepEqual([...samples.of("top")], expected.filter(({ fan }) => fan === "top"));
  assert.deepEqual([samples.of("nowhere").length, samples.devices.length], [0, 3]);
});
