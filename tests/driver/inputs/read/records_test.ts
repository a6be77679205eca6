import assert from "node:assert/strict";
import fc from "fast-check";
import {
  ElementSplitter,
  FormatError,
  LineSplitter,
  RecordReader,
  RowSplitter,
  type Splitter,
  ValueSplitter,
} from "../../../../lib/driver/inputs/read/records.ts";

interface Record {
  text: string;
  start: number;
  line: number;
}

/** The entries of a file that comes in pieces of these sizes, over and over. */
function records(splitter: Splitter, bytes: Uint8Array, sizes: readonly number[], most = 1e6): Record[] {
  const found: Record[] = [];
  const reader = new RecordReader(splitter, most, (record, start, line) => {
    found.push({ text: new TextDecoder("utf-8", { ignoreBOM: true }).decode(record), start, line });
  });
  let at = 0;
  for (let piece = 0; at < bytes.length; piece++) {
    const size = sizes[piece % sizes.length] as number;
    reader.push(bytes.slice(at, at + size));
    at += size;
  }
  reader.end();
  return found;
}

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 });
const whole = (splitter: Splitter, text: string) => records(splitter, encode(text), [1e6]);

/** Every entry lies where it is said to lie, and is what is there. */
function checkPlaces(found: readonly Record[], bytes: Uint8Array): void {
  for (const { text, start } of found) {
    const length = encode(text).length;
    assert.equal(new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes.subarray(start, start + length)), text);
  }
}

Deno.test("lines are found however the file is cut", () => {
  fc.assert(fc.property(fc.array(fc.string({ unit: "grapheme" })), sizes, (parts, cut) => {
    const text = parts.join("\n");
    const bytes = encode(text);
    const found = records(new LineSplitter(), bytes, cut);
    const lines = text.split("\n");
    if (lines.at(-1) === "") lines.pop();
    assert.deepEqual(found.map((record) => record.text), lines);
    assert.deepEqual(found.map(({ line }) => line), lines.map((_, at) => at + 1));
    checkPlaces(found, bytes);
  }));
});

const json = fc.jsonValue({ maxDepth: 3, stringUnit: "grapheme" });

Deno.test("elements of a list are found however the file is cut, and whatever they hold", () => {
  fc.assert(fc.property(fc.array(json), sizes, fc.integer({ min: 0, max: 3 }), (list, cut, indent) => {
    const text = `\ufeff ${JSON.stringify(list, null, indent)}\n`;
    const bytes = encode(text);
    const found = records(new ElementSplitter(), bytes, cut);
    assert.deepEqual(found.map((record) => JSON.parse(record.text)), JSON.parse(JSON.stringify(list)));
    checkPlaces(found, bytes);
    for (const { start, line } of found) {
      assert.equal(line, new TextDecoder().decode(bytes.subarray(0, start)).split("\n").length);
    }
  }));
});

Deno.test("rows are found however the file is cut, line ends within quotes included", () => {
  const field = fc.string({ unit: fc.constantFrom("a", '"', "\n", ",", "é", "\r") });
  fc.assert(fc.property(fc.array(fc.array(field, { minLength: 1 })), sizes, (rows, cut) => {
    const lines = rows.map((fields) => fields.map((one) => `"${one.replaceAll('"', '""')}"`).join(","));
    const bytes = encode(lines.map((line) => `${line}\n`).join(""));
    const found = records(new RowSplitter(",", false), bytes, cut);
    assert.deepEqual(found.map((record) => record.text), lines);
    checkPlaces(found, bytes);
  }));
});

Deno.test("values over several lines are found however the file is cut", () => {
  fc.assert(fc.property(fc.array(fc.dictionary(fc.string(), json)), sizes, (list, cut) => {
    const text = `\ufeff${list.map((value, at) => JSON.stringify(value, null, at % 3)).join("\n")}\n`;
    const bytes = encode(text);
    const found = records(new ValueSplitter(), bytes, cut);
    assert.deepEqual(found.map((record) => JSON.parse(record.text)), JSON.parse(JSON.stringify(list)));
    checkPlaces(found, bytes);
    for (const { start, line } of found) {
      assert.equal(line, new TextDecoder().decode(bytes.subarray(0, start)).split("\n").length);
    }
  }));
});

Deno.test("only a quote at the beginning of a field opens it", () => {
  const rows = (separator: string | null, text: string) =>
    whole(new RowSplitter(separator, false), text).map(({ text }) => text);
  assert.deepEqual(rows(",", 'a,5" pipe\nb,6\n'), ['a,5" pipe', "b,6"]);
  assert.deepEqual(rows(null, '5" pipe, "a\nb\n'), ['5" pipe, "a', "b"]);
  assert.deepEqual(rows(",", '\ufeff"a\nb",c\nd\n'), ['\ufeff"a\nb",c', "d"]);
  const strict = () => whole(new RowSplitter("\t", true), 'x\t"Hi," he said\n');
  assert.throws(strict, { name: "FormatError", message: "line 1 has text after a quoted field" });
});

Deno.test("a row knows the line it begins on", () => {
  const found = whole(new RowSplitter(",", false), 'a\n"b\nc"\nd');
  assert.deepEqual(found.map(({ text, line }) => [text, line]), [["a", 1], ['"b\nc"', 2], ["d", 4]]);
});

Deno.test("files of another format are told as that, with the line", () => {
  const cases: [string, string][] = [
    ['{"a": 1}', 'it must hold one list: "[" comes first'],
    ["[1,\n2", "line 2: it ends before its list is closed"],
    ["[1]\n\n[2]", "line 3: something follows the end of its list"],
    ["", "line 1: it ends before its list is closed"],
  ];
  for (const [text, message] of cases) assert.throws(() => whole(new ElementSplitter(), text), { message });
  const values: [string, string][] = [
    ['{"a": 1}\n\nword', 'line 3: an object is expected, "{" comes first'],
    ['\n{"a":\n', "line 2: what begins there is never closed"],
  ];
  for (const [text, message] of values) assert.throws(() => whole(new ValueSplitter(), text), { message });
  assert.throws(() => whole(new RowSplitter(",", false), 'a\n"b\n'), {
    message: "line 2 has a quote that is never closed",
  });
});

Deno.test("an entry that is too long is refused before it is held, with its line", () => {
  const message = "the entry that begins on line 2 is longer than 1 MB; split it or leave it out";
  const text = encode(`short\n${"x".repeat(2 * 1024 * 1024)}`);
  for (const size of [1000, 3e6]) {
    const cut = () => records(new LineSplitter(), text, [size], 1024 * 1024);
    assert.throws(cut, (error: Error) => error instanceof FormatError && error.message === message);
  }
});
