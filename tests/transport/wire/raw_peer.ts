/** A peer on a raw socket: it sends exactly the bytes a test asks for and keeps what the client sends. */
import { FrameWriter } from "../../../lib/transport/wire/frame_writer.ts";
import { PREFACE, readUint32 } from "../../../lib/transport/wire/frames.ts";
import { encodeHeaders, type HeaderField } from "../../../lib/transport/wire/hpack/encoder.ts";

/** A frame the client sent. */
export interface SeenFrame {
  readonly type: number;
  readonly flags: number;
  readonly streamId: number;
  readonly payload: Uint8Array;
}

/** Fields of a gRPC reply's first block. */
export const REPLY: readonly HeaderField[] = [[":status", "200"], ["content-type", "application/grpc"]];
/** Fields of OK trailers. */
export const OK: readonly HeaderField[] = [["grpc-status", "0"]];

/** Frames as bytes; `write` fills them. */
export function bytesOf(write: (frames: FrameWriter) => void): Uint8Array<ArrayBuffer> {
  const frames = new FrameWriter();
  write(frames);
  return new Uint8Array(frames.take());
}

/** Appends HEADERS. */
export function headers(frames: FrameWriter, id: number, fields: readonly HeaderField[], ends = false): void {
  frames.headers(id, encodeHeaders(fields), ends, 16_384);
}

/** Appends DATA. */
export function data(frames: FrameWriter, id: number, payload: readonly number[] | Uint8Array, ends = false): void {
  frames.header(payload.length, 0, ends ? 1 : 0, id);
  frames.raw(Uint8Array.from(payload));
}

/** Appends a whole OK reply with one message. */
export function okReply(frames: FrameWriter, id: number, message: readonly number[] = [7]): void {
  headers(frames, id, REPLY);
  data(frames, id, [0, 0, 0, 0, message.length, ...message]);
  headers(frames, id, OK, true);
}

/** Empty SETTINGS. */
export const SETTINGS = bytesOf((frames) => frames.settings([]));

/** One accepted connection. */
export class PeerConn {
  /** Frames received so far, after the preface. */
  readonly seen: SeenFrame[] = [];
  /** True once the client has ended its side. */
  over = false;
  #pending: Uint8Array = new Uint8Array(0);
  #skip = PREFACE.length;
  #wake = Promise.withResolvers<void>();
  /** Settles when the client has ended its side. */
  readonly done: Promise<void>;

  /** @param number connections accepted so far, this one included */
  constructor(readonly conn: Deno.Conn, readonly number: number) {
    this.done = this.#read();
  }

  /** Sends bytes; false once the client is gone. */
  async send(bytes: Uint8Array): Promise<boolean> {
    try {
      for (let at = 0; at < bytes.length;) at += await this.conn.write(bytes.subarray(at));
      return true;
    } catch {
      return false;
    }
  }

  /** Sends what `write` makes. */
  frames(write: (frames: FrameWriter) => void): Promise<boolean> {
    return this.send(bytesOf(write));
  }

  /** Waits for the `count`th request to end, or its HEADERS where it never does; null when the client goes first. */
  async request(count = 1, whole = true): Promise<SeenFrame | null> {
    const found = () => this.seen.filter(({ type, flags }) => whole ? type <= 1 && (flags & 1) !== 0 : type === 1);
    return await this.until(() => found().length >= count) ? found()[count - 1]! : null;
  }

  /** Waits until the frames seen satisfy `reached`; false when the client goes first. */
  async until(reached: () => boolean): Promise<boolean> {
    while (!reached()) {
      if (this.over) return false;
      await this.#wake.promise;
    }
    return true;
  }

  /** Bytes of DATA received. */
  get data_bytes(): number {
    return this.seen.reduce((sum, { type, payload }) => sum + (type === 0 ? payload.length : 0), 0);
  }

  /** Codes of the GOAWAYs received. */
  get goaways(): number[] {
    return this.seen.filter(({ type }) => type === 7).map(({ payload }) => readUint32(payload, 4));
  }

  /** Streams reset by the client, with their codes. */
  get resets(): [number, number][] {
    return this.seen.filter(({ type }) => type === 3).map((
      { streamId, payload },
    ) => [streamId, readUint32(payload, 0)]);
  }

  close(): void {
    try {
      this.conn.close();
    } catch { /* closed before */ }
  }

  async #read(): Promise<void> {
    const chunk = new Uint8Array(65_536);
    try {
      for (;;) {
        const count = await this.conn.read(chunk);
        if (count === null) break;
        this.#take(chunk.subarray(0, count));
      }
    } catch { /* the client reset the connection, or the test closed it */ }
    this.over = true;
    this.#wake.resolve();
  }

  #take(chunk: Uint8Array): void {
    const joined = new Uint8Array(this.#pending.length + chunk.length);
    joined.set(this.#pending);
    joined.set(chunk, this.#pending.length);
    let at = Math.min(this.#skip, joined.length);
    this.#skip -= at;
    while (joined.length - at >= 9) {
      const end = at + 9 + (readUint32(joined, at) >>> 8);
      if (end > joined.length) break;
      this.seen.push({
        type: joined[at + 3]!,
        flags: joined[at + 4]!,
        streamId: readUint32(joined, at + 5),
        payload: joined.slice(at + 9, end),
      });
      at = end;
    }
    this.#pending = joined.slice(at);
    // As servers do, the peer hangs up on a client that complains.
    if (this.goaways.some((code) => code !== 0)) this.close();
    this.#wake.resolve();
    this.#wake = Promise.withResolvers();
  }
}

/** Runs `script` on each connection accepted while `body` runs; then closes all. */
export async function withRawPeer(
  script: (peer: PeerConn) => unknown,
  body: (target: string, peers: PeerConn[]) => Promise<void>,
): Promise<void> {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const peers: PeerConn[] = [];
  const running: Promise<unknown>[] = [];
  const accepting = (async () => {
    for await (const conn of listener) {
      const peer = new PeerConn(conn, peers.length + 1);
      peers.push(peer);
      running.push(Promise.resolve(script(peer)));
    }
  })();
  try {
    await body(`127.0.0.1:${listener.addr.port}`, peers);
  } finally {
    listener.close();
    for (const peer of peers) peer.close();
    await accepting;
    await Promise.all([...running, ...peers.map(({ done }) => done)]);
  }
}
