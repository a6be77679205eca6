/** Text from outside (servers, event notes, model names) made safe to show: it is data, never markup or control. */

// deno-lint-ignore no-control-regex -- control characters are what this removes
const ANSI = /[\u001b\u009b](?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-_])?/g;
// deno-lint-ignore no-control-regex -- see above
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g;
const DIRECTION = /[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/**
 * One line without terminal escapes, control characters or marks that change the writing direction, cut at `limit`
 * characters.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.equal(plainText("model\u001b[31m red\nof \u202eevil"), "model red of evil");
 * ```
 */
export function plainText(text: string, limit = 300): string {
  const line = text.replace(ANSI, "").replace(CONTROL, " ").replace(DIRECTION, "").trim();
  const characters = [...line];
  return characters.length <= limit ? line : `${characters.slice(0, limit - 1).join("")}…`;
}

/** Text for HTML content and for attribute values in double quotes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/**
 * A value as JSON that cannot end the script element it stands in, nor break a line of JavaScript.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.equal(scriptJson("</script>"), '"\\u003c/script>"');
 * ```
 */
export function scriptJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/**
 * Text for the content and the attributes of XML 1.0, on one line. What XML cannot hold at all (half a character, the two
 * code points that are none) becomes U+FFFD.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.equal(escapeXml("a < b\ud800"), "a &#60; b\ufffd");
 * ```
 */
export function escapeXml(text: string, limit?: number): string {
  return escapeHtml(xmlText(text, limit));
}

/** Plain text of characters that XML 1.0 can hold, for writers that escape by themselves. */
export function xmlText(text: string, limit?: number): string {
  return plainText(text.toWellFormed().replace(/[\ufffe\uffff]/g, "\ufffd"), limit);
}

/**
 * Text that GitHub's Markdown shows letter by letter, on one line, in tables too: neither markup nor links.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.equal(escapeMarkdown("p95(first_message) | <b>"), "p95(first_message) \\| &lt;b&gt;");
 * ```
 */
export function escapeMarkdown(text: string, limit?: number): string {
  return plainText(text, limit)
    .replace(/[&<>]/g, (character) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[character] as string)
    // Inside a word an underscore is a letter.
    .replace(/[\\`*[\]|~#$]|(?<![a-z0-9])_|_(?![a-z0-9])/gi, "\\$&")
    // A bare address and a name after @ would become links.
    .replace(/:\/\/|@|www\./gi, (link) => `${link[0]}<!-- -->${link.slice(1)}`);
}
