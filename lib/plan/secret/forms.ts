/** The encodings in which a server may quote a value; escapes are undone in the text instead. */

/** One of them. */
export interface EncodedForm {
  text: string;
  /** Base64 or hex. */
  encoded: boolean;
}

const encoder = new TextEncoder();

/**
 * The forms of a value other than its own: base64 as it stands within a longer text, in each of the three places that
 * its first byte may have; hex; and UTF-8 read as Latin-1, as headers are.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const forms = formsOf("secret-value").map(({ text }) => text);
 * assert.ok(forms.includes("c2VjcmV0LXZhbHVl"));
 * assert.ok(forms.some((form) => btoa("me:secret-value").includes(form)));
 * ```
 */
export function formsOf(value: string): EncodedForm[] {
  const bytes = encoder.encode(value);
  const forms = [0, 1, 2].flatMap((before) => base64Within(bytes, before)).map((text) => ({ text, encoded: true }));
  forms.push({ text: bytes.toHex(), encoded: true });
  if (bytes.length > value.length) forms.push({ text: String.fromCharCode(...bytes), encoded: false });
  return forms;
}

/** Base64 of the bytes after `before` others: the characters that only these bytes decide, and all up to the end. */
function base64Within(bytes: Uint8Array, before: number): string[] {
  const all = new Uint8Array(before + bytes.length);
  all.set(bytes, before);
  const first = Math.ceil(before * 8 / 6);
  const past = Math.floor(all.length * 8 / 6);
  const text = all.toBase64();
  return [text.slice(first, past), text.slice(first)];
}
