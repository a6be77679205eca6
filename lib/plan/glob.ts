/** Globs for operation names: `*` matches any characters, everything else matches itself. */

/**
 * Whether `glob` matches the whole `name`.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.equal(matchesGlob("llm.*", "llm.chat_stream"), true);
 * assert.equal(matchesGlob("llm.*", "tts.synthesize"), false);
 * ```
 */
export function matchesGlob(glob: string, name: string): boolean {
  const literal = glob.split("*").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${literal.join(".*")}$`).test(name);
}
