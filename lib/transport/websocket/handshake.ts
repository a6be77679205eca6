/** The opening handshake: an HTTP/1.1 request, and a reply that switches protocols. Source: RFC 6455, section 4. */
import type { HttpHeaders } from "../http/channel.ts";
import { checkHeaders, checkRequest } from "../http/request_head.ts";

/** Appended to the key before hashing. */
const MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
/** Longest head of a reply; bytes. */
const MAX_HEAD_BYTES = 64 * 1024;

/** A new key: 16 random bytes. */
export function newKey(): string {
  return crypto.getRandomValues(new Uint8Array(16)).toBase64();
}

/**
 * The server's correct answer to a key.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * // The example of RFC 6455, section 1.3.
 * assert.equal(await acceptFor("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
 * ```
 */
export async function acceptFor(key: string): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-1", new TextEncoder().encode(key + MAGIC));
  return new Uint8Array(hash).toBase64();
}

/**
 * Encodes the request.
 * @param headers besides those of the handshake itself
 * @throws {TypeError} for a path or header that cannot be sent; the message never shows a value
 */
export function encodeRequest(host: string, path: string, key: string, headers: HttpHeaders): Uint8Array {
  checkRequest({ method: "GET", path, headers, body: null });
  checkHeaders(headers);
  const own: HttpHeaders = [
    ["host", host],
    ["upgrade", "websocket"],
    ["connection", "Upgrade"],
    ["sec-websocket-key", key],
    ["sec-websocket-version", "13"],
  ];
  const agent = headers.some(([name]) => name.toLowerCase() === "user-agent") ? [] : [["user-agent", "june-load"]];
  const lines = [...own, ...agent, ...headers].map(([name, value]) => `${name}: ${value}\r\n`);
  const text = `GET ${path} HTTP/1.1\r\n${lines.join("")}\r\n`;
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** The head of a server's reply. */
export interface ReplyHead {
  status: number;
  /** Names in lower case. */
  headers: HttpHeaders;
  /** Offset of the head's end in the bytes. */
  length: number;
}

/**
 * Reads the head of a reply.
 * @returns null while it is incomplete
 * @throws {Error} when it is not a reply of HTTP/1.1
 */
export function parseReplyHead(bytes: Uint8Array): ReplyHead | null {
  const text = latin1(bytes.subarray(0, MAX_HEAD_BYTES));
  const mark = "HTTP/1.";
  if (!text.startsWith(mark.slice(0, text.length))) {
    throw new Error(`the reply does not begin as HTTP does: ${JSON.stringify(text.slice(0, 40))}`);
  }
  const end = text.indexOf("\r\n\r\n");
  if (end < 0) {
    if (text.length >= MAX_HEAD_BYTES) throw new Error(`the reply's head is longer than ${MAX_HEAD_BYTES} bytes`);
    return null;
  }
  const [first = "", ...lines] = text.slice(0, end).split("\r\n");
  const status = /^HTTP\/1\.[01] ([1-5][0-9]{2})(?: |$)/.exec(first)?.[1];
  if (status === undefined) {
    throw new Error(`the reply does not begin as HTTP does: ${JSON.stringify(first.slice(0, 40))}`);
  }
  return { status: Number(status), headers: lines.map(parseField), length: end + 4 };
}

function parseField(line: string): readonly [string, string] {
  // The blanks around the value are taken off apart: in one expression a line of blanks can take for ever.
  const match = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):([^\r\n]*)$/.exec(line);
  if (match === null) throw new Error(`a header line is malformed: ${JSON.stringify(line.slice(0, 40))}`);
  return [(match[1] as string).toLowerCase(), (match[2] as string).trim()];
}

/**
 * What is wrong with a reply with status 101, or null.
 * @param accept the correct answer to the key
 * @param asked headers of the request
 */
export function complaintAbout({ headers }: ReplyHead, accept: string, asked: HttpHeaders): string | null {
  const tokens = (name: string) =>
    headers.filter(([field]) => field === name).flatMap(([, value]) => value.toLowerCase().split(","))
      .map((token) => token.trim());
  const value = (name: string) => headers.find(([field]) => field === name)?.[1];
  if (!tokens("upgrade").includes("websocket")) return "it switches to another protocol than WebSocket";
  if (!tokens("connection").includes("upgrade")) return 'its header "connection" does not say "upgrade"';
  if (value("sec-websocket-accept") !== accept) return "its Sec-WebSocket-Accept does not answer our key";
  if (value("sec-websocket-extensions") !== undefined) return "it uses an extension that was not asked for";
  const protocol = value("sec-websocket-protocol");
  const offered = asked.filter(([name]) => name.toLowerCase() === "sec-websocket-protocol")
    .flatMap(([, list]) => list.split(",")).map((one) => one.trim());
  if (protocol !== undefined && !offered.includes(protocol)) return "it chose a subprotocol that was not offered";
  return null;
}

function latin1(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}
