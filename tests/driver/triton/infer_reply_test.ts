import assert from "node:assert/strict";
import fc from "fast-check";
import { textAt } from "../../../proto/codec.ts";
import type { Stretch } from "../../../proto/infer_reply.ts";
import { inferReplies, ModelInferResponse, ModelStreamInferResponse } from "../../../proto/kserve.ts";
import { streamReply } from "./fake_triton.ts";

const name = fc.string({ unit: "grapheme", maxLength: 30 }).map((text) => text.toWellFormed());
const output = fc.record({ name, datatype: fc.constantFrom("BYTES", "INT32"), shape: fc.array(fc.nat(300)) });
const parameter = fc.oneof(
  fc.record({ bool_param: fc.boolean() }),
  fc.record({ int64_param: fc.nat() }),
  fc.record({ string_param: name }),
);
const response = fc.record({
  model_name: name,
  id: name,
  parameters: fc.dictionary(fc.oneof(name, fc.constant("triton_final_response")), parameter, { noNullPrototype: true }),
  outputs: fc.array(fc.tuple(output, fc.uint8Array({ maxLength: 300 })), { maxLength: 4 }),
}).map(({ outputs, ...rest }) => ({
  ...rest,
  outputs: outputs.map(([one]) => one),
  raw_output_contents: outputs.map(([, raw]) => raw),
}));

type Response = typeof response extends fc.Arbitrary<infer T> ? T : never;

/** What the reader found, in the words of the message. */
function found(bytes: Uint8Array) {
  const text = ({ from, to }: Stretch) => textAt(bytes, from, to);
  return {
    error: text(inferReplies.error),
    id: text(inferReplies.id),
    final: inferReplies.is_final,
    outputs: inferReplies.outputs.map(({ name, datatype, raw }) => [
      text(name),
      text(datatype),
      raw === null ? null : [...bytes.subarray(raw.from, raw.to)],
    ]),
  };
}

function wanted({ id, parameters, outputs, raw_output_contents }: Response, error: string) {
  const final = parameters["triton_final_response"] as { bool_param?: boolean } | undefined;
  return {
    error,
    id,
    final: final?.bool_param ?? false,
    outputs: outputs.map(({ name, datatype }, at) => [name, datatype, [...raw_output_contents[at] ?? []]]),
  };
}

Deno.test("the reader finds in every reply what its message says", () => {
  fc.assert(fc.property(response, name, (infer_response, error_message) => {
    const streamed = ModelStreamInferResponse.encode({ error_message, infer_response });
    inferReplies.readStreamed(streamed);
    assert.deepEqual(found(streamed), wanted(infer_response, error_message));
    const whole = ModelInferResponse.encode(infer_response);
    inferReplies.readWhole(whole);
    assert.deepEqual(found(whole), wanted(infer_response, ""));
  }));
});

Deno.test("a reply leaves nothing behind for the next", () => {
  inferReplies.readStreamed(streamReply({ id: "1", text: "a", final: true, error: "no" }));
  inferReplies.readStreamed(new Uint8Array(0));
  assert.deepEqual(found(new Uint8Array(0)), { error: "", id: "", final: false, outputs: [] });
});

Deno.test("bytes that are cut, or any others, are read or refused, and never read past their end", () => {
  const bytes = streamReply({ id: "17", text: ["one", "two"], final: true });
  for (let length = 0; length < bytes.length; length++) {
    const cut = bytes.slice(0, length);
    // Two bytes are an error message of no letters, and a whole message.
    if (length !== 0 && length !== 2) assert.throws(() => inferReplies.readStreamed(cut), RangeError, String(length));
  }
  fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), (any) => {
    try {
      inferReplies.readStreamed(any);
    } catch (error) {
      assert.ok(error instanceof RangeError, String(error));
    }
  }));
});

Deno.test("more raw contents than outputs are refused", () => {
  const bytes = ModelInferResponse.encode({ raw_output_contents: [new Uint8Array(1)] });
  assert.throws(() => inferReplies.readWhole(bytes), /more raw contents/);
});
