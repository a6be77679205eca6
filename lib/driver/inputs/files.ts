/** Reads input files within limits, and tells what is wrong with one where it was named. */
import { UserError } from "../../plan/errors.ts";
import type { InputFile } from "../../plan/plan.ts";

/** Largest input file; bytes. */
export const MAX_FILE_BYTES = 50 * 1024 * 1024;
/** Most bytes that the inputs of one service may hold together; every worker keeps its own copy. */
export const MAX_TOTAL_BYTES = 256 * 1024 * 1024;
/** Most entries of one service's inputs. */
export const MAX_ENTRIES = 10_000;

/** Throws the error for an input that cannot be used. */
export type Refuse = (what: string) => never;

/**
 * Refuses `path`, found by way of the plan's `file`.
 * @param what what was found and what to do
 */
export function refuse(file: InputFile, path: string, what: string): never {
  throw new UserError("input", `Cannot use ${JSON.stringify(path)} (named at ${file.at}): ${what}`);
}

/** What is kept of all files of one service, against its limits. */
export class Budget {
  #entries = 0;
  #bytes = 0;

  /** Counts one entry; `fail` is told when a limit is passed. */
  take(bytes: number, fail: Refuse): void {
    this.#entries++;
    this.#bytes += bytes;
    if (this.#entries > MAX_ENTRIES) fail(`more than ${MAX_ENTRIES} inputs for one service; name fewer`);
    if (this.#bytes > MAX_TOTAL_BYTES) {
      fail(`more than ${megabytes(MAX_TOTAL_BYTES)} MB of inputs for one service; name fewer or shorter ones`);
    }
  }
}

const megabytes = (bytes: number): number => Math.floor(bytes / (1024 * 1024));

/** Why the system refused, in plain words. */
function reason(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "there is no such file; check the path";
  if (error instanceof Deno.errors.PermissionDenied || error instanceof Deno.errors.NotCapable) {
    return "it may not be read; check its permissions";
  }
  return `it cannot be read: ${error instanceof Error ? error.message : String(error)}`;
}

/** What lies at a path. */
export async function inspect(path: string, fail: Refuse): Promise<Deno.FileInfo> {
  try {
    return await Deno.stat(path);
  } catch (error) {
    return fail(reason(error));
  }
}

/** The bytes of a regular file of at most 50 MB. */
export async function readBytes(path: string, fail: Refuse): Promise<Uint8Array> {
  const info = await inspect(path, fail);
  if (!info.isFile) fail(info.isDirectory ? "it is a folder; name a file" : "it is not a regular file");
  if (info.size > MAX_FILE_BYTES) {
    fail(`it is ${megabytes(info.size)} MB, and at most ${megabytes(MAX_FILE_BYTES)} MB are read; split it`);
  }
  try {
    return await Deno.readFile(path);
  } catch (error) {
    return fail(reason(error));
  }
}

/** The UTF-8 text of a file. */
export async function readText(path: string, fail: Refuse): Promise<string> {
  const bytes = await readBytes(path, fail);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return fail("it is not UTF-8 text; save it as UTF-8");
  }
}

/** Names in a folder, sorted, so that every worker sees them in one order. */
export async function listFolder(path: string, fail: Refuse): Promise<string[]> {
  try {
    const names: string[] = [];
    for await (const entry of Deno.readDir(path)) if (!entry.isDirectory) names.push(entry.name);
    return names.sort();
  } catch (error) {
    return fail(reason(error));
  }
}

/** One line of a JSON-lines file. */
export interface JsonLine {
  number: number;
  value: { [key: string]: unknown };
}

/** Whether a path is one of JSON lines, by its ending. */
export const isJsonLines = (path: string): boolean => /\.(jsonl|ndjson)$/i.test(path);

/** The objects of a JSON-lines text; empty lines are passed over. */
export function parseJsonLines(text: string, fail: Refuse): JsonLine[] {
  const lines: JsonLine[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue;
    const number = index + 1;
    lines.push({ number, value: parseObject(line, number, fail) });
  }
  return lines;
}

function parseObject(line: string, number: number, fail: Refuse): { [key: string]: unknown } {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    return fail(`line ${number} is not JSON: ${(error as Error).message}`);
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  return fail(`line ${number} is ${describe(value)}; each line must be an object`);
}

/** What a JSON value is, for messages: an object by its first keys. */
export function describe(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (typeof value !== "object") return `a ${typeof value}`;
  const keys = Object.keys(value).slice(0, 8).map((key) => JSON.stringify(key));
  return keys.length === 0 ? "an empty object" : `an object with ${keys.join(", ")}`;
}
