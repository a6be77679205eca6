/** Chats for models that complete a text. */
import { callText, type ChatTurn } from "../inputs/inputs.ts";

const SPEAKERS = { user: "User", assistant: "Assistant", tool: "Tool" } as const;

/**
 * A chat as one prompt: the system's messages, an empty line, each turn on a line that begins with `User: ` or
 * `Assistant: `, and `Assistant:` for the answer. KServe has no chats, and it does not show a model's own template.
 *
 * @param system the service's own message, before those of the chat; empty: none
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.equal(chatPrompt("Be brief.", [{ role: "user", content: "Hi" }]), "Be brief.\n\nUser: Hi\nAssistant:");
 * ```
 */
export function chatPrompt(system: string, turns: readonly ChatTurn[]): string {
  const preamble = system === "" ? [] : [system];
  const lines: string[] = [];
  for (const { role, content, tool_calls } of turns) {
    const calls = tool_calls === undefined ? "" : callText(tool_calls);
    if (role === "system") preamble.push(content);
    else lines.push(`${SPEAKERS[role]}: ${[content, calls].filter((part) => part !== "").join("\n")}`);
  }
  return [...preamble, ...(preamble.length === 0 ? [] : [""]), ...lines, "Assistant:"].join("\n");
}
