/** A connected gRPC service: the part that all protocols over a gRPC channel share. */
import type { Channel } from "../../transport/channel.ts";
import type { OpenService } from "../driver.ts";

/**
 * A service over a channel.
 * @param parts the parts that its protocol implements
 */
export function grpcService(channel: Channel, parts: Pick<OpenService, "operation" | "health">): OpenService {
  return {
    ...parts,
    connect: () => channel.connect(),
    stats() {
      const { connections, streams_in_flight, waiting, reconnects_total, moves_total } = channel.stats();
      return { connections, streams_in_flight, waiting, reconnects_total, moves_total };
    },
    close: () => channel.close(),
  };
}
