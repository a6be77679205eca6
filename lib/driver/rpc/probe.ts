/** Requests of `init` to a gRPC server. */
import type { ServicePlan } from "../../plan/plan.ts";
import { loadTransport } from "../../transport/registry.ts";
import { StatusCode } from "../../transport/status.ts";
import { openService } from "../core/open_service.ts";
import { PROBE_TIMEOUT_MS } from "../core/probe.ts";
import { type AskOnce, askOver } from "./standard_health.ts";

/**
 * Opens a connection for the requests of one probe.
 * @throws {ConnectError} for a server that cannot be reached
 */
export async function probeOverGrpc<T>(service: ServicePlan, look: (ask: AskOnce) => Promise<T>): Promise<T> {
  const channel = await openService(service, await loadTransport("wire"));
  try {
    await channel.connect();
    return await look(askOver(channel, [], PROBE_TIMEOUT_MS));
  } finally {
    await channel.close();
  }
}

/** The reply to one request; null where it was refused or cannot be read. */
export async function askOnce<T>(
  ask: AskOnce,
  path: string,
  request: Uint8Array,
  decode: (bytes: Uint8Array) => T,
): Promise<T | null> {
  const { status, message } = await ask(path, request);
  if (status.code !== StatusCode.OK || message === null) return null;
  try {
    return decode(message);
  } catch {
    return null;
  }
}
