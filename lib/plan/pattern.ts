/**
 * Regular expressions of users. They read what servers reply, which may be long and hostile, so they are RE2's: matched in
 * a time that grows with the text alone, whatever the expression. JavaScript's own can take for ever.
 */
import { RE2JS } from "re2js";
import { errorText } from "../base/errors.ts";

/** An expression, ready to be used. */
export interface Pattern {
  /** Whether it matches somewhere in `text`. */
  test(text: string): boolean;
}

/** A read expression, or why it cannot be read (a sentence without a full stop that quotes it). */
export type ParsedPattern = { ok: true; value: Pattern } | { ok: false; error: string };

/** What JavaScript has and RE2 has not: it cannot be matched in linear time. */
const LOOKS_AROUND = /\(\?<?[=!]|\\[1-9]|\\k</;

/**
 * Reads an expression in RE2's syntax, which is JavaScript's without lookahead, lookbehind and backreferences.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const read = parsePattern("^[a-z]+$");
 * assert.ok(read.ok && read.value.test("hello") && !read.value.test("Hello"));
 * assert.equal(parsePattern("(").ok, false);
 * ```
 */
export function parsePattern(source: string): ParsedPattern {
  try {
    const compiled = RE2JS.compile(RE2JS.translateRegExp(source));
    return { ok: true, value: { test: (text) => compiled.matcher(text).find() } };
  } catch (error) {
    const why = LOOKS_AROUND.test(source)
      ? "it may have no lookahead, lookbehind or backreference (RE2's syntax)"
      : errorText(error).replace("error parsing regexp: ", "");
    return { ok: false, error: `Cannot read the regular expression ${JSON.stringify(source)}: ${why}` };
  }
}
