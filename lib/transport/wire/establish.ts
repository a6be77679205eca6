/** Opens a connection, handshakes included, within a time limit. */
import { errorText } from "../../base/errors.ts";
import { type ChannelOptions, ConnectError } from "../channel.ts";
import { diagnoseAfter } from "../diagnose/diagnose.ts";
import { fault } from "../faults.ts";
import { localShortage } from "../outside_errors.ts";
import type { ByteSocket } from "../socket/byte_socket.ts";
import { detour, dial, firstOf, type Lookup, resolve } from "../socket/dial.ts";
import { Limit } from "../socket/limit.ts";
import { nameOf, type Target } from "../target.ts";
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
    const places = await limit.run(resolve(wayTo(peer), peer.lookup));
    return await firstOf(places, limit, signal, (place, share) => attempt(place, peer, share, listener), abandon);
  } catch (error) {
    throw signal.aborted ? fault.other(peer.text, "the attempt was cancelled") : await explain(peer, error);
  } finally {
    limit.clear();
  }
}

const wayTo = ({ target, text, options }: Peer): Target => detour(target, text, options.proxy) ?? target;

async function explain({ text, options, refine }: Peer, error: unknown): Promise<ConnectError> {
  if (error instanceof ConnectError) return error;
  const errno = localShortage(error);
  if (errno !== null) return fault.shortage(text, errno);
  const found = await diagnoseAfter(error, text, options) ?? fault.other(text, errorText(error));
  return refine === undefined ? found : refine(found);
}

const abandon = (late: Connection): void => late.abandon("Too late");

async function attempt(place: Target, peer: Peer, limit: Limit, listener: ConnectionListener): Promise<Connection> {
  const socket = await dial(place, nameOf(peer.target), peer.options.tls, limit);
  return await shakeHands(socket, peer.text, limit, listener);
}

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
