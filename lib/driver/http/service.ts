/** Opens an HTTP channel to a service of the plan. */
import type { ServicePlan } from "../../plan/plan.ts";
import type { HttpChannel, HttpVersion } from "../../transport/http/channel.ts";
import { openHttp } from "../../transport/http/open.ts";
import { AuthorizedHttp } from "./authorized_http.ts";
import { DecodingHttp } from "./content_encoding.ts";
import type { TokenSource } from "../core/tokens.ts";
import { CONNECT_TIMEOUT_MS, proxyOptions, readTls } from "../core/open_service.ts";

/**
 * A channel to one service; nothing is sent yet.
 * @param source of the tokens that requests carry; null: none
 * @throws {UserError} kind `input` for a TLS file that cannot be read.
 */
export async function openHttpService(
  service: ServicePlan,
  version: HttpVersion,
  source: TokenSource | null = null,
): Promise<HttpChannel> {
  const channel = openHttp(service.address, {
    tls: await readTls(service),
    proxy: proxyOptions(service),
    addresses: service.addresses,
    connections: service.connections,
    connect_timeout_ms: Math.min(CONNECT_TIMEOUT_MS, service.timeout_ms),
    version,
    transparentRetry: service.transparent_retry,
    waitForReady: service.wait_for_ready === true,
  });
  const decoding = new DecodingHttp(channel);
  return source === null ? decoding : new AuthorizedHttp(decoding, source);
}
