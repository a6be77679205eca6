import assert from "node:assert/strict";
import fc from "fast-check";
import { textAt } from "../../proto/codec.ts";
import * as llm from "../../proto/llm.ts";
import type { TextChunkReader } from "../../proto/text_chunk.ts";

const text = fc.string({ unit: "grapheme", maxLength: 300 });
const tool_calls = fc.array(fc.record({ id: text, type: text }), { maxLength: 2 });
const rest = {
  is_final: fc.boolean(),
  tool_calls,
  finish_reason: fc.constantFrom(...Object.values(llm.FinishReason), 1000),
};
const generation = fc.record({ token: text, index: fc.integer(), logprob: fc.float({ noNaN: true }), ...rest });
const chat = fc.record({ content_delta: text, role: text, ...rest });

function read(reader: TextChunkReader, bytes: Uint8Array) {
  reader.read(bytes);
  const { text_from, text_to, is_final, has_tool_calls, finish_reason } = reader;
  return { text: textAt(bytes, text_from, text_to), is_final, has_tool_calls, finish_reason };
}

Deno.test("chunks read in place say what their codec says", () => {
  fc.assert(fc.property(generation, (draft) => {
    const bytes = llm.GenerationChunk.encode(draft);
    const { token, is_final, tool_calls, finish_reason } = llm.GenerationChunk.decode(bytes);
    const expected = { text: token, is_final, has_tool_calls: tool_calls.length > 0, finish_reason };
    assert.deepEqual(read(llm.generationChunks, bytes), expected);
  }));
  fc.assert(fc.property(chat, (draft) => {
    const bytes = llm.ChatChunk.encode(draft);
    const { content_delta, is_final, tool_calls, finish_reason } = llm.ChatChunk.decode(bytes);
    const expected = { text: content_delta, is_final, has_tool_calls: tool_calls.length > 0, finish_reason };
    assert.deepEqual(read(llm.chatChunks, bytes), expected);
  }));
});

Deno.test("a chunk read in place leaves nothing of the one before", () => {
  read(
    llm.generationChunks,
    llm.GenerationChunk.encode({ token: "x", is_final: true, finish_reason: 3, tool_calls: [{}] }),
  );
  const nothing = { text: "", is_final: false, has_tool_calls: false, finish_reason: 0 };
  assert.deepEqual(read(llm.generationChunks, new Uint8Array(0)), nothing);
});

Deno.test("a chunk cut short is refused wherever a field is cut", () => {
  fc.assert(
    fc.property(generation, (draft) => {
      const bytes = llm.GenerationChunk.encode(draft);
      for (let length = 0; length < bytes.length; length++) {
        const part = bytes.subarray(0, length);
        let refused = false;
        try {
          llm.GenerationChunk.decode(part);
        } catch {
          refused = true;
        }
        if (refused) assert.throws(() => llm.generationChunks.read(part), RangeError);
        else read(llm.generationChunks, part);
      }
    }),
    { numRuns: 30 },
  );
});

Deno.test("fields that are not known are passed over, whatever their type", () => {
  const token = [0x0a, 2, 72, 105];
  const unknown = [
    [0x78, 0x81, 0x01],
    [0x79, 1, 2, 3, 4, 5, 6, 7, 8],
    [0x7a, 3, 9, 9, 9],
    [0x7d, 1, 2, 3, 4],
    [0xf8, 0xff, 0xff, 0xff, 0x0f, 0x05],
  ];
  for (const field of unknown) {
    assert.equal(read(llm.chatChunks, new Uint8Array([...field, ...token, ...field])).text, "Hi");
  }
  assert.equal(read(llm.chatChunks, new Uint8Array([0x08, 7, ...token])).text, "Hi", "field 1, but a number");
});

Deno.test("bytes that are no message are refused, and never read beyond their end", () => {
  const bad: readonly (readonly [why: string, bytes: number[]])[] = [
    ["a text longer than its message", [0x0a, 5, 72]],
    ["a length of more than 32 bits", [0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]],
    ["a number without an end", [0x10, 0xff]],
    ["a number of eleven bytes", [0x10, ...new Array(10).fill(0xff), 1]],
    ["a group", [0x0b, 0x0c]],
    ["4 bytes of which 3 are there", [0x25, 1, 2, 3]],
    ["8 bytes of which 7 are there", [0x79, 1, 2, 3, 4, 5, 6, 7]],
  ];
  for (const [why, bytes] of bad) {
    assert.throws(() => llm.generationChunks.read(new Uint8Array(bytes)), RangeError, why);
  }
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      try {
        llm.generationChunks.read(bytes);
      } catch (error) {
        assert.ok(error instanceof RangeError);
        return;
      }
      assert.ok(llm.generationChunks.text_to <= bytes.length);
    }),
    { numRuns: 500 },
  );
});
