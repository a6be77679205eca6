import assert from "node:assert/strict";
import fc from "fast-check";
import { Transcript } from "../../../lib/driver/speech/transcript.ts";
import type { Interims } from "../../../lib/plan/plan.ts";

/** Results of one call; those that end with `|` are final. */
function heard(results: readonly string[], interims: Interims = "auto", language = "en") {
  const transcript = new Transcript({ language, interims });
  for (const result of results) transcript.add(result.replace("|", ""), result.endsWith("|"));
  return [transcript.segments.join(" "), transcript.note?.replace("interims_", "") ?? null];
}

/** What servers send, and what they mean; the next dialect is one more line. */
const STREAMS: Record<string, { results: string[]; text: string; note: string | null; language?: string }> = {
  "a hypothesis that grows": {
    results: ["please", "please call", "please call me|"],
    text: "please call me",
    note: "replaced",
  },
  "a hypothesis that grows and is never final": {
    results: ["please", "please call", "please call me"],
    text: "please call me",
    note: "replaced",
  },
  "a hypothesis that is revised": {
    results: ["eye", "I can", "I can sea", "I can see the", "I can see the lake|"],
    text: "I can see the lake",
    note: "replaced",
  },
  "a hypothesis with other capitals and marks in the end": {
    results: ["hello there", "hello there how are", "Hello there, how are you?|"],
    text: "Hello there, how are you?",
    note: "replaced",
  },
  "a hypothesis that is soon final": { results: ["stop", "Stop.|"], text: "Stop.", note: "replaced" },
  "two sentences, each with its own hypotheses": {
    results: ["turn", "turn it", "turn it on|", "and", "and wait", "and wait here|"],
    text: "turn it on and wait here",
    note: "replaced",
  },
  "two sentences, none of them final": {
    results: ["turn", "turn it", "turn it on", "please", "please wait", "please wait here"],
    text: "turn it on please wait here",
    note: "replaced",
  },
  "final results that hold all before them": {
    results: ["turn it on|", "turn it on and wait|", "turn it on and wait here please|"],
    text: "turn it on and wait here please",
    note: null,
  },
  "parts": {
    results: ["turn on", "the lights", "in the hall", "please|"],
    text: "turn on the lights in the hall please",
    note: "joined",
  },
  "parts without a final one": {
    results: ["turn on the", "lights please"],
    text: "turn on the lights please",
    note: "joined",
  },
  "parts that begin alike": {
    results: ["turn on the", "fan then", "turn off the", "light now|"],
    text: "turn on the fan then turn off the light now",
    note: "joined",
  },
  "parts, then all of it": {
    results: ["turn on", "the lights", "turn on the lights|"],
    text: "turn on the lights",
    note: "replaced",
  },
  "one word said twice": { results: ["no", "no"], text: "no no", note: "joined" },
  "final results alone": { results: ["turn it on|", "and wait|"], text: "turn it on and wait", note: null },
  "one result": { results: ["turn it on"], text: "turn it on", note: null },
  "blanks": { results: [" ", " turn it ", "|"], text: "turn it", note: null },
  "a hypothesis in Chinese": {
    results: ["今天", "今天天气", "今天天气很好|"],
    text: "今天天气很好",
    note: "replaced",
    language: "zh",
  },
  "parts in Chinese": { results: ["今天", "天气", "很好|"], text: "今天 天气 很好", note: "joined", language: "zh" },
};

Deno.test("interim results are replaced or joined by whether they repeat what came before", () => {
  for (const [name, { results, text, note, language }] of Object.entries(STREAMS)) {
    assert.deepEqual(heard(results, "auto", language), [text, note], name);
  }
});

Deno.test("a scenario may say what becomes of interim results", () => {
  const grows = ["please", "please call", "please call me|"];
  assert.deepEqual(heard(grows, "join"), ["please please call please call me", "joined"]);
  assert.deepEqual(heard(grows, "replace"), ["please call me", "replaced"]);
  assert.deepEqual(heard(["turn on", "the lights|", "please"], "replace"), ["the lights please", "replaced"]);
  assert.deepEqual(heard(["turn it on|", "turn it on now|"], "replace"), ["turn it on turn it on now", null]);
});

const words = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,8}$/), { minLength: 2, maxLength: 120 });

Deno.test("any hypothesis that grows is heard as its last, and any parts as all of them", () => {
  fc.assert(fc.property(words, fc.integer({ min: 1, max: 5 }), fc.boolean(), (all, step, isFinal) => {
    const ends = all.map((_, at) => at + 1).filter((end) => end % step === 0 || end === all.length);
    const grows = ends.map((end) => all.slice(0, end).join(" "));
    assert.deepEqual(heard([...grows.slice(0, -1), grows.at(-1) + (isFinal ? "|" : "")])[0], all.join(" "));
    const parts = ends.map((end, at) => all.slice(ends[at - 1] ?? 0, end).join(" "));
    assert.deepEqual(heard([...parts.slice(0, -1), parts.at(-1) + (isFinal ? "|" : "")])[0], all.join(" "));
  }));
});
