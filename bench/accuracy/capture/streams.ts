/** What HTTP/2 and gRPC say in a capture: each call as the kernel passed it on. */
import { type FrameHandler, FrameReader } from "../../../lib/transport/wire/frame_reader.ts";
import { FRAME_HEADER_BYTES, MAX_FRAME_SIZE, PREFACE } from "../../../lib/transport/wire/frames.ts";
import { MessageReader, type MessageSink } from "../../../lib/transport/wire/grpc/messages.ts";
import type { Flow, Piece } from "./tcp.ts";

/** One call on the wire. Times are those of packets, in microseconds on the capture's clock. */
export interface WireStream {
  id: number;
  /** First byte of the request's header block. */
  first_out_us: number;
  /** Last byte of each request message, in order. */
  out_us: number[];
  /** Last byte of each reply message that has content, in order. */
  content_us: number[];
  /** Last byte of the frame that ends the reply; NaN: none was captured. */
  end_us: number;
}

/** All calls of one connection. */
export interface WireConnection {
  server_port: number;
  /** In the order in which they were opened. */
  streams: WireStream[];
}

/** Whether a reply message holds text or audio, for the service at some port. */
export type IsContent = (message: Uint8Array) => boolean;

/**
 * Reads the connections to some servers.
 * @param servers by port
 * @throws {Error} when bytes of a connection are missing
 * @throws {ConnectionFault} when a side does not speak HTTP/2
 */
export function wireConnections(flows: readonly Flow[], servers: ReadonlyMap<number, IsContent>): WireConnection[] {
  return flows.flatMap((requests) => {
    const isContent = servers.get(requests.to_port);
    if (isContent === undefined) return [];
    const isReply = ({ from_port, to_port }: Flow) => from_port === requests.to_port && to_port === requests.from_port;
    const replies = flows.find(isReply);
    if (replies === undefined || requests.missing || replies.missing) {
      throw new Error(
        `The capture lacks bytes of the connection to port ${requests.to_port}: nothing can be said of it`,
      );
    }
    const streams = new Map<number, WireStream>();
    readFrames(requests.pieces, PREFACE.length, (clock) => new RequestFrames(streams, clock));
    readFrames(replies.pieces, 0, (clock) => new ReplyFrames(streams, clock, isContent));
    return [{ server_port: requests.to_port, streams: [...streams.values()] }];
  });
}

/** The packets of the frame at hand. */
interface FrameClock {
  /** Of the byte at a place of the buffer that is read. */
  firstByte(place: number): number;
  /** Of the last byte of the frame. */
  readonly now_us: number;
}

/** Hands whole frames to a handler; `skip` bytes stand before the first. */
function readFrames(pieces: readonly Piece[], skip: number, make: (clock: FrameClock) => FrameHandler): void {
  /** Of the frame that is not whole yet, and when its first byte came. */
  let rest = new Uint8Array(0);
  let rest_us = 0;
  let piece: Piece = { at_us: 0, bytes: rest };
  const clock: FrameClock = {
    firstByte: (place) => place < rest.length ? rest_us : piece.at_us,
    get now_us() {
      return piece.at_us;
    },
  };
  const limits = { max_frame_size: MAX_FRAME_SIZE, max_block_bytes: MAX_FRAME_SIZE, max_continuations: 1000 };
  const reader = new FrameReader(make(clock), limits);
  for (piece of pieces) {
    const skipped = Math.min(skip, piece.bytes.length);
    skip -= skipped;
    const bytes = joined(rest, piece.bytes.subarray(skipped));
    const done = reader.read(bytes, 0, bytes.length);
    if (done >= rest.length) rest_us = piece.at_us;
    rest = bytes.slice(done);
  }
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  if (a.length === 0) return b;
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

/** A direction in which only header blocks, data and resets matter. */
abstract class Frames implements FrameHandler {
  constructor(readonly streams: Map<number, WireStream>, readonly clock: FrameClock) {}

  abstract data(id: number, bytes: Uint8Array, from: number, to: number, flow_bytes: number, ends: boolean): void;
  abstract headers(id: number, bytes: Uint8Array, from: number, to: number, ends: boolean): void;
  reset(_id: number): void {}
  settings(): void {}
  settingsAck(): void {}
  ping(): void {}
  goaway(): void {}
  windowUpdate(): void {}
  ignored(): void {}
  streamFault(): void {}
}

/** gRPC's messages of one direction of a stream. */
class Messages implements MessageSink {
  readonly max_bytes = Infinity;
  readonly #reader = new MessageReader();

  constructor(readonly take: (message: Uint8Array) => void) {}

  read(bytes: Uint8Array, from: number, to: number): void {
    this.#reader.read(bytes, from, to, this);
  }

  message(_flags: number, bytes: Uint8Array): boolean {
    this.take(bytes);
    return true;
  }

  tooLarge(): void {}
}

class RequestFrames extends Frames {
  readonly #messages = new Map<number, Messages>();

  override headers(id: number, _bytes: Uint8Array, from: number): void {
    if (this.streams.has(id)) return;
    const first_out_us = this.clock.firstByte(from - FRAME_HEADER_BYTES);
    const stream = { id, first_out_us, out_us: [], content_us: [], end_us: NaN } satisfies WireStream as WireStream;
    this.streams.set(id, stream);
    this.#messages.set(id, new Messages(() => stream.out_us.push(this.clock.now_us)));
  }

  override data(id: number, bytes: Uint8Array, from: number, to: number): void {
    this.#messages.get(id)?.read(bytes, from, to);
  }
}

class ReplyFrames extends Frames {
  readonly #messages = new Map<number, Messages>();

  constructor(streams: Map<number, WireStream>, clock: FrameClock, readonly isContent: IsContent) {
    super(streams, clock);
  }

  override headers(id: number, _bytes: Uint8Array, _from: number, _to: number, ends: boolean): void {
    if (ends) this.reset(id);
  }

  override data(id: number, bytes: Uint8Array, from: number, to: number, _flow_bytes: number, ends: boolean): void {
    this.#messagesOf(id)?.read(bytes, from, to);
    if (ends) this.reset(id);
  }

  override reset(id: number): void {
    const stream = this.streams.get(id);
    if (stream !== undefined && Number.isNaN(stream.end_us)) stream.end_us = this.clock.now_us;
  }

  #messagesOf(id: number): Messages | undefined {
    const stream = this.streams.get(id);
    if (stream === undefined) return undefined;
    let messages = this.#messages.get(id);
    if (messages === undefined) {
      messages = new Messages((message) => this.isContent(message) && stream.content_us.push(this.clock.now_us));
      this.#messages.set(id, messages);
    }
    return messages;
  }
}
