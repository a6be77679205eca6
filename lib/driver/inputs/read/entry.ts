/** Parses one entry of a file of texts: a text, a conversation or a prompt's length, in the forms of data sets. */
import { plainName } from "../../../base/csv.ts";
import type { ChatTurn, RequestFields } from "../inputs.ts";
import { parseChat } from "./chat.ts";
import { Fields, type Found, objectOf } from "./fields.ts";
import { describe } from "./files.ts";
import { type EntryForm, isChat, type TableColumns } from "./form.ts";
import * as names from "./names.ts";
import { SILENT, type Tell } from "./notes.ts";
import { parseJson, parseRecord } from "./record.ts";
import { FormatError } from "./records.ts";

/** The content of one entry. */
export interface Entry {
  /** Has at least one turn of the user; the last turn is the user's or a tool's. Empty where `made` is there. */
  turns: readonly ChatTurn[];
  /** Most tokens of its answer, where the entry has a limit. */
  max_tokens: number | null;
  /** Fields of its request besides the turns: tools. */
  fields: RequestFields | null;
  /** Its prompt is not given, only how long it is. */
  made: MadePrompt | null;
}

/** A prompt of a trace, known by its length. */
export interface MadePrompt {
  tokens: number;
  /** Ids of the blocks of which it consists; prompts with the same first ids begin alike. Empty: it is like no other. */
  blocks: readonly (string | number)[];
}

/** Longest prompt that is made; tokens. */
const MAX_MADE_TOKENS = 1_000_000;

/**
 * Reads one entry; null for an empty one.
 * @param tell notes fields that are not used
 * @throws {FormatError} for an entry with a wrong format; the message does not name the place
 */
export function parseEntry(bytes: Uint8Array, form: EntryForm, tell: Tell = SILENT): Entry | null {
  const value = parseRecord(bytes, form);
  if (value === undefined) return null;
  const { field } = form;
  if (typeof value === "string" && field === null) return textEntry(value.trim());
  if (field === null && Array.isArray(value) && isChat(value)) return chatEntry(value, "", tell);
  const fields = objectOf(value);
  if (fields === null) throw new FormatError(`is ${describe(value)}; each entry must be an object`);
  return objectEntry(new Fields(fields), field, tell);
}

const isText = (value: unknown): boolean => typeof value === "string" || Array.isArray(value);

function objectEntry(fields: Fields, field: string | null, tell: Tell): Entry | null {
  // In lines of OpenAI's batches the request is in `body`.
  const body = fields.inside(["body"]) ?? fields;
  const found = field === null ? known(body) : atPath(fields, field);
  const made = found === null && field === null ? madeOf(body) : null;
  if (found === null && made === null) {
    const wanted = field === null
      ? '"prompt" or "text" with a string, or "messages" with a conversation'
      : `"${field}"`;
    if (field === null && isBlank(body)) return null;
    throw new FormatError(`is ${describe(fields.values)}; it must have ${wanted}${listHint(fields.values)}`);
  }
  const entry = found === null ? { ...NOTHING, made } : contentOf(found, body, tell);
  if (found !== null) body.take(names.LENGTH);
  const max_tokens = limitOf(body, tell);
  const request = requestOf(body);
  const time = fields.take(names.TIME);
  if (time !== null) tell.timed(time.name);
  for (const unused of [...fields.unused(), ...(body === fields ? [] : body.unused())]) tell.unused(unused);
  return entry === null ? null : { ...entry, max_tokens, fields: request };
}

/** What to do with an object that only wraps the list of entries. */
function listHint(values: Readonly<Record<string, unknown>>): string {
  const isEntry = (item: unknown) => typeof item === "string" || objectOf(item) !== null;
  const [name] = Object.entries(values).find(([, value]) => Array.isArray(value) && value.some(isEntry)) ?? [];
  return name === undefined
    ? ""
    : `. If its list "${name}" holds the entries, save that list alone: jq '.${name}' FILE`;
}

const NOTHING: Entry = { turns: [], max_tokens: null, fields: null, made: null };

function textEntry(content: string): Entry | null {
  return content === "" ? null : { ...NOTHING, turns: [{ role: "user", content }] };
}

function chatEntry(items: readonly unknown[], name: string, tell: Tell): Entry | null {
  const turns = parseChat(items, name, tell);
  if (turns !== null && turns.length > 1) tell.chat(name);
  return turns === null ? null : { ...NOTHING, turns };
}

function known(fields: Fields): Found | null {
  const isSaid = (value: unknown) => isText(value) && (typeof value !== "string" || value.trim() !== "");
  return fields.take([...names.CHAT, ...names.TEXT], isSaid);
}

/** An entry whose text is there and empty is passed over. */
function isBlank(body: Fields): boolean {
  const wanted = new Set([...names.CHAT, ...names.TEXT]);
  return Object.entries(body.values).some(([name, value]) =>
    wanted.has(plainName(name)) && (typeof value === "string" ? value.trim() === "" : isEmptyList(value))
  );
}

const isEmptyList = (value: unknown): boolean => Array.isArray(value) && value.length === 0;

