/** Heads of HTTP/1.1 requests, and the checks against header injection. Source: RFC 9110, RFC 9112. */
import type { HttpHeaders, HttpRequest } from "./channel.ts";

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** Visible ASCII; anything else in a path must be percent-encoded. */
const PATH = /^\/[!-~]*$/;
/** Tab, blank, visible ASCII, and bytes above it as latin1. */
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
/** Headers that the channel sets, and headers about one connection, which callers may not set. */
const OWN = new Set(["host", "content-length", "transfer-encoding", "connection", "keep-alive", "upgrade", "te"]);

/**
 * Checks that headers can be sent as they are.
 * @throws {TypeError} with the header's name, never its value
 */
export function checkHeaders(headers: HttpHeaders): void {
  for (const [name, value] of headers) {
    if (!TOKEN.test(name)) throw new TypeError(`Cannot send a header named ${JSON.stringify(name)}`);
    if (OWN.has(name.toLowerCase())) throw new TypeError(`The header "${name}" is set by june-load itself`);
    if (!VALUE.test(value)) {
      throw new TypeError(`The value of header "${name}" has a line break or a character that HTTP cannot carry`);
    }
  }
}

/**
 * Checks the rest of a request.
 * @throws {TypeError} when it cannot be sent
 */
export function checkRequest({ method, path }: HttpRequest): void {
  if (!TOKEN.test(method)) throw new TypeError(`Cannot send a request with method ${JSON.stringify(method)}`);
  if (!PATH.test(path)) {
    throw new TypeError(
      `Cannot ask for the path ${JSON.stringify(path)}: it must begin with "/" and be percent-encoded`,
    );
  }
}

/** Encodes the heads of requests to one origin. */
export class RequestHeads {
  readonly #host: string;
  /** Checked lists of headers, as text. */
  readonly #texts = new WeakMap<HttpHeaders, string>();

  /** @param host value of `host` */
  constructor(host: string) {
    this.#host = host;
  }

  /**
   * Everything before the body.
   * @throws {TypeError} for what cannot be sent
   */
  encode(request: HttpRequest): Uint8Array {
    checkRequest(request);
    const { method, path, body } = request;
    const needsLength = body !== null || (method !== "GET" && method !== "HEAD");
    const length = needsLength ? `content-length: ${body?.length ?? 0}\r\n` : "";
    const headers = this.#headers(request.headers);
    return latin1(`${method} ${path} HTTP/1.1\r\nhost: ${this.#host}\r\n${headers}${length}\r\n`);
  }

  #headers(headers: HttpHeaders): string {
    let text = this.#texts.get(headers);
    if (text === undefined) {
      checkHeaders(headers);
      const named = headers.some(([name]) => name.toLowerCase() === "user-agent");
      text = named ? "" : "user-agent: june-load\r\n";
      for (const [name, value] of headers) text += `${name}: ${value}\r\n`;
      this.#texts.set(headers, text);
    }
    return text;
  }
}

function latin1(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at);
  return bytes;
}
