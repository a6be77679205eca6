/** Parses one entry of a file of texts: a text or a conversation, in the common formats of data sets. */
import { describe } from "./files.ts";
import type { ChatTurn } from "../inputs.ts";
import { parseRow } from "./csv.ts";
import { FormatError } from "./records.ts";

/** The content of one entry. */
export interface Entry {
  /** Has at least one turn of the user; the last turn is the user's. */
  turns: readonly ChatTurn[];
  /** Most tokens of its answer, where the entry has a limit. */
  max_tokens: number | null;
}

/** How a file is split into entries. */
export type Format = "text" | "jsonl" | "json" | "csv";

/** How the entries of one file are parsed. */
export interface EntryForm {
  format: Format;
  /** See `InputPlan.field`. */
  field: string | null;
  /** Of CSV files. */
  columns: Columns | null;
}

/** The columns of a CSV file. */
export interface Columns {
  separator: string;
  text: number;
  /** Column of the limit of the answer; null: none. */
  limit: number | null;
}

/** Keys of a conversation and of a text, in order of preference. */
const CHAT_KEYS = ["messages", "conversations", "conversation", "turns"];
const TEXT_KEYS = ["prompt", "text", "question", "instruction", "input", "query", "sentence", "content"];
const LIMIT_KEYS = ["max_tokens", "max_completion_tokens", "output_tokens"];

const decoder = new TextDecoder("utf-8", { fatal: true });

/**
 * Reads one entry; null for an empty one.
 * @throws {FormatError} for an entry with a wrong format; the message does not name the place
 */
export function parseEntry(bytes: Uint8Array, { format, field, columns }: EntryForm): Entry | null {
  const text = decodeText(bytes).trim();
  if (text === "") return null;
  if (format === "text") return textEntry(text, null);
  if (format === "csv") return rowEntry(text, columns as Columns);
  return valueEntry(parseJson(text), field);
}

/** @throws {FormatError} */
export function decodeText(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw new FormatError("is not UTF-8 text; save it as UTF-8");
  }
}

/** @throws {FormatError} */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new FormatError(`is not JSON: ${(error as Error).message}`);
  }
}

/**
 * Finds the columns in the header of a CSV file.
 * @throws {FormatError} where the text's column is missing
 */
export function columnsOf(header: string, separator: string, field: string | null): Columns {
  const names = parseRow(header, separator).map((name) => name.trim());
  const lower = names.map((name) => name.toLowerCase());
  const find = (keys: readonly string[]) => keys.map((key) => lower.indexOf(key)).find((at) => at >= 0);
  const text = field === null ? find(TEXT_KEYS) ?? (names.length === 1 ? 0 : -1) : names.indexOf(field);
  if (text < 0) {
    const wanted = field === null
      ? `column called ${TEXT_KEYS.slice(0, 3).join(", ")} or similar`
      : `column "${field}"`;
    throw new FormatError(`its first line has no ${wanted}: it has ${names.slice(0, 8).join(", ")}; name one as field`);
  }
  return { separator, text, limit: find(LIMIT_KEYS) ?? null };
}

function rowEntry(row: string, { separator, text, limit }: Columns): Entry | null {
  const fields = parseRow(row, separator);
  const found = fields[text];
  if (found === undefined) {
    throw new FormatError(`has ${fields.length} fields; the text is in field ${text + 1}`);
  }
  const most = limit === null || (fields[limit] ?? "").trim() === "" ? null : limitFrom(Number(fields[limit]));
  return textEntry(found.trim(), most);
}

function textEntry(content: string, max_tokens: number | null): Entry | null {
  return content === "" ? null : { turns: [{ role: "user", content }], max_tokens };
}

function fieldsOf(value: unknown): Record<string, unknown> | null {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : null;
}

function valueEntry(value: unknown, field: string | null): Entry | null {
  if (typeof value === "string" && field === null) return textEntry(value.trim(), null);
  const fields = fieldsOf(value);
  if (fields === null) throw new FormatError(`is ${describe(value)}; each entry must be an object`);
  // In lines of OpenAI's batches the request is in `body`.
  const body = fieldsOf(fields.body) ?? fields;
  const found = field === null ? known(body) : atPath(fields, field);
  if (found === undefined) {
    const wanted = field === null
      ? '"prompt" or "text" with a string, or "messages" with a conversation'
      : `"${field}"`;
    throw new FormatError(`is ${describe(value)}; it must have ${wanted}`);
  }
  const key = LIMIT_KEYS.find((name) => (body[name] ?? null) !== null);
  const max_tokens = key === undefined ? null : limitFrom(body[key]);
  if (typeof found === "string") return textEntry(found.trim(), max_tokens);
  if (Array.isArray(found)) return chatEntry(found, max_tokens);
  throw new FormatError(`has ${describe(found)} where a string or a conversation is needed`);
}

function known(fields: Record<string, unknown>): unknown {
  const key = [...CHAT_KEYS, ...TEXT_KEYS].find((name) =>
    typeof fields[name] === "string" || Array.isArray(fields[name])
  );
  return key === undefined ? undefined : fields[key];
}

function atPath(fields: Record<string, unknown>, path: string): unknown {
  if (path in fields) return fields[path];
  return path.split(".").reduce<unknown>((value, key) => fieldsOf(value)?.[key], fields);
}

function limitFrom(value: unknown): number {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 1) return value;
  throw new FormatError(`has ${JSON.stringify(value)} as its token limit; it must be a whole number, 1 or more`);
}

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
};

/**
 * A conversation up to the user's last turn; null without a turn of the user. Turns before the user's first are
 * dropped.
 */
function chatEntry(items: readonly unknown[], max_tokens: number | null): Entry | null {
  const turns = items.map(turnOf).filter(({ content }) => content !== "");
  const system = turns.filter(({ role }) => role === "system");
  const talk = turns.filter(({ role }) => role !== "system");
  const first = talk.findIndex(({ role }) => role === "user");
  if (first < 0) return null;
  const last = talk.findLastIndex(({ role }) => role === "user");
  return { turns: [...system, ...talk.slice(first, last + 1)], max_tokens };
}

function turnOf(item: unknown): ChatTurn {
  if (typeof item === "string") return { role: "user", content: item.trim() };
  const fields = fieldsOf(item);
  if (fields === null) {
    throw new FormatError(`has ${describe(item)} as a turn; a turn is an object with role and content`);
  }
  const said = fields.role ?? fields.from;
  const role = typeof said === "string" ? ROLES[said.toLowerCase()] : undefined;
  if (role === undefined) {
    throw new FormatError(
      `has a turn of ${JSON.stringify(said ?? null)}; roles are system, user (human), assistant (gpt)`,
    );
  }
  const content = contentOf(fields.content ?? fields.value);
  if (content === null) throw new FormatError(`has a turn (${role}) that is not a text`);
  return { role, content: content.trim() };
}

/** A text, or the texts of a list of parts; null for anything else, such as images. */
function contentOf(value: unknown): string | null {
  if (typeof value === "string") return value;
  if (!Array.isArray(value)) return null;
  const parts = value.map((part) => fieldsOf(part)?.text);
  return parts.every((part) => typeof part === "string") ? parts.join("\n") : null;
}