function atPath(fields: Fields, path: string): Found | null {
  const { values } = fields;
  const isFlat = path in values;
  const value = isFlat ? values[path] : path.split(".").reduce<unknown>((value, key) => objectOf(value)?.[key], values);
  fields.use(isFlat ? path : path.split(".")[0] as string);
  return value === undefined ? null : { name: path, value };
}

function contentOf({ name, value }: Found, body: Fields, tell: Tell): Entry | null {
  const system = body.take(names.SYSTEM, (value) => typeof value === "string");
  const list = typeof value === "string" && names.CHAT.includes(plainName(name)) && value.trimStart().startsWith("[")
    ? parseJson(value)
    : value;
  const entry = Array.isArray(list)
    ? chatEntry(list, name, tell)
    : typeof list === "string"
    ? textEntry(withMore(list.trim(), name, body))
    : undefined;
  if (entry === undefined) throw new FormatError(`has ${describe(value)} where a string or a conversation is needed`);
  if (entry === null || system === null) return entry;
  tell.chat(system.name);
  return { ...entry, turns: [{ role: "system", content: (system.value as string).trim() }, ...entry.turns] };
}

/** Alpaca's form: an instruction, and what it is about. */
function withMore(text: string, name: string, body: Fields): string {
  if (plainName(name) !== "instruction") return text;
  const more = body.take(names.MORE_TEXT, (value) => typeof value === "string");
  return more === null ? text : `${text}\n\n${(more.value as string).trim()}`;
}

function madeOf(body: Fields): MadePrompt | null {
  const length = body.take(names.LENGTH);
  if (length === null) return null;
  const tokens = Number(length.value);
  if (!Number.isSafeInteger(tokens) || tokens < 1 || tokens > MAX_MADE_TOKENS) {
    const limits = `it must be a whole number from 1 to ${MAX_MADE_TOKENS}`;
    throw new FormatError(`has ${JSON.stringify(length.value)} as its "${length.name}"; ${limits}`);
  }
  const written = body.take(names.BLOCKS);
  const blocks = typeof written?.value === "string" ? parseJson(written.value) : written?.value ?? [];
  const isId = (id: unknown) => typeof id === "string" || typeof id === "number";
  if (!Array.isArray(blocks) || !blocks.every(isId)) {
    throw new FormatError(`has ${describe(blocks)} as its "${written?.name}"; it must be a list of numbers`);
  }
  return { tokens, blocks };
}

/** The limit of the answer, beside the text or among the request's parameters. */
function limitOf(body: Fields, tell: Tell): number | null {
  const found = body.take(names.LIMIT);
  if (found !== null) return limitFrom(found.value);
  const parameters = body.inside(names.PARAMETERS);
  const inner = parameters?.take(names.LIMIT) ?? null;
  for (const unused of parameters?.unused() ?? []) tell.unused(unused);
  return inner === null ? null : limitFrom(inner.value);
}

function limitFrom(value: unknown): number {
  const count = typeof value === "string" && /^\s*\d+\s*$/.test(value) ? Number(value) : value;
  if (typeof count === "number" && Number.isSafeInteger(count) && count >= 1) return count;
  throw new FormatError(`has ${JSON.stringify(value)} as its token limit; it must be a whole number, 1 or more`);
}

function requestOf(body: Fields): RequestFields | null {
  const found: Record<string, unknown> = {};
  for (const name of names.REQUEST) {
    const value = body.take([plainName(name)])?.value;
    if (value !== undefined) {
      const read = typeof value === "string" && /^\s*[[{]/.test(value) ? parseJson(value) : value;
      found[name] = name === "tools" && Array.isArray(read) ? read.map(toolOf) : read;
    }
  }
  return Object.keys(found).length === 0 ? null : found;
}

/** A tool in OpenAI's form; data sets often have only its function. */
function toolOf(tool: unknown): unknown {
  const fields = objectOf(tool);
  return fields === null || "function" in fields || !("name" in fields) ? tool : { type: "function", function: fields };
}

/**
 * Checks that a table has what an entry needs.
 * @param wanted plain names, one of which must be there
 * @throws {FormatError} where it has not
 */
export function checkColumns(
  table: TableColumns,
  field: string | null,
  wanted: readonly string[],
  example: string,
): void {
  const { names: columns } = table;
  const isThere = field === null ? columns.some((name) => wanted.includes(plainName(name))) : columns.includes(field);
  if (isThere) return;
  // What is not UTF-8 leaves such marks.
  if (columns.some((name) => name.includes("\ufffd") || name.includes("\0"))) {
    throw new FormatError("its first line is not UTF-8 text; save it as UTF-8");
  }
  const column = field === null ? `column called ${example} or similar` : `column "${field}"`;
  const first = columns.slice(0, 8).join(", ");
  throw new FormatError(`its first line has no ${column}: it has ${first}; name one as field`);
}

/** Plain names of which a table of texts has one. */
export const TEXT_COLUMNS: readonly string[] = [...names.CHAT, ...names.TEXT, ...names.LENGTH];
