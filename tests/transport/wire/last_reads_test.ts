/** A peer that closes before it has read all we send: what it said before still counts. */
import assert from "node:assert/strict";
import type { ByteSocket } from "../../../lib/transport/socket/byte_socket.ts";
import { WebSocketConnection, type WebSocketEnd } from "../../../lib/transport/websocket/connection.ts";
import { Connection } from "../../../lib/transport/wire/connection.ts";
import { encodeHeaders } from "../../../lib/transport/wire/hpack/encoder.ts";
import { Outgoing, type Stream } from "../../../lib/transport/wire/stream.ts";
import { bytesOf, okReply, SETTINGS } from "./raw_peer.ts";

/** A socket to a peer that has gone: writes fail, and what came before can still be read. */
class DeadSocket implements ByteSocket {
  readonly #unread: Uint8Array[];
  #wake = Promise.withResolvers<void>();
  #closed = false;
  alive = true;

  constructor(...unread: Uint8Array[]) {
    this.#unread = unread;
  }

  /** What comes next. */
  say(bytes: Uint8Array): void {
    this.#unread.push(bytes);
    this.#wake.resolve();
  }

  async read(into: Uint8Array): Promise<number | null> {
    while (this.#unread.length === 0) {
      if (this.#closed) throw new Deno.errors.Interrupted("closed");
      this.#wake = Promise.withResolvers();
      await this.#wake.promise;
    }
    const next = this.#unread.shift()!;
    if (next.length === 0) throw new Deno.errors.ConnectionReset("Connection reset by peer (os error 104)");
    into.set(next);
    return next.length;
  }

  write(bytes: Uint8Array): Promise<number> {
    if (this.alive) return Promise.resolve(bytes.length);
    return Promise.reject(new Deno.errors.BrokenPipe("Broken pipe (os error 32)"));
  }

  close(): void {
    this.#closed = true;
    this.#wake.resolve();
  }
}

const RESET = new Uint8Array(0);

/** A stream that notes how it ended. */
function streamOf(ends: string[], release: (stream: Stream) => void): Stream {
  return {
    id: 0,
    send_window: 0,
    uncredited_bytes: 0,
    only: new Outgoing(new Uint8Array(10), false),
    queue: [],
    queued_bytes: 0,
    half_closed: true,
    end_sent: false,
    handedOver() {},
    progressed() {},
    block(block, ended) {
      if (!ended) return;
      ends.push(`status ${block?.final_status.code}`);
      release(this);
    },
    data() {},
    reset() {},
    fault() {},
    lost: ({ message }) => ends.push(message),
  };
}

Deno.test("replies that came before a write failed are read, and only the others are lost", async () => {
  const socket = new DeadSocket(SETTINGS);
  const opened = Promise.withResolvers<void>();
  let draining = 0;
  const connection = new Connection(socket, "peer", {
    opened: () => opened.resolve(),
    capacityAvailable() {},
    draining: () => draining++,
    closed() {},
  });
  await opened.promise;
  const ends: string[] = [];
  const block = encodeHeaders([[":method", "POST"]]);
  for (let count = 0; count < 3; count++) {
    connection.open(streamOf(ends, (stream) => connection.release(stream, null)), block);
  }
  await new Promise((resolve) => setTimeout(resolve));
  socket.alive = false;
  socket.say(bytesOf((frames) => frames.ping(new Uint8Array(8), 0, false))); // its answer cannot be written
  await new Promise((resolve) => setTimeout(resolve, 5));
  assert.deepEqual([draining, connection.hasRoom], [1, false], "no stream is opened any more");
  socket.say(bytesOf((frames) => [1, 3].forEach((id) => okReply(frames, id))));
  socket.say(RESET);
  await new Promise((resolve) => setTimeout(resolve, 5));
  assert.deepEqual(ends.slice(0, 2), ["status 0", "status 0"]);
  assert.match(ends[2]!, /was lost: Connection reset by peer/);
  assert.equal(connection.state.tag, "closed");
});

Deno.test("a WebSocket's close that came before a write failed gives the reason", async () => {
  const socket = new DeadSocket();
  const ended = Promise.withResolvers<WebSocketEnd>();
  const events = { message() {}, pong() {}, end: ended.resolve };
  const connection = new WebSocketConnection(socket, events, 1000, new Uint8Array(0));
  connection.start();
  socket.alive = false;
  connection.send("hello", () => {});
  await new Promise((resolve) => setTimeout(resolve, 5));
  assert.equal(connection.open, false);
  socket.say(new Uint8Array([0x88, 6, 0x03, 0xf1, ...new TextEncoder().encode("busy")]));
  const { code, details } = await ended.promise;
  assert.equal(code, 1009);
  assert.match(details, /busy/);
});
