/** JSON as servers send it: every field may be missing or of another type. */
import type { HttpHeaders } from "../../transport/http/channel.ts";
import { errorMessage } from "../http/outcome.ts";
import { type Fault, semantic } from "../core/outcome.ts";
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

/** Reads JSON that must be an object. @throws {BadReply} where it is not */
export function parseFields(text: string): Fields {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new BadReply(semantic("bad_json", "HTTP 200, but the reply is not JSON"));
  }
  const fields = fieldsOf(value);
  if (fields === null) throw new BadReply(semantic("bad_json", "HTTP 200, but the reply is not a JSON object"));
  return fields;
}

/**
 * Throws if the object is an error in place of an answer, whatever the status.
 * @throws {BadReply} where `fields` are an error
 */
export function refuseErrors(fields: Fields): void {
  if ((fields.error ?? null) === null && fields.object !== "error" && fields.type !== "error") return;
  const said = errorMessage(JSON.stringify(fields));
  throw new BadReply(semantic("stream_error", `HTTP 200, but the reply is an error: ${said}`));
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
