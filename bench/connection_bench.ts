/** What the wire engine's connection costs a call, with no network: `deno task bench`. */
import { Connection } from "../lib/transport/wire/connection.ts";
import type { ByteSocket } from "../lib/transport/socket/byte_socket.ts";
import { FrameWriter } from "../lib/transport/wire/frame_writer.ts";
import { FrameType, PREFACE, readUint32 } from "../lib/transport/wire/frames.ts";
import { encodeHeaders } from "../lib/transport/wire/hpack/encoder.ts";
import { Outgoing, type Stream } from "../lib/transport/wire/stream.ts";

const REPLY = encodeHeaders([[":status", "200"], ["content-type", "application/grpc"]]);
const TRAILERS = encodeHeaders([["grpc-status", "0"]]);
const REQUEST = encodeHeaders([[":method", "POST"], [":path", "/t.T/Unary"], ["te", "trailers"]]);
const MESSAGE = new Uint8Array(64);
const CALLS_PER_TURN = 50;

/** Answers every request of one write at once; with `pings`, a PING comes before each batch of replies. */
class EchoSocket implements ByteSocket {
  readonly #frames = new FrameWriter(64 * 1024);
  #wake: (() => void) | null = null;
  #skip = PREFACE.length;

  constructor(private readonly pings: boolean) {
    this.#frames.settings([]);
  }

  async read(into: Uint8Array): Promise<number> {
    if (this.#frames.length === 0) await new Promise<void>((resolve) => this.#wake = resolve);
    const bytes = this.#frames.take();
    into.set(bytes);
    this.#frames.give(bytes);
    return bytes.length;
  }

  write(bytes: Uint8Array): Promise<number> {
    const frames = this.#frames;
    if (this.pings) frames.ping(MESSAGE, 0, false);
    for (let at = this.#skip; at < bytes.length; at += 9 + (readUint32(bytes, at) >>> 8)) {
      if (bytes[at + 3] !== FrameType.HEADERS) continue;
      const id = readUint32(bytes, at + 5);
      frames.headers(id, REPLY, false, 16_384);
      frames.headers(id, TRAILERS, true, 16_384);
    }
    // Credit for what came, so that the connection's window never closes.
    frames.windowUpdate(0, bytes.length);
    this.#skip = 0;
    this.#wake?.();
    this.#wake = null;
    return Promise.resolve(bytes.length);
  }

  close(): void {}
}

async function rounds(pings: boolean): Promise<() => Promise<void>> {
  const opened = Promise.withResolvers<void>();
  const connection = new Connection(new EchoSocket(pings), "bench", {
    opened: () => opened.resolve(),
    capacityAvailable() {},
    draining() {},
    closed() {},
  });
  await opened.promise;
  let left = 0;
  let done = () => {};
  const stream = (): Stream => ({
    id: 0,
    send_window: 0,
    uncredited_bytes: 0,
    only: new Outgoing(MESSAGE, false),
    queue: [],
    queued_bytes: 0,
    half_closed: true,
    end_sent: false,
    handedOver() {},
    progressed() {},
    block(_block, ends) {
      if (!ends) return;
      connection.release(this, null);
      if (--left === 0) done();
    },
    data() {},
    reset() {},
    fault() {},
    lost() {},
  });
  return () => {
    left = CALLS_PER_TURN;
    for (let count = 0; count < CALLS_PER_TURN; count++) connection.open(stream(), REQUEST);
    return new Promise((resolve) => done = resolve);
  };
}

const plain = await rounds(false);
Deno.bench(`${CALLS_PER_TURN} unary calls in one write`, () => plain());

const pinged = await rounds(true);
Deno.bench(`${CALLS_PER_TURN} unary calls in one write, beside the answer to a PING`, () => pinged());
