/**
 * HTTP/2 with prior knowledge or ALPN: requests are streams on the connections that gRPC uses, so that both cost alike
 * and both are held to the same rules. Deno's own `fetch` would cost ten times as much and hide when bytes leave.
 */
import { joinBytes } from "../../base/bytes.ts";
import { CHANNEL_DEFAULTS, ConnectError } from "../channel.ts";
import { fault } from "../faults.ts";
import { hostOf } from "../diagnose/connect_socket.ts";
import { encodeHeaders } from "../wire/hpack/encoder.ts";
import { ConnectionPool } from "../wire/pool.ts";
import type { HttpCall, HttpChannel, HttpEvents, HttpHeaders, HttpOptions, HttpRequest } from "./channel.ts";
import { Http2Call, type Http2Owner } from "./http2_call.ts";
import { checkHeaders, checkRequest } from "./request_head.ts";

/** What an error of the shared connections means to HTTP. */
function refine(target: string, error: ConnectError): ConnectError {
  const other = fault.onlyHttp1(target);
  if (error.fault === "http1_server") return other;
  return error.fault === "not_http2" ? new ConnectError(error.fault, error.message, other.remedy) : error;
}

/** A pool of connections to one origin. */
export class Http2Channel extends ConnectionPool<Http2Call> implements HttpChannel, Http2Owner {
  readonly #host: string;
  /** Lists that have been checked, encoded. */
  readonly #encoded = new WeakMap<HttpHeaders, Uint8Array>();

  /** @throws {ConnectError} for an address that cannot be read */
  constructor(target: string, { tls, proxy, connections, connect_timeout_ms, transparentRetry }: HttpOptions) {
    super(
      target,
      { ...CHANNEL_DEFAULTS, tls, proxy, connections, connect_timeout_ms, transparentRetry },
      (error) => refine(target, error),
    );
    this.#host = hostOf(target, tls);
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
