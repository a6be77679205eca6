import assert from "node:assert/strict";
import { constant } from "../../../lib/sim/model/distribution.ts";
import { audioWork_ms, drawLlm, llmService_ms, modelsOf } from "../../../lib/sim/model/model.ts";
import { Random } from "../../../lib/sim/model/random.ts";
import { LLM, STT } from "../world.ts";

Deno.test("an LLM request takes its first token and a gap before each further one", () => {
  const dealt = drawLlm(LLM, new Random(1));
  assert.deepEqual(dealt, { first_token_ms: 100, gap_ms: 10, tokens: 5 });
  assert.equal(llmService_ms(dealt), 140);
});

Deno.test("an answer has at least a token and at most 4096, at half a token a second or more", () => {
  const dealt = (tokens: number, rate: number) =>
    drawLlm({ ...LLM, output_tokens: constant(tokens), tokens_per_s: constant(rate) }, new Random(1));
  assert.deepEqual([dealt(0, 10).tokens, dealt(1e9, 10).tokens, dealt(1, 0).gap_ms], [1, 4096, 2000]);
});

Deno.test("work on audio is its overhead and a share of its length", () => {
  assert.equal(audioWork_ms(STT, 3000, new Random(1)), 350);
});

Deno.test("modelsOf() changes what it is told to and no more", () => {
  const base = modelsOf("ideal");
  const changed = modelsOf("ideal", { llm: { slots: 3 } });
  assert.deepEqual(changed, { ...base, llm: { ...base.llm, slots: 3 } });
  assert.deepEqual(modelsOf("june").tts.overhead_ms, constant(100));
});

Deno.test("an unloaded service answers well within June's two seconds", () => {
  const { llm, stt, tts } = modelsOf("ideal");
  const random = new Random(1);
  const sorted = (one: () => number) => Array.from({ length: 4000 }, one).sort((a, b) => a - b);
  const first = sorted(() => drawLlm(llm, random).first_token_ms);
  const whole = sorted(() => llmService_ms(drawLlm(llm, random)));
  const heard = sorted(() => audioWork_ms(stt, 3000, random));
  const spoken = sorted(() => audioWork_ms(tts, 4000, random));
  const p95 = (times: number[]) => times[3800]!;
  assert.ok(first[400]! > 110 && p95(first) < 270, `${first[400]} ${p95(first)}`);
  assert.ok(p95(whole) < 1200, `${p95(whole)}`);
  assert.ok(heard[400]! > 150 && p95(heard) < 400, `${heard[400]} ${p95(heard)}`);
  assert.ok(spoken[400]! > 150 && p95(spoken) < 500, `${spoken[400]} ${p95(spoken)}`);
});
