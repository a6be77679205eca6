/** Opens a connection, handshakes included, within a time limit. */
import { errorText } from "../../base/errors.ts";
import { type ChannelOptions, ConnectError } from "../channel.ts";
import type { ConnectionLog } from "../connection_log.ts";
import { diagnoseAfter } from "../diagnose/diagnose.ts";
import { fault } from "../faults.ts";
import { localShortage } from "../outside_errors.ts";
import type { ByteSocket } from "../socket/byte_socket.ts";
import { bookOf, connectOne } from "../socket/addresses.ts";
import { detour, dial, type Lookup, resolve } from "../socket/dial.ts";
import { Limit } from "../socket/limit.ts";
import { hostPortOf, nameOf, type Target } from "../target.ts";
import { Connection, type ConnectionListener } from "./connection.ts";

/** What to connect to. */
export interface Peer {
  /** The target as the plan writes it. */
  readonly text: string;
  readonly target: Target;
  readonly options: ChannelOptions;
  /** Converts an error for protocols other than gRPC; absent: it stays as it is. */
  readonly refine?: (error: ConnectError) => ConnectError;
  /** Finds the addresses of the target's name. */
  readonly lookup: Lookup;
  /** Counts what happens to connections; absent: nobody reads it. */
  readonly log?: ConnectionLog;
}

/**
 * Opens one connection.
 * @param listener receives the events after the handshakes
 * @param signal stops the attempt
 * @throws {ConnectError} with the likely cause
 */
export async function establish(peer: Peer, listener: ConnectionListener, signal: AbortSignal): Promise<Connection> {
  const limit = new Limit(peer.options.connect_timeout_ms, signal);
  try {
    const places = await limit.run(placesOf(peer));
    return await connectOne(
      bookOf(peer.text),
      places,
      peer.options.addresses ?? "spread",
      limit,
      signal,
      (place, share) => dial(place, nameOf(peer.target), peer.options.tls, share),
      (socket, share, place) => shakeHands(socket, labelOf(peer, place, places.length), share, listener),
      abandon,
      peer.log,
    );
  } catch (error) {
    throw signal.aborted ? fault.other(peer.text, "the attempt was cancelled") : await explain(peer, error);
  } finally {
    limit.clear();
  }
}

/**
 * The places that lead to a peer: the addresses of its name, or of its proxy's.
 * @throws {Error} when the name is not known
 */
export const placesOf = ({ target, options, lookup }: Peer): Promise<Target[]> =>
  resolve(detour(target, options.proxy) ?? target, lookup);

/** The address in messages: of several the one that is meant. */
function labelOf({ text, target }: Peer, place: Target, count: number): string {
  if (count < 2 || place.kind === "unix" || place.tunnel !== undefined) return text;
  return target.kind === "tcp" && target.all !== undefined ? hostPortOf(place) : `${text} (${place.host})`;
}

async function explain({ text, options, refine }: Peer, error: unknown): Promise<ConnectError> {
  if (error instanceof ConnectError) return error;
  const errno = localShortage(error);
  if (errno !== null) return fault.shortage(text, errno);
  const found = await diagnoseAfter(error, text, options) ?? fault.other(text, errorText(error));
  return refine === undefined ? found : refine(found);
}

const abandon = (late: Connection): void => late.abandon("Too late");

/** Waits for the peer's SETTINGS; from then on the listener gets the connection's events. */
async function shakeHands(
  socket: ByteSocket,
  address: string,
  limit: Limit,
  listener: ConnectionListener,
): Promise<Connection> {
  const ready = Promise.withResolvers<Connection>();
  let open = false;
  const connection = new Connection(socket, address, {
    opened(connection) {
      open = true;
      ready.resolve(connection);
    },
    capacityAvailable: () => listener.capacityAvailable(),
    draining: (connection, code) => listener.draining(connection, code),
    closed(connection, loss) {
      if (open) listener.closed(connection, loss);
      else ready.reject(new Error(loss.message));
    },
  });
  try {
    return await limit.run(ready.promise);
  } catch (error) {
    connection.abandon("The handshake failed");
    throw error;
  }
}
