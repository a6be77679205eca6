import assert from "node:assert/strict";
import fc from "fast-check";
import { withoutSpans } from "../../../lib/plan/secret/hide.ts";
import { Quotes, type ValueKind } from "../../../lib/plan/secret/quotes.ts";
import { isCommon, isOrdinary, isSecretName, tells } from "../../../lib/plan/secret/telling.ts";

const NUM_RUNS = 400;
/** The same texts in each run; change it for a run to try others. */
const SEED = 13;

function hiding(...values: [ValueKind, string][]): (text: string) => string {
  const quotes = new Quotes();
  for (const [kind, value] of values) quotes.add(kind, value);
  return (text) => withoutSpans(text, quotes.spans(text), "***");
}

const utf8 = new TextEncoder();
const bytesOf = (text: string) => utf8.encode(text);
const hexOf = (text: string) => bytesOf(text).toHex();
const html = (text: string) =>
  text.replace(/[&<>"']/g, (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" })[sign]!);
const ascii = (text: string) =>
  JSON.stringify(text).slice(1, -1).replace(
    /[^ -~]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );

/** How servers write a value, with the most characters that one of the value's may take. */
const ENCODINGS: Readonly<Record<string, [write: (value: string) => string, most: number]>> = {
  plain: [(value) => value, 1],
  "capital letters": [(value) => value.replace(/[a-z]/g, (letter) => letter.toUpperCase()), 1],
  "percent-encoded": [encodeURIComponent, 12],
  "every byte percent-encoded": [(value) => hexOf(value).replace(/../g, "%$&"), 12],
  form: [(value) => new URLSearchParams({ "": value }).toString().slice(1), 12],
  JSON: [(value) => JSON.stringify(value).slice(1, -1), 6],
  "JSON of ASCII": [ascii, 12],
  "JSON within JSON": [(value) => JSON.stringify(JSON.stringify(value)).slice(3, -3), 13],
  "percent-encoded JSON": [(value) => encodeURIComponent(JSON.stringify(value).slice(1, -1)), 24],
  HTML: [html, 6],
  "bytes as \\x": [(value) => hexOf(value).replace(/../g, "\\x$&"), 16],
  hex: [hexOf, 8],
  base64: [(value) => bytesOf(value).toBase64(), 6],
  "url-safe base64": [(value) => bytesOf(value).toBase64({ alphabet: "base64url", omitPadding: true }), 6],
  "base64 with a user before it": [(value) => btoaUtf8(`me:${value}`).slice(4), 6],
  "base64 in the middle": [(value) => btoaUtf8(`x${value}y`), 8],
};
const btoaUtf8 = (text: string) => bytesOf(text).toBase64();

/** A secret that a generator makes: a letter or digit at both ends, anything between. */
const secrets = fc.tuple(
  fc.stringMatching(/^[a-zA-Z0-9]{3}$/),
  fc.string({
    unit: fc.oneof({ weight: 9, arbitrary: fc.stringMatching(/^[!-~]$/) }, fc.constantFrom("ä", "ß", "字", "🔑")),
    minLength: 6,
    maxLength: 40,
  }),
  fc.stringMatching(/^[a-zA-Z0-9]{3}$/),
).map((parts) => parts.join("")).filter((secret) => !isCommon(secret));

for (const [name, [write, most]] of Object.entries(ENCODINGS)) {
  Deno.test(`a secret is hidden as ${name}, whole and wherever a quote is cut`, () => {
    fc.assert(
      fc.property(secrets, fc.double({ min: 0, max: 1, noNaN: true }), (secret, part) => {
        const quoted = write(secret);
        const hide = hiding(["secret", secret]);
        const [before, after] = ["the key <", "> is not known here"];
        const safe = hide(`${before}${quoted}${after}`);
        assert.ok(safe.startsWith(before) && safe.endsWith(after), safe);
        // Base64 shares its first and last character with its neighbours.
        assert.ok(safe.length <= before.length + after.length + 3 + 6, safe);
        // Cut at any place: of the beginning that is left at most three characters of the secret are shown.
        const cut = quoted.slice(0, Math.floor(part * quoted.length));
        for (const mark of ["", "…", "...", '"']) {
          const left = hide(`${before}${cut}${mark}`).replace("***", "").length - before.length - mark.length;
          assert.ok(left <= 4 * most + 4, `${left} of ${cut}`);
        }
      }),
      { numRuns: NUM_RUNS / 4, seed: SEED },
    );
  });
}

