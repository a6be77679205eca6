/** Opens channels for HTTP, in the version that is asked for. */
import type { HttpChannel, HttpOptions } from "./channel.ts";
import { Http1Channel } from "./http1.ts";
import { Http2Channel } from "./http2.ts";

/**
 * A channel to `host:port`, `[v6]:port` or `unix:/path`; no traffic before `connect` or the first request.
 * @throws {ConnectError} for an address that cannot be read
 */
export function openHttp(target: string, options: HttpOptions): HttpChannel {
  return options.version === "2" ? new Http2Channel(target, options) : new Http1Channel(target, options);
}
