/** Opens channels for HTTP, in the requested version. */
import type { HttpChannel, HttpOptions } from "./channel.ts";
import { Http1Channel } from "./http1.ts";
import { Http2Channel } from "./http2.ts";

/**
 * A channel to `host:port`, `[v6]:port` or `unix:/path`; no traffic before `connect` or the first request.
 * @throws {ConnectError} for an address that cannot be read
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import type { HttpEnd } from "./channel.ts";
 *
 * const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, () => new Response("hello"));
 * const channel = openHttp(`127.0.0.1:${server.addr.port}`, {
 *   tls: null,
 *   connections: 1,
 *   connect_timeout_ms: 1000,
 *   version: "1.1",
 *   transparentRetry: true,
 * });
 * let text = "";
 * const ended = Promise.withResolvers<HttpEnd>();
 * channel.request({ method: "GET", path: "/", headers: [], body: null }, 1000, {
 *   sent() {},
 *   headers: (status) => text += `${status} `,
 *   data: (bytes) => text += new TextDecoder().decode(bytes),
 *   end: ended.resolve,
 * });
 * assert.equal((await ended.promise).reason, "complete");
 * assert.equal(text, "200 hello");
 * await channel.close();
 * await server.shutdown();
 * ```
 */
export function openHttp(target: string, options: HttpOptions): HttpChannel {
  return options.version === "2" ? new Http2Channel(target, options) : new Http1Channel(target, options);
}
