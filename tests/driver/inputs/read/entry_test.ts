import assert from "node:assert/strict";
import fc from "fast-check";
import { checkColumns, type Entry, parseEntry, TEXT_COLUMNS } from "../../../../lib/driver/inputs/read/entry.ts";
import type { EntryForm } from "../../../../lib/driver/inputs/read/form.ts";
import { FormatError } from "../../../../lib/driver/inputs/read/records.ts";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const form = (format: EntryForm["format"], field: string | null = null): EntryForm => ({
  format,
  field,
  table: null,
});
const plain = { max_tokens: null, fields: null, made: null };
const fromJson = (value: unknown, field: string | null = null): Entry | null =>
  parseEntry(encode(JSON.stringify(value)), form("jsonl", field));
const user = (content: string) => ({ role: "user", content });
const assistant = (content: string) => ({ role: "assistant", content });

Deno.test("parseEntry() finds the text under the keys that data sets use, or the one that is named", () => {
  for (const key of ["prompt", "text", "question", "instruction", "input", "query", "sentence", "content"]) {
    assert.deepEqual(fromJson({ id: 1, [key]: " Hi " }), { ...plain, turns: [user("Hi")] }, key);
  }
  assert.deepEqual(fromJson({ a: { b: "deep" }, text: "no" }, "a.b")?.turns, [user("deep")]);
  assert.deepEqual(fromJson({ "a.b": "flat" }, "a.b")?.turns, [user("flat")]);
  assert.deepEqual(fromJson("just a text")?.turns, [user("just a text")]);
  assert.equal(fromJson({ text: "  " }), null);
});

Deno.test("parseEntry() reads chats: OpenAI's messages and batches, ShareGPT's, plain questions", () => {
  const messages = [
    { role: "developer", content: "Be brief." },
    user("One"),
    assistant("1"),
    { role: "user", content: [{ type: "text", text: "Two" }, { type: "text", text: "three" }] },
    assistant("unused"),
  ];
  const turns = [{ role: "system", content: "Be brief." }, user("One"), assistant("1"), user("Two\nthree")];
  assert.deepEqual(fromJson({ messages }), { ...plain, turns });
  const batch = { custom_id: "1", url: "/v1/chat/completions", body: { model: "m", messages, max_tokens: 9 } };
  assert.deepEqual(fromJson(batch), { ...plain, turns, max_tokens: 9 });
  const conversations = [{ from: "gpt", value: "dropped" }, { from: "human", value: "Q" }, { from: "gpt", value: "A" }];
  assert.deepEqual(fromJson({ conversations })?.turns, [user("Q")]);
  assert.deepEqual(fromJson({ turns: ["Q1", "Q2"] })?.turns, [user("Q1"), user("Q2")]);
  assert.equal(fromJson({ conversations: [] }), null, "nothing is asked");
});

Deno.test("parseEntry() says what is wrong with an entry", () => {
  const wanted = 'it must have "prompt" or "text" with a string, or "messages" with a conversation';
  const cases: [unknown, string][] = [
    [[1], "is a list; each entry must be an object"],
    [{ id: 1 }, `is an object with "id"; ${wanted}`],
    [{ prompt: 7 }, `is an object with "prompt"; ${wanted}`],
    [{ prompt: "a", max_tokens: 0 }, "has 0 as its token limit; it must be a whole number, 1 or more"],
    [
      { version: 1, data: [{ prompt: "a" }] },
      `is an object with "version", "data"; ${wanted}. If its list "data" holds the entries, save that list alone: ` +
      "jq '.data' FILE",
    ],
    [{ messages: [5] }, "has a number as a turn; a turn is an object with role and content"],
    [
      { messages: [{ role: "robot", content: "" }] },
      'has a turn of "robot"; roles are system, user (human), assistant (gpt), tool (observation)',
    ],
    [{ prompt: "a", max_tokens: "many" }, 'has "many" as its token limit; it must be a whole number, 1 or more'],
    [{ input_length: 0 }, 'has 0 as its "input_length"; it must be a whole number from 1 to 1000000'],
    [{ input_length: 5, hash_ids: 3 }, 'has a number as its "hash_ids"; it must be a list of numbers'],
    [{ messages: [{ role: "user", content: [{ type: "image_url" }] }] }, "has a turn (user) that is not a text"],
  ];
  for (const [value, message] of cases) assert.throws(() => fromJson(value), { name: "FormatError", message });
  assert.throws(() => fromJson({ prompt: "a" }, "q"), { message: 'is an object with "prompt"; it must have "q"' });
  assert.throws(() => parseEntry(encode("{"), form("jsonl")), /^FormatError: is not JSON/);
  assert.throws(() => parseEntry(Uint8Array.of(0xff), form("text")), /is not UTF-8 text/);
});

Deno.test("parseEntry() refuses with a FormatError whatever comes, and its chats end with the user", () => {
  fc.assert(fc.property(fc.jsonValue(), fc.constantFrom(null, "messages", "a.b"), (value, field) => {
    for (const wrapped of [value, { messages: value }, { conversations: [value] }]) {
      try {
        const entry = fromJson(wrapped, field);
        if (entry !== null) assert.equal(entry.turns.at(-1)?.role, "user");
      } catch (error) {
        assert.ok(error instanceof FormatError);
      }
    }
  }));
});

Deno.test("rows give their text and their limit, by the columns of the table", () => {
  const table = { separator: ",", loose: false, skipped: 1, names: ["id", "Prompt", "output_tokens"] };
  const row = (text: string) => parseEntry(encode(text), { format: "table", field: null, table });
  assert.deepEqual(row("1,Hi,20\r"), { ...plain, turns: [user("Hi")], max_tokens: 20 });
  assert.deepEqual(row("1,Hi,"), { ...plain, turns: [user("Hi")] });
  assert.equal(row("1,,5"), null);
  assert.equal(row("1"), null, "a row without its text");
  assert.throws(() => row("1,Hi,many"), { message: /^has "many" as its token limit/ });
  const quoted = { message: 'has 4 fields, and the table has 3 columns; put texts with "," in them in quotes' };
  assert.throws(() => row("1,Hi, you,20"), quoted);
  assert.equal(row("1,Hi,20,,")?.max_tokens, 20, "empty fields at the end are no fields");
  const missing = { message: 'its first line has no column "q": it has id, Prompt, output_tokens; name one as field' };
  assert.throws(() => checkColumns(table, "q", TEXT_COLUMNS, "prompt"), missing);
});
