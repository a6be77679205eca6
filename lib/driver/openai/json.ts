/** JSON as servers send it: every field may be missing or of another type. */
import type { HttpHeaders } from "../../transport/http/channel.ts";
import { errorMessage } from "../http/outcome.ts";
import { type Fault, semantic } from "../core/outcome.ts";
import { oneLine } from "../core/text.ts";
import { BadReply, type BodyReply } from "./call.ts";

/** Longest body; bytes. */
const MAX_BODY_BYTES = 64 * 1024 * 1024;

/** An object of unknown fields. */
export type Fields = Record<string, unknown>;

/** The value as an object; null for anything else. */
export function fieldsOf(value: unknown): Fields | null {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value as Fields : null;
}

/** The field as a text; empty where it is absent or not a text. */
export function textIn(fields: Fields, name: string): string {
  const value = fields[name];
  return typeof value === "string" ? value : "";
}

/** The field as a list; empty where it is absent or not a list. */
export function arrayIn(fields: Fields, name: string): unknown[] {
  const value = fields[name];
  return Array.isArray(value) ? value : [];
}

/** The field as a count; null where it is absent or not a count. */
export function numberIn(fields: Fields, name: string): number | null {
  const value = fields[name];
  return typeof value === "number" && Number.isFinite(value) && value >= 0 ? value : null;
}

/** Said where an error has no words. */
export const NO_WORDS = "it gives no reason";

/** Characters of a reply that are quoted where it cannot be read. */
const MAX_QUOTED = 40;

/** Reads JSON that must be an object. @throws {BadReply} where it is not, with the beginning of what came */
export function parseFields(text: string): Fields {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new BadReply(semantic("bad_json", `HTTP 200, but the reply is not JSON: ${quote(text)}`));
  }
  const fields = fieldsOf(value);
  if (fields === null) {
    throw new BadReply(semantic("bad_json", `HTTP 200, but the reply is not a JSON object: ${quote(text)}`));
  }
  return fields;
}

/** The beginning of a text in quotes. */
export function quote(text: string): string {
  const line = oneLine(text);
  return line === "" ? "it is empty" : `"${line.slice(0, MAX_QUOTED)}${line.length > MAX_QUOTED ? "…" : ""}"`;
}

/** Members in which servers say that a reply is an error in place of an answer. */
const ERROR_FIELDS = ["error", "errors", "detail", "error_message", "exception"] as const;
/** Words of `object`, `type` and `status` that do. */
const ERROR_WORDS = new Set(["error", "failed", "failure"]);

/**
 * Throws if the object is an error in place of an answer, whatever the status and whatever else is in it.
 * @param answered the object holds a part of the answer, so that a mere `message` or `code` beside it is harmless
 * @throws {BadReply} where `fields` are an error
 */
export function refuseErrors(fields: Fields, answered = false): void {
  const named = ERROR_FIELDS.some((name) => isSaid(fields[name])) ||
    ["object", "type", "status"].some((name) => ERROR_WORDS.has(textIn(fields, name).toLowerCase()));
  const bare = !answered && textIn(fields, "message") !== "";
  if (!named && !bare) return;
  const words = errorMessage(JSON.stringify(fields));
  throw new BadReply(
    semantic("stream_error", `HTTP 200, but the reply is an error: ${words === "" ? NO_WORDS : words}`),
  );
}

/** `null`, `false`, empty texts and empty lists say nothing, as some servers fill the member always. */
function isSaid(value: unknown): boolean {
  if (value === undefined || value === null || value === false || value === "" || value === 0) return false;
  return !Array.isArray(value) || value.length > 0;
}

/** A body that is one JSON object. */
export abstract class JsonBody implements BodyReply {
  readonly #decoder = new TextDecoder();
  #text = "";

  accept(_type: string, _headers: HttpHeaders): Fault | null {
    return null;
  }

  data(bytes: Uint8Array): void {
    this.#text += this.#decoder.decode(bytes, { stream: true });
    if (this.#text.length > MAX_BODY_BYTES) {
      throw new BadReply(semantic("too_large", `The reply is longer than ${MAX_BODY_BYTES} bytes`));
    }
  }

  judge(): Fault | null {
    try {
      return this.read(parseFields(this.#text));
    } catch (error) {
      if (error instanceof BadReply) return error.fault;
      throw error;
    }
  }

  /** Reads the object; returns what is wrong with it, or null. */
  protected abstract read(fields: Fields): Fault | null;
}
