/** The messages of rpc_status.proto, and what their details say in words. */
import text from "./rpc_status.proto" with { type: "text" };
import { type Codec, type Draft, parseProto } from "./codec.ts";

const schema = parseProto(text, "google.rpc");

/** A message of any type. */
export interface Any {
  /** Ends in `/` and the type's full name. */
  type_url: string;
  value: Uint8Array;
}

/** What `grpc-status-details-bin` holds. */
export interface RpcStatus {
  code: number;
  message: string;
  details: Any[];
}

/** The standard details. */
export interface RpcDetails {
  ErrorInfo: { reason: string; domain: string; metadata: { [key: string]: string } };
  DebugInfo: { stack_entries: string[]; detail: string };
  RetryInfo: { retry_delay: { seconds: number; nanos: number } | null };
  QuotaFailure: { violations: { subject: string; description: string }[] };
  PreconditionFailure: { violations: { type: string; subject: string; description: string }[] };
  BadRequest: { field_violations: { field: string; description: string }[] };
  RequestInfo: { request_id: string };
  ResourceInfo: { resource_type: string; resource_name: string; owner: string; description: string };
  Help: { links: { description: string; url: string }[] };
  LocalizedMessage: { locale: string; message: string };
}

type Name = keyof RpcDetails;

const PREFIX = "google.rpc.";

/** Codec of `Status`. */
export const RpcStatus: Codec<RpcStatus> = schema.message("Status");

/** How each detail reads. */
const WORDS: { readonly [Key in Name]: (detail: RpcDetails[Key]) => string } = {
  ErrorInfo: ({ reason, domain, metadata }) => {
    const more = [domain, ...Object.entries(metadata).map(([key, value]) => `${key}: ${value}`)];
    return `${reason}${bracketed(more)}`;
  },
  DebugInfo: ({ detail, stack_entries: [first = ""] }) => detail === "" ? first : detail,
  RetryInfo: ({ retry_delay: delay }) =>
    delay === null ? "" : `try again after ${delay.seconds + Math.round(delay.nanos / 1e6) / 1000} s`,
  QuotaFailure: ({ violations }) => joined(violations.map((found) => pair(found.subject, found.description))),
  PreconditionFailure: ({ violations }) =>
    joined(violations.map((found) => pair(found.subject || found.type, found.description))),
  BadRequest: ({ field_violations }) => joined(field_violations.map((found) => pair(found.field, found.description))),
  RequestInfo: ({ request_id }) => request_id === "" ? "" : `request ${request_id}`,
  ResourceInfo: (found) => pair(`${found.resource_type} ${found.resource_name}`.trim(), found.description),
  Help: ({ links }) => joined(links.map(({ description, url }) => pair(description, url))),
  LocalizedMessage: ({ message }) => message,
};

const CODECS = new Map<string, Codec<never>>();

function codecOf<Key extends Name>(name: Key): Codec<RpcDetails[Key]> {
  const known = CODECS.get(name) as Codec<RpcDetails[Key]> | undefined;
  const codec = known ?? schema.message<RpcDetails[Key]>(name);
  if (known === undefined) CODECS.set(name, codec as unknown as Codec<never>);
  return codec;
}

/** A standard detail of a status; null where it has none of that name. @throws {Error} for bytes that are none */
export function detailOf<Key extends Name>({ details }: RpcStatus, name: Key): RpcDetails[Key] | null {
  const found = details.find(({ type_url }) => type_url.endsWith(`/${PREFIX}${name}`));
  return found === undefined ? null : codecOf(name).decode(found.value);
}

/** Packs a standard detail. */
export function detail<Key extends Name>(name: Key, value: Draft<RpcDetails[Key]>): Any {
  return { type_url: `type.googleapis.com/${PREFIX}${name}`, value: codecOf(name).encode(value) };
}

/**
 * A status in words: its message, then what each detail says; a detail of another type is named.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const details = [detail("RetryInfo", { retry_delay: { seconds: 3, nanos: 0 } })];
 * assert.equal(wordsOf({ code: 8, message: "GPU pool exhausted", details }), "GPU pool exhausted; try again after 3 s");
 * ```
 */
export function wordsOf({ message, details }: RpcStatus): string {
  return joined([message, ...details.map(detailWords)]);
}

function detailWords({ type_url, value }: Any): string {
  const type = type_url.slice(type_url.lastIndexOf("/") + 1);
  const name = type.startsWith(PREFIX) ? type.slice(PREFIX.length) : "";
  if (!Object.hasOwn(WORDS, name)) return type;
  try {
    return read(name as Name, value);
  } catch {
    return type;
  }
}

function read<Key extends Name>(name: Key, bytes: Uint8Array): string {
  return WORDS[name](codecOf(name).decode(bytes));
}

const joined = (parts: readonly string[]): string => parts.filter((part) => part !== "").join("; ");
const pair = (what: string, words: string): string => [what, words].filter((part) => part !== "").join(": ");

function bracketed(parts: readonly string[]): string {
  const said = parts.filter((part) => part !== "").join(", ");
  return said === "" ? "" : ` (${said})`;
}
