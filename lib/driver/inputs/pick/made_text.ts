/** Prompts of traces, which give lengths and blocks but no texts. */
import type { MadePrompt } from "../read/entry.ts";
import { numbersFrom, wordText } from "./words.ts";

/** Tokens of a block in the traces of Mooncake, then in those of others: vLLM's and SGLang's block sizes. */
const BLOCK_TOKENS = [512, 16, 32, 64, 128, 256, 1024];

/**
 * The text of a prompt, the same in every worker and every run. Prompts whose first blocks have the same ids begin with
 * the same words, so that prefix caches work as they did for the trace.
 * @param number of the entry: a prompt without blocks is like no other
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const [one, two] = [[7, 1], [7, 2]].map((blocks) => madeText({ tokens: 1000, blocks }, 0));
 * assert.equal(one.slice(0, 1500), two.slice(0, 1500));
 * assert.notEqual(one, two);
 * ```
 */
export function madeText({ tokens, blocks }: MadePrompt, number: number): string {
  if (blocks.length === 0) return wordText(tokens, numbersFrom(seedOf(`entry ${number}`)));
  const size = blockTokens(tokens, blocks.length);
  const texts = blocks.map((id, at) => {
    const length = Math.min(size, tokens - at * size);
    return length < 1 ? "" : wordText(length, numbersFrom(seedOf(`block ${id}`)));
  });
  return texts.filter((text) => text !== "").join(" ");
}

/** Tokens of each block but the last: a usual size that fits, else equal parts. */
function blockTokens(tokens: number, blocks: number): number {
  return BLOCK_TOKENS.find((size) => Math.ceil(tokens / size) === blocks) ?? Math.ceil(tokens / blocks);
}

/** FNV-1a, 32 bits. */
function seedOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash | 0;
}
