import assert from "node:assert/strict";
import fc from "fast-check";
import { countWords } from "../../../lib/driver/core/text.ts";
import { StreamedText } from "../../../lib/driver/core/streamed_text.ts";

/** What is passed on of messages, after each of them and at the end. */
function read(messages: readonly string[], asBytes = false) {
  const pieces: string[] = [];
  const text = new StreamedText({ text: (piece) => void pieces.push(piece) });
  const news = messages.map((message) => {
    const bytes = new TextEncoder().encode(message);
    return asBytes ? text.addBytes(bytes, 0, bytes.length) : text.add(message);
  });
  text.finish();
  return { text: pieces.join(""), pieces, news, words: text.words, repeats: text.repeats };
}

/** Streams as servers send them: the text they mean, and whether each message holds all of it so far. */
const STREAMS: Record<string, { messages: string[]; text: string; repeats?: boolean }> = {
  "pieces": { messages: ["Turn ", "the lights ", "off."], text: "Turn the lights off." },
  "laughter": { messages: ["ha", "ha", "haha"], text: "hahahaha" },
  "laughter that grows": { messages: ["ha", "haha", "hahaha", "hahahaha!"], text: "hahahahahahahahahaha!" },
  "digits": { messages: ["1", "10", "100", "1000"], text: "1101001000" },
  "a word twice": { messages: ["No", "No", "!"], text: "NoNo!" },
  "a line twice": {
    messages: ["Row, row, row your boat", "Row, row, row your boat", " gently"],
    text: "Row, row, row your boatRow, row, row your boat gently",
  },
  "blanks and marks": { messages: [" ", "  ", "   ", "-", "--"], text: "      ---" },
  "one message": { messages: ["All of it at once."], text: "All of it at once." },
  "all so far, word by word": {
    messages: ["Turn", "Turn the", "Turn the lights", "Turn the lights off."],
    text: "Turn the lights off.",
    repeats: true,
  },
  "all so far, in long messages": {
    messages: ["Please turn the lights off", "Please turn the lights off and close the door."],
    text: "Please turn the lights off and close the door.",
    repeats: true,
  },
  "all so far, and once more at the end": {
    messages: ["Please turn", "Please turn the lights", "Please turn the lights off", "Please turn the lights off"],
    text: "Please turn the lights off",
    repeats: true,
  },
  "all so far, cut inside a character": {
    messages: ["Gr\uFFFD", "Gr\u00fc\uFFFD", "Grüße aus M\uFFFD", "Grüße aus München", "Grüße aus München, Welt"],
    text: "Grüße aus München, Welt",
    repeats: true,
  },
  "all so far, in Chinese": {
    messages: ["请在下午三点", "请在下午三点打开客厅", "请在下午三点打开客厅的灯"],
    text: "请在下午三点打开客厅的灯",
    repeats: true,
  },
  "all so far, its end revised": {
    messages: [
      "Please turn the",
      "Please turn the light",
      "Please turn the lights off.",
      "Please turn the lights off, now",
    ],
    text: "Please turn the lights off. now",
    repeats: true,
  },
  "all so far, then a piece": {
    messages: ["Please turn the light", "Please turn the lights off.", " Goodbye"],
    text: "Please turn the lights off. Goodbye",
    repeats: true,
  },
};

Deno.test("each word of a stream counts once, whether its messages repeat or not", () => {
  for (const [name, { messages, text, repeats = false }] of Object.entries(STREAMS)) {
    for (const asBytes of [false, true]) {
      const found = read(messages, asBytes);
      assert.deepEqual([found.text, found.repeats, found.words], [text, repeats, countWords(text)], name);
    }
  }
});

Deno.test("the text of a first message is passed on at once, and a message without anything new is known", () => {
  const { pieces, news } = read(["Please turn the lights", "Please turn the lights off", "Please turn the lights off"]);
  assert.deepEqual([pieces, news], [["Please turn the lights", " off"], [true, true, false]]);
});

/** Rising cuts of a text, up to all of it. */
const cut = (text: string, cuts: readonly number[]) => [
  ...new Set([...cuts.map((at) => 1 + at % text.length).sort((a, b) => a - b), text.length]),
];
const sentence = fc.array(fc.constantFrom("turn ", "the ", "lights ", "ha ", "1 ", "Grüße ", "🌍 ", "off. "), {
  minLength: 1,
  maxLength: 30,
}).map((words) => `Quick brown fox ${words.join("")}`);

Deno.test("any text comes out whole from messages that repeat it, once chance is excluded", () => {
  fc.assert(fc.property(sentence, fc.array(fc.nat(), { maxLength: 20 }), (text, cuts) => {
    // The first message alone already holds enough different letters.
    const ends = cut(text, cuts).filter((end) => end >= 15);
    const found = read(ends.map((end) => text.slice(0, end)));
    assert.deepEqual([found.text, found.repeats], [text, ends.length > 1]);
  }));
});

Deno.test("any text comes out whole from pieces: few of them, or of few letters, never look repeated", () => {
  fc.assert(fc.property(sentence, fc.array(fc.nat(), { maxLength: 20 }), (text, cuts) => {
    const ends = cut(text, cuts);
    const found = read(ends.map((end, at) => text.slice(ends[at - 1] ?? 0, end)));
    assert.deepEqual([found.text, found.repeats], [text, false]);
  }));
  const tokens = fc.array(fc.constantFrom("ha", "haha", "h", "a", "hahaha", " ha", "!", "1", "11", "10"), {
    maxLength: 12,
  });
  fc.assert(fc.property(tokens, (messages) => {
    const found = read(messages);
    assert.deepEqual([found.text, found.repeats], [messages.join(""), false]);
  }));
});

Deno.test("a long text of cut characters is read at once", () => {
  const text = `${"\uFFFD".repeat(300_000)}x`;
  assert.equal(read([text, `${text}y`]).text, `${text}${text}y`);
});