Deno.test("no half of a plain secret is left, whatever a server cuts out of it", () => {
  fc.assert(
    fc.property(secrets, fc.nat(60), fc.nat(60), fc.constantFrom("…", "...", '"'), (secret, one, other, mark) => {
      const [from, to] = [one % secret.length, other % secret.length].sort((a, b) => a - b) as [number, number];
      const part = secret.slice(from, to);
      const safe = hiding(["secret", secret])(`you sent ${mark}${part}${mark}`);
      const shown = safe.slice(9).replaceAll("***", "").replaceAll(mark, "");
      // A part from the middle shorter than a quote may stay; the ends do not.
      const inner = from > 0 && to < secret.length;
      assert.ok(inner ? shown.length < 8 || isCommon(part) : shown.length < 4 || isCommon(part), `${shown} of ${part}`);
    }),
    { numRuns: NUM_RUNS, seed: SEED },
  );
});

const MESSAGES = [
  "HTTP 401: the key is missing or not accepted: Invalid API key provided; try again after 3 s",
  "UNAVAILABLE: the connection to 10.0.0.7:50051 was lost after 312 ms",
  "authentication failed: wrong password or token for user, see https://example.net/docs/errors#auth",
  "The model does not exist or you do not have access to it.",
  "true is not one of en, de, fr: check the default of the assistant's language",
  "json: cannot unmarshal string into Go struct field Request.max_tokens of type int, content-type application/json",
];

Deno.test("values of a few characters and ordinary words hide nothing", () => {
  const words = fc.oneof(
    fc.string({ maxLength: 3 }),
    fc.constantFrom("en", "true", "false", "null", "assistant", "default", "streaming", "authentication", "12345678"),
    fc.constantFrom("application/json", "text/event-stream", "2026-11-30", "16000", "Invalid", "exist", "password"),
    fc.stringMatching(/^[a-z]{4,15}$/),
  );
  fc.assert(
    fc.property(fc.array(words, { maxLength: 20 }), (values) => {
      const hide = hiding(...values.map((value): [ValueKind, string] => ["value", value]));
      for (const message of MESSAGES) assert.equal(hide(message), message);
    }),
    { numRuns: NUM_RUNS, seed: SEED },
  );
});

Deno.test("a secret of three characters counts as a word of its own, a shorter one not at all", () => {
  const hide = hiding(["secret", "abc"], ["secret", "a"], ["secret", ""]);
  assert.equal(hide('a key "abc" in abcd, a=abc'), 'a key "***" in abcd, a=***');
});

Deno.test("what servers say of secrets stays when a secret holds such words", () => {
  const hide = hiding(["secret", "password-123-token"], ["secret", "live-token-4711"]);
  for (const message of MESSAGES) assert.equal(hide(message), message);
  assert.equal(hide("wrong: password-123-token"), "wrong: ***");
});

Deno.test("a quote with many blanks within is hidden in time that grows with its length", () => {
  const hide = hiding(["secret", "sk-live-4f9a 8b7c6d5e"]);
  // A search that begins again at each blank takes an hour.
  assert.equal(hide(`key sk-live-4f9a${" ".repeat(500_000)}8b7c6d`), "key ***");
});

Deno.test("a text of several words is hidden where it is quoted, and its words are not", () => {
  const hide = hiding(["text", "Please turn on the lights in the kitchen"]);
  assert.equal(hide("the lights in the kitchen are on"), "*** are on");
  assert.equal(hide("turn on the lights"), "turn on the lights");
});

Deno.test("a random text without the secret stays as it is", () => {
  fc.assert(
    fc.property(secrets, fc.lorem({ maxCount: 30 }), (secret, text) => {
      assert.equal(hiding(["secret", secret])(text), text);
    }),
    { numRuns: NUM_RUNS, seed: SEED },
  );
});

Deno.test("which values tell something is decided by length and form", () => {
  for (
    const plain of ["", "en", "true", "hunter", "Assistant", "STREAM", "+49 30 12", "12.5", "audio/wav; rate=16000"]
  ) {
    assert.ok(!tells(plain), plain);
  }
  for (const telling of ["hunter2", "sK3y-x", "correcthorsebatterystaple", "4111 1111 1111 1111", "pass word"]) {
    assert.ok(tells(telling), telling);
  }
  assert.ok(isOrdinary("sechzehnbuchstab") === false && isOrdinary("fuenfzehnbuchst"));
  for (
    const name of [
      "Authorization",
      "X-Goog-Api-Key",
      "access_token",
      "client_secret",
      "sig",
      "jwt",
      "tok",
      "pwd",
      "Cookie",
      "key",
      "session_id",
    ]
  ) {
    assert.ok(isSecretName(name), name);
  }
  for (
    const name of ["max_tokens", "tokenizer", "author", "design", "model", "signal", "keyboard", "stopping", "spin"]
  ) {
    assert.ok(!isSecretName(name), name);
  }
});
