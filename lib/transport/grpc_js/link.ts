/** One socket of grpc-js, as the log of connections counts it: grpc-js lets a channel see the socket, and little else. */
import type { ConnectionLog, Counted } from "../connection_log.ts";
import { farewellOn, onFarewell, streamLimitOn } from "./farewells.ts";

/** The part of a socket of node:net or node:tls that is read. */
interface NodeSocket {
  readonly remoteAddress?: string | undefined;
  readonly remotePort?: number | undefined;
  once(event: "close", listener: () => void): unknown;
}

/** A socket with the calls on it. Bytes and messages are not known. */
export class Link implements Counted {
  accepting = true;
  streams = 0;
  readonly sent_bytes = 0;
  readonly received_bytes = 0;
  readonly sent_messages = 0;
  readonly received_messages = 0;
  readonly #socket: object;

  /**
   * Counts a socket from now on.
   * @param again it was opened in place of another
   * @param closing whether june-load is closing the channel
   */
  constructor(socket: object, log: ConnectionLog, target: string, again: boolean, closing: () => boolean) {
    this.#socket = socket;
    const node = socket as NodeSocket;
    const peer = peerOf(node) ?? target;
    log.came(peer, this, again);
    onFarewell(socket, (farewell) => {
      this.accepting = false;
      log.goaway(peer, farewell);
    });
    node.once("close", () => {
      this.accepting = false;
      const unannounced = farewellOn(socket) === "" || this.streams > 0;
      const lost = unannounced && !closing();
      log.ended(peer, this, lost ? { lost, words: `The connection to ${peer} was closed` } : { lost: false });
    });
  }

  get stream_limit(): number {
    return streamLimitOn(this.#socket);
  }
}

function peerOf({ remoteAddress: host, remotePort: port }: NodeSocket): string | null {
  if (host === undefined || port === undefined) return null;
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
