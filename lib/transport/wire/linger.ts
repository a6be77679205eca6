/** The end of a connection whose peer broke a rule. */
import type { ByteSocket } from "../socket/byte_socket.ts";

/** How long a peer may take to read our GOAWAY; milliseconds. */
const LINGER_MS = 200;
const NOWHERE_BYTES = 256 * 1024;

/** Reads on for a moment, then closes: to close a socket with unread bytes would discard our GOAWAY. */
export async function linger(socket: ByteSocket): Promise<void> {
  const timer = setTimeout(() => socket.close(), LINGER_MS);
  const nowhere = new Uint8Array(NOWHERE_BYTES);
  try {
    while (await socket.read(nowhere) !== null);
  } catch { /* the peer has gone, or the time is up */ }
  clearTimeout(timer);
  socket.close();
}
