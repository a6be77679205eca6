import assert from "node:assert/strict";
import fc from "fast-check";
import type { TranscriptExample } from "../../lib/measure/interval.ts";
import { MAX_WORST, WorstTranscripts } from "../../lib/measure/worst_transcripts.ts";

const example = fc.record({
  operation: fc.constantFrom("stt.recognize", "stt.recognize_stream"),
  start_ms: fc.nat(),
  errors: fc.integer({ min: 1, max: 30 }),
  words: fc.integer({ min: 0, max: 20 }),
  said: fc.integer({ min: 1, max: 40 }).map((clip) => `clip ${clip}`),
  heard: fc.constant("something"),
});
const rate = ({ errors, words }: TranscriptExample) => errors / Math.max(1, words);

Deno.test("the ten worst clips of each operation are kept, the worst first, each once", () => {
  fc.assert(fc.property(fc.array(example, { maxLength: 200 }), (all) => {
    const worst = new WorstTranscripts();
    for (const one of all) worst.add(one);
    for (const [operation, kept] of Object.entries(Object.groupBy(worst.list(), (one) => one.operation))) {
      const own = all.filter((one) => one.operation === operation);
      const byClip = Map.groupBy(own, ({ said }) => said);
      const rates = [...byClip.values()].map((list) => Math.max(...list.map(rate))).sort((a, b) => b - a);
      assert.deepEqual(kept?.map(rate), rates.slice(0, MAX_WORST));
      assert.equal(new Set(kept?.map(({ said }) => said)).size, kept?.length);
    }
  }));
});

Deno.test("merged from several lists they are the worst of all", () => {
  fc.assert(fc.property(fc.array(example, { maxLength: 60 }), fc.nat(60), (all, at) => {
    const [one, other, merged, whole] = [0, 1, 2, 3].map(() => new WorstTranscripts()) as [
      WorstTranscripts,
      WorstTranscripts,
      WorstTranscripts,
      WorstTranscripts,
    ];
    for (const [index, transcript] of all.entries()) (index < at ? one : other).add(transcript);
    for (const transcript of [...one.list(), ...other.list()]) merged.add(transcript);
    for (const transcript of all) whole.add(transcript);
    assert.deepEqual(merged.list().map(rate), whole.list().map(rate));
  }));
});
