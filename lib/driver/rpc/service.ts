/** A connected gRPC service: what is the same for every protocol that rides on a channel. */
import type { Channel } from "../../transport/channel.ts";
import type { OpenService } from "../driver.ts";

/**
 * A service over a channel.
 * @param parts what its protocol does itself
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
