/** Chats for models that complete a text. */
import type { ChatTurn } from "../inputs/inputs.ts";

const SPEAKERS = { system: "System", user: "User", assistant: "Assistant" } as const;

/**
 * A chat as one prompt: the system message, an empty line, each turn on a line that begins with `User: ` or
 * `Assistant: `, and `Assistant:` for the answer. KServe has no notion of a chat, and a model's own template is not told.
 *
 * @param system empty: none
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.equal(chatPrompt("Be brief.", [{ role: "user", content: "Hi" }]), "Be brief.\n\nUser: Hi\nAssistant:");
 * ```
 */
export function chatPrompt(system: string, turns: readonly ChatTurn[]): string {
  const lines = turns.map(({ role, content }) => `${SPEAKERS[role]}: ${content}`);
  return [...(system === "" ? [] : [system, ""]), ...lines, "Assistant:"].join("\n");
}
