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
      const { sent_bytes_total: _sent, received_bytes_total: _received, ...counts } = channel.stats();
      return counts;
    },
    close: () => channel.close(),
  };
}
