/** Parses the turns of a conversation: OpenAI's messages, ShareGPT's, AIPerf's, plain questions. */
import type { ChatTurn } from "../inputs.ts";
import { Fields, objectOf } from "./fields.ts";
import { describe } from "./files.ts";
import { ROLE, SAID } from "./names.ts";
import type { Tell } from "./notes.ts";
import { FormatError } from "./records.ts";
import { linkCalls, toolCallsOf, writtenCalls } from "./tool_calls.ts";

/** Roles by their names in data sets. */
const ROLES: Record<string, ChatTurn["role"]> = {
  system: "system",
  developer: "system",
  user: "user",
  human: "user",
  assistant: "assistant",
  gpt: "assistant",
  chatgpt: "assistant",
  bing: "assistant",
  bard: "assistant",
  model: "assistant",
  tool: "tool",
  function: "tool",
  observation: "tool",
  function_response: "tool",
  tool_response: "tool",
  ipython: "tool",
};
/** Roles of turns that are calls of tools, written as JSON. */
const CALLS = ["function_call", "tool_call"];

/** A turn with nothing said and nothing called is left out. */
const isSaid = ({ content, tool_calls }: ChatTurn): boolean => content !== "" || tool_calls !== undefined;
const asks = ({ role }: ChatTurn): boolean => role === "user" || role === "tool";

/**
 * A conversation up to the last turn that asks for an answer: the user's, or a tool's result. Null without a turn of the
 * user; turns before the user's first are dropped.
 * @param name of the field with the turns, for notes
 * @throws {FormatError} for a turn of another form
 */
export function parseChat(items: readonly unknown[], name: string, tell: Tell): ChatTurn[] | null {
  const turns = items.map((item) => turnOf(item, name, tell)).filter((turn) => isSaid(turn) || turn.role === "tool");
  const system = turns.filter(({ role }) => role === "system");
  const talk = turns.filter(({ role }) => role !== "system");
  const first = talk.findIndex(({ role }) => role === "user");
  if (first < 0) return null;
  return linkCalls([...system, ...talk.slice(first, talk.findLastIndex(asks) + 1)]);
}

function turnOf(item: unknown, name: string, tell: Tell): ChatTurn {
  if (typeof item === "string") return { role: "user", content: item.trim() };
  const values = objectOf(item);
  if (values === null) {
    throw new FormatError(`has ${describe(item)} as a turn; a turn is an object with role and content`);
  }
  const fields = new Fields(values, `${name}[].`);
  const turn = readTurn(fields, fields.take(ROLE)?.value);
  for (const unused of fields.unused()) tell.unused(unused);
  return turn;
}

function readTurn(fields: Fields, said: unknown): ChatTurn {
  const value = fields.take(SAID)?.value ?? "";
  const called = typeof said === "string" && CALLS.includes(said.toLowerCase());
  const role = called ? "assistant" : roleOf(said, value);
  const calls = role === "assistant" ? fields.take(["toolcalls"]) : null;
  const call = role === "assistant" && calls === null ? fields.take(["functioncall"]) : null;
  const content = contentOf(value)?.trim();
  if (content === undefined) throw new FormatError(`has a turn (${role}) that is not a text`);
  if (called) {
    const written = writtenCalls(content);
    return written === null ? { role, content } : { role, content: "", tool_calls: written };
  }
  const id = role === "tool" ? fields.take(["toolcallid"])?.value : undefined;
  const name = fields.take(["name"])?.value;
  return {
    role,
    content,
    ...(calls !== null && { tool_calls: toolCallsOf(calls.value) }),
    ...(call !== null && { tool_calls: toolCallsOf([{ function: call.value }]) }),
    ...(typeof id === "string" && { tool_call_id: id }),
    ...(typeof name === "string" && { name }),
  };
}

/** A turn without a role, as in AIPerf's files, is the user's. */
function roleOf(said: unknown, value: unknown): ChatTurn["role"] {
  const role = said === undefined && typeof value === "string" && value !== ""
    ? "user"
    : typeof said === "string"
    ? ROLES[said.toLowerCase()]
    : undefined;
  if (role !== undefined) return role;
  throw new FormatError(
    `has a turn of ${
      JSON.stringify(said ?? null)
    }; roles are system, user (human), assistant (gpt), tool (observation)`,
  );
}

/** A text, or the texts of a list of parts; null for anything else, such as images. */
function contentOf(value: unknown): string | null {
  if (typeof value === "string") return value;
  if (!Array.isArray(value)) return null;
  const parts = value.map((part) => objectOf(part)?.text);
  return parts.every((part) => typeof part === "string") ? parts.join("\n") : null;
}
