/** Transports by name, loaded when first asked for. */
import type { TransportName } from "../plan/plan.ts";
import type { OpenChannel } from "./channel.ts";

/**
 * Loads the transport a plan names.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { CHANNEL_DEFAULTS } from "./channel.ts";
 *
 * const open = await loadTransport("wire");
 * const channel = open("127.0.0.1:1", { ...CHANNEL_DEFAULTS, connect_timeout_ms: 2000 });
 * await assert.rejects(channel.connect(), { name: "ConnectError" });
 * await channel.close();
 * ```
 */
export async function loadTransport(name: TransportName): Promise<OpenChannel> {
  switch (name) {
    case "grpc-js":
      return (await import("./grpc_js/grpc_js.ts")).openGrpcJsChannel;
    case "wire":
      return (await import("./wire/wire.ts")).openWireChannel;
  }
}
