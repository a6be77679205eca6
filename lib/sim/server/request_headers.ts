/** Decodes header blocks of requests to what a call needs. */
import type { Metadata } from "../../transport/channel.ts";
import { decodeMetadata } from "../../transport/wire/grpc/metadata.ts";
import type { HpackDecoder } from "../../transport/wire/hpack/decoder.ts";

/** The head of a request, or why there is none. */
export type RequestHead =
  | { kind: "call"; path: string; metadata: Metadata; timeout_ms: number | null; gzip: boolean }
  /** Breaks a rule of HTTP/2: the stream is reset with PROTOCOL_ERROR. */
  | { kind: "malformed" }
  /** HTTP, but not gRPC: answered with this HTTP status. */
  | { kind: "http_status"; status: number };

/** Most heads kept: clients repeat the same few. */
const REMEMBERED = 16;

interface Remembered {
  fields: readonly string[];
  head: RequestHead;
  /** The bytes, if they always have the same meaning; else null. */
  block: Uint8Array | null;
}

/** Decodes the blocks of one connection in order; a known block is not decoded again. */
export class RequestHeadReader {
  readonly #decoder: HpackDecoder;
  readonly #remembered: Remembered[] = [];

  constructor(decoder: HpackDecoder) {
    this.#decoder = decoder;
  }

  /** @throws {ConnectionFault} when the block cannot be decoded. */
  read(bytes: Uint8Array, from: number, to: number): RequestHead {
    for (const { block, head } of this.#remembered) {
      if (block !== null && block.length === to - from && sameBytes(block, bytes, from)) return head;
    }
    const fields: string[] = [];
    const fits = this.#decoder.decode(bytes, from, to, (name, value) => fields.push(name, value));
    if (!fits) return { kind: "http_status", status: 431 };
    const block = this.#decoder.stateless ? bytes.slice(from, to) : null;
    const known = this.#remembered.find((other) => sameFields(other.fields, fields));
    if (known !== undefined) {
      known.block ??= block;
      return known.head;
    }
    const head = headOf(fields);
    if (this.#remembered.length === REMEMBERED) this.#remembered.pop();
    this.#remembered.unshift({ fields, head, block });
    return head;
  }
}

function sameBytes(block: Uint8Array, bytes: Uint8Array, from: number): boolean {
  for (let i = 0; i < block.length; i++) if (block[i] !== bytes[from + i]) return false;
  return true;
}

function sameFields(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

const CONNECTION_HEADERS = new Set(["connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade"]);
const PSEUDO = new Set([":method", ":scheme", ":path", ":authority"]);
/** Headers of the protocol itself, which handlers do not get. */
const RESERVED = new Set(["te", "content-type", "user-agent", "accept-encoding"]);

/** @param fields names and values in turn. */
function headOf(fields: readonly string[]): RequestHead {
  const pseudo = new Map<string, string>();
  const rest: [string, string][] = [];
  for (let i = 0; i < fields.length; i += 2) {
    const [name, value] = [fields[i]!, fields[i + 1]!];
    if (name.startsWith(":")) {
      if (rest.length > 0 || !PSEUDO.has(name) || pseudo.has(name)) return { kind: "malformed" };
      pseudo.set(name, value);
    } else {
      if (/[A-Z]/.test(name) || CONNECTION_HEADERS.has(name)) return { kind: "malformed" };
      rest.push([name, value]);
    }
  }
  const path = pseudo.get(":path");
  if (!path || !pseudo.has(":method") || !pseudo.has(":scheme")) return { kind: "malformed" };
  if (pseudo.get(":method") !== "POST") return { kind: "http_status", status: 405 };
  const headers = new Map(rest);
  if (!headers.get("content-type")?.startsWith("application/grpc")) return { kind: "http_status", status: 415 };
  return {
    kind: "call",
    path,
    metadata: rest.filter(([name]) => !name.startsWith("grpc-") && !RESERVED.has(name)).flatMap(([name, value]) =>
      decodeMetadata(name, value)
    ),
    timeout_ms: parseTimeout(headers.get("grpc-timeout")),
    gzip: headers.get("grpc-encoding") === "gzip",
  };
}

const TIMEOUT_UNITS_MS: Readonly<Record<string, number>> = {
  H: 3_600_000,
  M: 60_000,
  S: 1000,
  m: 1,
  u: 1e-3,
  n: 1e-6,
};

/** Reads `grpc-timeout`: one to eight digits and a unit. */
function parseTimeout(text: string | undefined): number | null {
  const match = /^(\d{1,8})([HMSmun])$/.exec(text ?? "");
  return match === null ? null : Number(match[1]) * (TIMEOUT_UNITS_MS[match[2] ?? ""] ?? 0);
}
