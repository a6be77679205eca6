/** An HTTP/2 client without manners: sends what it is told, and shows each frame that comes. */
import { PREFACE } from "../../lib/transport/wire/frames.ts";
import { type FrameHandler, FrameReader } from "../../lib/transport/wire/frame_reader.ts";
import { FrameWriter } from "../../lib/transport/wire/frame_writer.ts";
import { HpackDecoder } from "../../lib/transport/wire/hpack/decoder.ts";
import { encodeHeaders, type HeaderField } from "../../lib/transport/wire/hpack/encoder.ts";
import { parseTarget } from "../../lib/transport/target.ts";

/** A frame from the server. */
export type Seen =
  | { kind: "data"; stream: number; bytes: number }
  | { kind: "headers"; stream: number; fields: Record<string, string>; end: boolean; first_byte: number }
  | { kind: "reset"; stream: number; code: number }
  | { kind: "settings" | "settings_ack" }
  | { kind: "ping"; ack: boolean; first_byte: number }
  | { kind: "goaway"; last: number; code: number; words: string }
  | { kind: "window"; stream: number; increment: number }
  /** The server has closed the connection. */
  | { kind: "closed" };

/** Header fields of a gRPC call. */
export function callFields(path: string, more: readonly HeaderField[] = []): HeaderField[] {
  return [
    [":method", "POST"],
    [":scheme", "http"],
    [":path", path],
    [":authority", "test"],
    ["te", "trailers"],
    ["content-type", "application/grpc"],
    ...more,
  ];
}

/** A connection. */
export class RawClient implements FrameHandler {
  readonly writer = new FrameWriter();
  readonly seen: Seen[] = [];
  readonly #conn: Deno.Conn;
  readonly #decoder = new HpackDecoder();
  #wake = Promise.withResolvers<void>();
  readonly #reading: Promise<void>;

  private constructor(conn: Deno.Conn) {
    this.#conn = conn;
    this.#reading = this.#read();
  }

  /** Connects and sends nothing. */
  static async connect(target: string): Promise<RawClient> {
    const parsed = parseTarget(target);
    if (parsed.kind !== "tcp") throw new Error(target);
    return new RawClient(await Deno.connect({ hostname: parsed.host, port: parsed.port }));
  }

  /** Connects, sends preface and settings, and waits for the server's. */
  static async open(target: string, settings: readonly (readonly [number, number])[] = []): Promise<RawClient> {
    const client = await RawClient.connect(target);
    client.writer.raw(PREFACE);
    client.writer.settings(settings);
    await client.flush();
    await client.wait((seen) => seen.kind === "settings_ack");
    return client;
  }

  /** Sends what has been gathered. */
  async flush(): Promise<void> {
    const bytes = this.writer.take();
    for (let at = 0; at < bytes.length;) at += await this.#conn.write(bytes.subarray(at));
  }

  /** Gathers the head of a call. */
  call(stream: number, path: string, end = false, more: readonly HeaderField[] = []): void {
    this.writer.headers(stream, encodeHeaders(callFields(path, more)), end, 16_384);
  }

  /** Gathers one message in one DATA frame. */
  message(stream: number, message: Uint8Array, end: boolean): void {
    this.writer.header(message.length + 5, 0, end ? 1 : 0, stream);
    this.writer.raw(new Uint8Array([0, 0, 0, message.length >> 8, message.length & 0xff, ...message]));
  }

  /** Waits for a frame, also one that has come already. */
  async wait<T extends Seen>(wanted: (seen: Seen) => seen is T): Promise<T>;
  async wait(wanted: (seen: Seen) => boolean): Promise<Seen>;
  async wait(wanted: (seen: Seen) => boolean): Promise<Seen> {
    for (;;) {
      const found = this.seen.find(wanted);
      if (found !== undefined) return found;
      if (this.seen.at(-1)?.kind === "closed") throw new Error(`closed after ${JSON.stringify(this.seen)}`);
      await this.#wake.promise;
    }
  }

  async close(): Promise<void> {
    try {
      this.#conn.close();
    } catch {
      // It is closed already.
    }
    await this.#reading;
  }

  async #read(): Promise<void> {
    const reader = new FrameReader(this);
    const bytes = new Uint8Array(1 << 17);
    let have = 0;
    try {
      for (let count = 0; count !== null; count = await this.#conn.read(bytes.subarray(have)) as number) {
        have += count;
        const at = reader.read(bytes, 0, have);
        bytes.copyWithin(0, at, have);
        have -= at;
      }
    } catch {
      // The connection was cut, here or there.
    }
    this.#add({ kind: "closed" });
  }

  #add(seen: Seen): void {
    this.seen.push(seen);
    this.#wake.resolve();
    this.#wake = Promise.withResolvers();
  }

  data(stream: number, _bytes: Uint8Array, from: number, to: number): void {
    this.#add({ kind: "data", stream, bytes: to - from });
  }
  headers(stream: number, bytes: Uint8Array, from: number, to: number, end: boolean): void {
    const fields: Record<string, string> = {};
    this.#decoder.decode(bytes, from, to, (name, value) => fields[name] = value);
    this.#add({ kind: "headers", stream, fields, end, first_byte: bytes[from]! });
  }
  reset(stream: number, code: number): void {
    this.#add({ kind: "reset", stream, code });
  }
  settings(): void {
    this.#add({ kind: "settings" });
  }
  settingsAck(): void {
    this.#add({ kind: "settings_ack" });
  }
  ping(bytes: Uint8Array, from: number, ack: boolean): void {
    this.#add({ kind: "ping", ack, first_byte: bytes[from]! });
  }
  goaway(last: number, code: number, debug: Uint8Array): void {
    this.#add({ kind: "goaway", last, code, words: new TextDecoder().decode(debug) });
  }
  windowUpdate(stream: number, increment: number): void {
    this.#add({ kind: "window", stream, increment });
  }
  ignored(): void {}
  streamFault(): void {}
}
