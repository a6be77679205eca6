/** Requests that `init` makes to an HTTP server. */
import type { ServicePlan } from "../../plan/plan.ts";
import type { HttpRequest } from "../../transport/http/channel.ts";
import { PROBE_TIMEOUT_MS } from "../core/probe.ts";
import { askHttp, type HttpAnswer } from "./request.ts";
import { openHttpService } from "./service.ts";

/**
 * Opens a connection for the requests of one probe.
 * @throws {ConnectError} for a server that cannot be reached
 */
export async function probeOverHttp<T>(
  service: ServicePlan,
  look: (
    get: (path: string) => Promise<HttpAnswer>,
    ask: (request: HttpRequest, timeout_ms: number) => Promise<HttpAnswer>,
  ) => Promise<T>,
): Promise<T> {
  const channel = await openHttpService({ ...service, connections: 1 }, "1.1");
  const ask = (request: HttpRequest, timeout_ms: number) => askHttp(channel, request, timeout_ms);
  const get = (path: string) => ask({ method: "GET", path, headers: [], body: null }, PROBE_TIMEOUT_MS);
  try {
    await channel.connect();
    return await look(get, ask);
  } finally {
    await channel.close();
  }
}

/** The JSON of an answer with status 200; null for any other. */
export function jsonOf({ status, body }: HttpAnswer): unknown {
  if (status !== 200) return null;
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    return null;
  }
}

/** One field of a JSON object; undefined where there is none. */
export function fieldOf(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined;
}
