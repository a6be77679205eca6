import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import fc from "fast-check";
import * as asr from "../../proto/asr.ts";
import * as health from "../../proto/health.ts";
import * as llm from "../../proto/llm.ts";
import * as tts from "../../proto/tts.ts";

/** Bytes as hex, to compare with encodings worked out by hand. */
const hex = (bytes: Uint8Array): string => bytes.toHex();

Deno.test("asr.AudioChunk has June's field numbers and wire types", () => {
  const bytes = asr.AudioChunk.encode({
    audio_data: new Uint8Array([1, 2]),
    sample_rate: 16000,
    channels: 1,
    encoding: "pcm",
    timestamp_us: 20000,
  });
  assert.equal(hex(bytes), "0a020102" + "10807d" + "1801" + "220370636d" + "28a09c01");
});

Deno.test("asr.RecognitionResponse decodes nested results", () => {
  const result = { transcript: "hi", is_final: true, confidence: 0.5, detected_language: "en" };
  const bytes = asr.RecognitionResponse.encode({ results: [result], processing_time_ms: 7 });
  assert.equal(hex(bytes), "0a0f" + "0a026869" + "1001" + "1d0000003f" + "4202656e" + "1007");
  const decoded = asr.RecognitionResponse.decode(bytes);
  assert.equal(decoded.results[0]?.transcript, "hi");
  assert.equal(decoded.results[0]?.confidence, 0.5);
  assert.equal(decoded.processing_time_ms, 7);
});

Deno.test("asr codecs read int64 as numbers up to 2^53", () => {
  fc.assert(fc.property(fc.maxSafeNat(), (timestamp_us) => {
    assert.equal(asr.AudioChunk.decode(asr.AudioChunk.encode({ timestamp_us })).timestamp_us, timestamp_us);
  }));
});

Deno.test("absent fields read as their defaults, bytes as a Uint8Array", () => {
  const chunk = tts.AudioChunk.decode(new Uint8Array(0));
  assert.ok(chunk.audio_data instanceof Uint8Array);
  assert.deepEqual([chunk.audio_data.length, chunk.encoding, chunk.is_final, chunk.timestamp_us], [0, "", false, 0]);
  const answer = llm.ChatResponse.decode(new Uint8Array(0));
  assert.equal(answer.message, null);
});

Deno.test("text of any length and script survives, a byte order mark included", () => {
  const texts = ["", "a", "\ufeffx", "grüße 世界 😀", "x".repeat(100_000)];
  for (const token of texts) {
    assert.equal(llm.GenerationChunk.decode(llm.GenerationChunk.encode({ token, index: 3 })).token, token);
  }
  fc.assert(fc.property(fc.string({ unit: "binary" }), (token) => {
    assert.equal(llm.GenerationChunk.decode(llm.GenerationChunk.encode({ token })).token, token);
  }));
});

Deno.test("bytes that are not UTF-8 become replacement characters", () => {
  assert.equal(llm.GenerationChunk.decode(new Uint8Array([0x0a, 3, 0x61, 0xff, 0x62])).token, "a\ufffdb");
});

Deno.test("text that is longer than its message is refused", () => {
  assert.throws(() => llm.GenerationChunk.decode(new Uint8Array([0x0a, 3, 0x61, 0x62])), /longer than its message/);
  assert.throws(() => llm.ChatResponse.decode(new Uint8Array([0x0a, 3, 0x0a, 2, 0x61])), Error);
  assert.throws(() => llm.GenerationChunk.decode(Buffer.from([0x0a, 3, 0x61, 0x62])), /longer than its message/);
});

Deno.test("llm.GenerationParameters sends top_k as a float", () => {
  const bytes = llm.GenerationRequest.encode({ prompt: "a", params: { max_tokens: 2, top_k: 1 } });
  assert.equal(hex(bytes), "0a0161" + "1207" + "0802" + "250000803f");
});

Deno.test("llm.ChatChunk and GenerationChunk keep finish_reason apart: fields 5 and 6", () => {
  const reason = llm.FinishReason.ERROR;
  assert.equal(hex(llm.ChatChunk.encode({ is_final: true, finish_reason: reason })), "1801" + "2803");
  assert.equal(hex(llm.GenerationChunk.encode({ is_final: true, finish_reason: reason })), "1001" + "3003");
});

Deno.test("llm.EmbeddingResponse packs its floats", () => {
  const bytes = llm.EmbeddingResponse.encode({ embeddings: [1, 0], dimension: 2 });
  assert.equal(hex(bytes), "0a08" + "0000803f" + "00000000" + "1002");
  assert.deepEqual(llm.EmbeddingResponse.decode(bytes).embeddings, [1, 0]);
});

Deno.test("tts.SynthesisRequest has June's field numbers", () => {
  const bytes = tts.SynthesisRequest.encode({ text: "a", voice_id: "b", language: "c", config: { speed: 1 } });
  assert.equal(hex(bytes), "0a0161" + "120162" + "1a0163" + "2205" + "0d0000803f");
});

Deno.test("health.HealthCheckResponse reads SERVING", () => {
  assert.equal(health.HealthCheckResponse.decode(new Uint8Array([8, 1])).status, health.ServingStatus.SERVING);
});

Deno.test("a codec refuses bytes that are no message", () => {
  assert.throws(() => tts.AudioResponse.decode(new Uint8Array([0x0a, 0x05, 1])));
});
