/** Transports by name, loaded when first asked for. */
import type { TransportName } from "../plan/plan.ts";
import type { OpenChannel } from "./channel.ts";

/** Loads the transport a plan names. */
export async function loadTransport(name: TransportName): Promise<OpenChannel> {
  switch (name) {
    case "grpc-js":
      return (await import("./grpc_js.ts")).openGrpcJsChannel;
    case "wire":
      throw new TypeError('The transport "wire" is not part of this build; use "grpc-js"');
  }
}
