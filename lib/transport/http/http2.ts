/**
 * HTTP/2 with prior knowledge or ALPN: requests are streams on the same connections as gRPC's, so both have the same
 * cost and the same rules. Deno's own `fetch` costs ten times as much and does not show when bytes leave.
 */
import { joinBytes } from "../../base/bytes.ts";
import { CHANNEL_DEFAULTS, ConnectError } from "../channel.ts";
import { fault } from "../faults.ts";
import { hostOf } from "../diagnose/connect_socket.ts";
import { encodeHeaders } from "../wire/hpack/encoder.ts";
import { ConnectionPool } from "../wire/pool.ts";
import type { HttpCall, HttpChannel, HttpEvents, HttpHeaders, HttpOptions, HttpRequest } from "./channel.ts";
import { Http2Call, type Http2CallListener } from "./http2_call.ts";
import { checkHeaders, checkRequest } from "./request_head.ts";

/** Converts an error of the shared connections for HTTP. */
function refine(target: string, error: ConnectError): ConnectError {
  const other = fault.onlyHttp1(target);
  if (error.fault === "http1_server") return other;
  return error.fault === "not_http2" ? new ConnectError(error.fault, error.message, other.remedy) : error;
}

/** A pool of connections to one origin. */
export class Http2Channel extends ConnectionPool<Http2Call> implements HttpChannel, Http2CallListener {
  readonly #host: string;
  /** Checked lists of headers, encoded. */
  readonly #encoded = new WeakMap<HttpHeaders, Uint8Array>();

  /** @throws {ConnectError} for an address that cannot be read */
  constructor(target: string, { version: _version, ...options }: HttpOptions) {
    super(
      target,
      { ...CHANNEL_DEFAULTS, ...options },
      (error) => refine(target, error),
    );
    this.#host = hostOf(target, options.tls);
  }

  request(request: HttpRequest, timeout_ms: number, events: HttpEvents): HttpCall {
    const call = new Http2Call(this, request.method, this.#head(request), request.body, events);
    this.begin(call, timeout_ms);
    return call;
  }

  #head(request: HttpRequest): Uint8Array {
    checkRequest(request);
    const { method, path, headers, body } = request;
    const first = encodeHeaders([
      [":method", method],
      [":scheme", this.scheme],
      [":path", path],
      [":authority", this.#host],
      ...(body === null ? [] : [["content-length", String(body.length)] as const]),
    ]);
    return joinBytes(first, this.#rest(headers));
  }

  #rest(headers: HttpHeaders): Uint8Array {
    let encoded = this.#encoded.get(headers);
    if (encoded === undefined) {
      checkHeaders(headers);
      const named = headers.some(([name]) => name.toLowerCase() === "user-agent");
      encoded = encodeHeaders([
        ...(named ? [] : [["user-agent", "june-load"] as const]),
        ...headers.map(([name, value]) => [name.toLowerCase(), value] as const),
      ]);
      this.#encoded.set(headers, encoded);
    }
    return encoded;
  }
}
