/** From a service of the plan to a channel of HTTP. */
import type { ServicePlan } from "../plan/plan.ts";
import type { HttpChannel, HttpVersion } from "../transport/http/channel.ts";
import { openHttp } from "../transport/http/open.ts";
import { CONNECT_TIMEOUT_MS, readTls } from "./open_service.ts";

/**
 * A channel of HTTP to one service; nothing is sent yet.
 * @throws {UserError} kind `input` for a TLS file that cannot be read.
 */
export async function openHttpService(service: ServicePlan, version: HttpVersion): Promise<HttpChannel> {
  return openHttp(service.address, {
    tls: await readTls(service),
    connections: service.connections,
    connect_timeout_ms: Math.min(CONNECT_TIMEOUT_MS, service.timeout_ms),
    version,
    moves: service.moves,
  });
}
