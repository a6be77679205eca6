/** Transports by name, loaded when first asked for. */
import type { TransportName } from "../plan/plan.ts";
import type { OpenChannel } from "./channel.ts";

/** Loads the transport a plan names. */
export async function loadTransport(name: TransportName): Promise<OpenChannel> {
  switch (name) {
    case "grpc-js":
      return (await import("./grpc_js/grpc_js.ts")).openGrpcJsChannel;
    case "wire":
      return (await import("./wire/wire.ts")).openWireChannel;
  }
}
