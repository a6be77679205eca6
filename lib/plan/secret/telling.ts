/** Which values tell something: to hide the others would blank out ordinary words and hide nothing. */

/** Shortest value that tells something; characters. */
const SHORTEST = 6;
/** A word of letters tells something from this length on; "authentication" has 14. */
const LONGEST_WORD = 16;
/** A number tells something from this many digits on; a date has 8, a card 16. */
const LONGEST_NUMBER = 9;

/** One word, all small, all capitals or with a capital at its beginning. */
const WORD = /^(?:\p{L}?\p{Ll}*|\p{Lu}+)$/u;
const NUMBER = /^[-+\d.,:/ TZe]+$/;
const MEDIA_TYPE = /^(?:application|audio|font|image|message|model|multipart|text|video)\/[\w.+*-]+(?:;.*)?$/i;

/**
 * Whether a value is likely to be more than an ordinary word, a number or a media type.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * for (const plain of ["en", "true", "assistant", "16000", "2026-11-30", "text/event-stream"]) assert.ok(!tells(plain));
 * for (const secret of ["hunter2", "aBcDeF", "a1b2c3", "4111111111111111"]) assert.ok(tells(secret));
 * ```
 */
export function tells(value: string): boolean {
  return value.length >= SHORTEST && !isOrdinary(value);
}

/** Whether a value, of whatever length, is an ordinary word, a number or a media type. */
export function isOrdinary(value: string): boolean {
  if (WORD.test(value)) return value.length < LONGEST_WORD;
  if (NUMBER.test(value)) return value.replace(/\D/g, "").length < LONGEST_NUMBER;
  return MEDIA_TYPE.test(value);
}

/** Words that servers use about secrets, and values that are none: a part of a secret that is one of them is shown. */
const COMMON: ReadonlySet<string> = new Set(
  ("access account admin api auth authentication authorization basic bearer client code credential credentials default " +
    "demo development dummy example false header invalid june key keys load local localhost login none null password private " +
    "prod production public query secret server service session sign signature staging test testing token true user " +
    "username value wrong").split(" "),
);

/** Whether a text consists of words that servers use about secrets, of numbers below 1000 and of signs. */
export function isCommon(text: string): boolean {
  return text.toLowerCase().split(/[^\p{L}\p{N}]+/u).every((word) =>
    word === "" || COMMON.has(word) || /^\d{1,3}$/.test(word)
  );
}

/** Names of keys whose values are secrets, whatever they look like. */
const SECRET_NAME =
  /pass|pwd|secret|token|\btok\b|\bjwt\b|\bsig\b|signature|api.?key|\bkey$|auth|credential|cookie|session|private|\botp\b|\bpin\b/i;
/** Names that only contain such a word: `max_tokens`, `author`. */
const PLAIN_NAME = /tokens$|^author(?!i[sz]ation)|tokeni[sz]|token_type|token_url|_tokens_/i;

/**
 * Whether the name of a key, header or variable marks its value as a secret.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * for (const name of ["password", "X-Api-Key", "jwt", "sig", "pwd", "cookie"]) assert.ok(isSecretName(name), name);
 * for (const name of ["max_tokens", "author", "model", "design"]) assert.ok(!isSecretName(name), name);
 * ```
 */
export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name.replaceAll("_", "-")) && !PLAIN_NAME.test(name);
}
