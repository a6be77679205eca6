/** Globs for operation names: `*` matches any characters, everything else matches itself. */

/**
 * Whether `glob` matches the whole `name`. Each part between stars is looked for once, from left to right: the first place
 * where it fits leaves most for the parts after it, so nothing is tried again.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.equal(matchesGlob("llm.*", "llm.chat_stream"), true);
 * assert.equal(matchesGlob("llm.*", "tts.synthesize"), false);
 * ```
 */
export function matchesGlob(glob: string, name: string): boolean {
  const [first = "", ...parts] = glob.split("*");
  const last = parts.pop();
  if (last === undefined) return glob === name;
  const end = name.length - last.length;
  if (first.length > end || !name.startsWith(first) || !name.endsWith(last)) return false;
  let at = first.length;
  for (const part of parts) {
    const found = name.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return at <= end;
}
