/** A peer that answers HTTP/2 requests with scripted frames; it reads no headers and keeps no rules of its own. */

/** One frame. Source: RFC 9113, section 4.1. */
export function frame(type: number, flags: number, stream: number, payload: readonly number[] = []): number[] {
  return [...uint32(payload.length).slice(1), type, flags, ...uint32(stream), ...payload];
}

/** Four bytes, big-endian. */
export function uint32(value: number): number[] {
  return [value >>> 24, (value >> 16) & 255, (value >> 8) & 255, value & 255];
}

/** A header field, literal and not indexed, shorter than 16 KiB. Source: RFC 7541, sections 5.1 and 6.2.2. */
function field(key: string, value: string): number[] {
  const rest = (count: number) => count < 128 ? [count] : [count & 127 | 128, count >> 7];
  const length = (count: number) => count < 127 ? [count] : [127, ...rest(count - 127)];
  const bytes = (text: string) => [...length(text.length), ...new TextEncoder().encode(text)];
  return [0, ...bytes(key), ...bytes(value)];
}

/** HEADERS with `fields`; `last` ends the stream. */
export function headers(stream: number, fields: Record<string, string>, last = false): number[] {
  return frame(1, last ? 5 : 4, stream, Object.entries(fields).flatMap(([key, value]) => field(key, value)));
}
/** HEADERS of any length: what does not fit into one frame goes on in CONTINUATION. */
export function longHeaders(stream: number, fields: Record<string, string>): number[] {
  const block = headers(stream, fields).slice(9);
  const frames: number[] = [];
  for (let at = 0; at < block.length; at += 16_384) {
    const isLast = at + 16_384 >= block.length;
    frames.push(...frame(at === 0 ? 1 : 9, isLast ? 4 : 0, stream, block.slice(at, at + 16_384)));
  }
  return frames;
}
/** DATA; `last` ends the stream. */
export function data(stream: number, payload: readonly number[], last = false): number[] {
  return frame(0, last ? 1 : 0, stream, payload);
}
/** RST_STREAM. */
export function reset(stream: number, code: number): number[] {
  return frame(3, 0, stream, uint32(code));
}
/** GOAWAY. */
export function goaway(last: number, code = 0, debug = ""): number[] {
  return frame(7, 0, 0, [...uint32(last), ...uint32(code), ...new TextEncoder().encode(debug)]);
}
/** PING. */
export const PING = frame(6, 0, 0, [1, 2, 3, 4, 5, 6, 7, 8]);

/** The headers of a gRPC reply. */
export const REPLY = { ":status": "200", "content-type": "application/grpc" };

/** HEADERS, one empty message and OK trailers. */
export function okReply(stream: number): number[] {
  return [
    ...headers(stream, REPLY),
    ...data(stream, [0, 0, 0, 0, 0]),
    ...headers(stream, { "grpc-status": "0" }, true),
  ];
}

/** A request whose end has arrived. */
export interface PeerRequest {
  readonly stream: number;
  /** Connections accepted so far, this one included. */
  readonly connection: number;
  send(...frames: readonly number[][]): Promise<void>;
  close(): void;
}

/** Runs a peer on loopback that hands each request to `answer`, while `body` runs. */
export async function withScriptedPeer(
  answer: (request: PeerRequest) => unknown,
  body: (target: string) => Promise<void>,
): Promise<void> {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const conns: Deno.Conn[] = [];
  const serving: Promise<void>[] = [];
  const accepting = (async () => {
    for await (const conn of listener) {
      conns.push(conn);
      serving.push(serve(conn, conns.length, answer).catch(ignoreClosed));
    }
  })();
  try {
    await body(`127.0.0.1:${listener.addr.port}`);
  } finally {
    listener.close();
    for (const conn of conns) closeQuietly(conn);
    await accepting;
    await Promise.all(serving);
  }
}

async function serve(conn: Deno.Conn, connection: number, answer: (request: PeerRequest) => unknown): Promise<void> {
  const send = async (...frames: readonly number[][]) => {
    const bytes = new Uint8Array(frames.flat());
    for (let at = 0; at < bytes.length;) at += await conn.write(bytes.subarray(at));
  };
  await send(frame(4, 0, 0));
  for await (const { type, flags, stream, payload } of frames(conn)) {
    if (type === 4 && (flags & 1) === 0) await send(frame(4, 1, 0));
    if (type === 6 && (flags & 1) === 0) await send(frame(6, 1, 0, [...payload]));
    if (type <= 1 && (flags & 1) === 1) await answer({ stream, connection, send, close: () => closeQuietly(conn) });
  }
}

/** The frames a client sends, after its 24 bytes of preface. */
async function* frames(conn: Deno.Conn) {
  let seen = new Uint8Array();
  let skip = 24;
  const chunk = new Uint8Array(65536);
  for (;;) {
    const count = await conn.read(chunk);
    if (count === null) return;
    const joined = new Uint8Array(seen.length + count);
    joined.set(seen);
    joined.set(chunk.subarray(0, count), seen.length);
    seen = joined;
    if (seen.length < skip) continue;
    seen = seen.subarray(skip);
    skip = 0;
    while (seen.length >= 9) {
      const view = new DataView(seen.buffer, seen.byteOffset);
      const length = view.getUint32(0) >>> 8;
      if (seen.length < 9 + length) break;
      yield {
        type: seen[3] ?? 0,
        flags: seen[4] ?? 0,
        stream: view.getUint32(5),
        payload: seen.subarray(9, 9 + length),
      };
      seen = seen.subarray(9 + length);
    }
  }
}

function ignoreClosed(error: unknown): void {
  const closed = error instanceof Deno.errors.BadResource || error instanceof Deno.errors.BrokenPipe ||
    error instanceof Deno.errors.ConnectionReset || error instanceof Deno.errors.Interrupted;
  if (!closed) throw error;
}

function closeQuietly(conn: Deno.Conn): void {
  try {
    conn.close();
  } catch (error) {
    ignoreClosed(error);
  }
}
