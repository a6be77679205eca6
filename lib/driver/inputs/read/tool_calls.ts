/** Calls of tools in conversations: OpenAI's form, and ShareGPT's (`function_call`, `observation`). */
import type { ChatTurn, ToolCall } from "../inputs.ts";
import { objectOf } from "./fields.ts";
import { FormatError } from "./records.ts";

/**
 * The calls of a turn in OpenAI's form.
 * @throws {FormatError} for anything else
 */
export function toolCallsOf(value: unknown): ToolCall[] {
  const calls = Array.isArray(value) ? value.map(callOf) : [null];
  if (calls.some((call) => call === null)) {
    throw new FormatError(
      'has "tool_calls" of another form: a call is {"id", "type", "function": {"name", "arguments"}}',
    );
  }
  return calls.filter((call) => call !== null);
}

function callOf(value: unknown): ToolCall | null {
  const { id, type, function: called } = objectOf(value) ?? {};
  const made = functionOf(objectOf(called));
  if (made === null) return null;
  return { id: typeof id === "string" ? id : "", type: typeof type === "string" ? type : "function", function: made };
}

/** A function with its arguments as JSON; null where it has no name. */
function functionOf(fields: Record<string, unknown> | null): ToolCall["function"] | null {
  const { name, arguments: given } = fields ?? {};
  if (typeof name !== "string" || name === "") return null;
  return { name, arguments: typeof given === "string" ? given : JSON.stringify(given ?? {}) };
}

/** The calls that a text of JSON writes, one or a list of them; null for any other text. */
export function writtenCalls(text: string): ToolCall[] | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const functions = (Array.isArray(value) ? value : [value]).map((one) => functionOf(objectOf(one)));
  if (functions.length === 0 || functions.some((one) => one === null)) return null;
  return functions.filter((one) => one !== null).map((one) => ({ id: "", type: "function", function: one }));
}

/** Numbers calls that have no id, and gives results of tools the ids of the calls before them, in order. */
export function linkCalls(turns: readonly ChatTurn[]): ChatTurn[] {
  let count = 0;
  let open: string[] = [];
  return turns.map((turn) => {
    if (turn.tool_calls !== undefined) {
      const tool_calls = turn.tool_calls.map((call) => call.id === "" ? { ...call, id: `call_${++count}` } : call);
      open = tool_calls.map(({ id }) => id);
      return { ...turn, tool_calls };
    }
    if (turn.role !== "tool") return turn;
    const tool_call_id = turn.tool_call_id ?? open[0];
    open = open.filter((id) => id !== tool_call_id);
    return tool_call_id === undefined ? turn : { ...turn, tool_call_id };
  });
}
