/**
 * The driver of each protocol, loaded when a plan names it. To add a protocol, add an entry here and one in
 * `plan/protocol_facts.ts`.
 */
import type { ServicePlan } from "../plan/plan.ts";
import type { Protocol } from "../plan/protocols.ts";
import type { OpenChannel } from "../transport/channel.ts";
import type { Choose, ProbeLines } from "./core/probe.ts";
import type { TokenSource } from "./core/tokens.ts";
import type { OpenService } from "./driver.ts";
import { openJune } from "./june/open.ts";

/** The driver of one protocol. */
export interface ProtocolDriver {
  /**
   * Opens the service; nothing is sent yet.
   * @param open makes gRPC channels, with the service's token
   * @param source the token, for protocols that do not use gRPC
   */
  open(service: ServicePlan, open: OpenChannel, source: TokenSource | null): Promise<OpenService>;
  /**
   * Finds the keys that a scenario needs for the service, for `init`; null: none beyond its health.
   * @param choose asks the user where several may be meant; null: nobody can be asked
   * @throws {ConnectError} for a server that cannot be reached
   */
  probe: ((service: ServicePlan, choose: Choose | null) => Promise<ProbeLines>) | null;
}

/** Every driver. */
export const DRIVERS: Readonly<Record<Protocol, ProtocolDriver>> = {
  june: { open: openJune, probe: async (service) => (await import("./june/probe.ts")).probeJune(service) },
  triton: {
    open: async (service, open) => (await import("./triton/open.ts")).openTriton(service, open),
    probe: async (service) => (await import("./triton/probe.ts")).probeTriton(service),
  },
  riva: {
    open: async (service, open) => (await import("./riva/open.ts")).openRiva(service, open),
    probe: async (service) => (await import("./riva/probe.ts")).probeRiva(service),
  },
  openai: {
    open: async (service, _open, source) => (await import("./openai/open.ts")).openOpenAi(service, source),
    probe: async (service, choose) => (await import("./openai/probe.ts")).probeOpenAi(service, choose),
  },
  grpc: {
    open: async (service, open) => (await import("./grpc/open.ts")).openGrpc(service, open),
    probe: async (service) => (await import("./probe_grpc.ts")).probeGrpc(service),
  },
  rest: {
    open: async (service, _open, source) => (await import("./rest/open.ts")).openRest(service, source),
    probe: async (service) => (await import("./rest/probe.ts")).probeRest(service),
  },
  websocket: {
    open: async (service, _open, source) => (await import("./websocket/open.ts")).openWebSocketService(service, source),
    probe: null,
  },
};
