/** Checks requests to the gateway, and makes its error replies. */
import type { SimClock } from "../model/clock.ts";
import { BackendError } from "./backend.ts";
import { type HttpRefusal, refusalOf } from "./status.ts";

/** A request that the gateway refuses. */
export class Refused extends Error {
  override readonly name = "Refused";
  constructor(readonly status: number, message: string) {
    super(message);
  }
}

/**
 * The reply for an error.
 * @throws the error itself, if neither the client nor a service caused it
 */
export function asError(error: unknown, clock: SimClock): HttpRefusal {
  if (error instanceof BackendError) return refusalOf(error, clock);
  if (!(error instanceof Refused)) throw error;
  const headers: Record<string, string> = error.status === 401 ? { "www-authenticate": "Bearer" } : {};
  return { status: error.status, headers, message: error.message };
}

/** The fields of a JSON object. */
export type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads a JSON object.
 * @throws {Refused} 422 for anything else
 */
export function fieldsOf(text: string): Fields {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Fields;
  } catch {
    // Reported below.
  }
  throw new Refused(422, "the body is not a JSON object");
}

/**
 * A text field of 1 to `most` characters.
 * @throws {Refused} 422 when it is absent or of another length
 */
export function textField(fields: Fields, name: string, most: number): string {
  const value = fields[name];
  if (typeof value !== "string") throw new Refused(422, `${name}: field required`);
  if (value.length < 1 || value.length > most) {
    throw new Refused(422, `${name}: ${value.length} characters; 1 to ${most} are allowed`);
  }
  return value;
}

/** A text field that may be absent. */
export function optionalText(fields: Fields, name: string, byDefault: string): string {
  const value = fields[name];
  return typeof value === "string" ? value : byDefault;
}

/**
 * Bytes of a base64 text.
 * @throws {Refused} 422 for anything else
 */
export function bytesOfBase64(text: string): Uint8Array {
  try {
    return Uint8Array.fromBase64(text);
  } catch {
    throw new Refused(422, "audio_data: not base64");
  }
}
