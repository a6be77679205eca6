/**
 * A peer that is as strict as servers may be: a setting is in force once the client has acknowledged it, and the answer
 * to a PING means that every stream opened before has been seen. It runs without a network: a test decides how many
 * bytes the socket takes, and when.
 */
import { readUint32 } from "../../../lib/transport/wire/frames.ts";
import { FrameType, PREFACE } from "../../../lib/transport/wire/frames.ts";
import type { FrameWriter } from "../../../lib/transport/wire/frame_writer.ts";
import type { ByteSocket } from "../../../lib/transport/socket/byte_socket.ts";
import { bytesOf } from "./raw_peer.ts";

/** Settings by id. */
export type SettingValues = readonly (readonly [id: number, value: number])[];

/** What the peer enforces. */
interface Enforced {
  max_streams: number;
  window_bytes: number;
  frame_bytes: number;
}

/** The peer and the socket to it. */
export class StrictPeer implements ByteSocket {
  /** Rules that the client broke. */
  readonly broken: string[] = [];
  /** Answers to PING and to SETTINGS so far. */
  pongs = 0;
  acks = 0;
  /** Streams seen. */
  opened = 0;
  readonly #incoming: Uint8Array[] = [];
  #reader: PromiseWithResolvers<void> | null = null;
  #writer: { bytes: Uint8Array; resolve(count: number): void; reject(error: Error): void } | null = null;
  #closed = false;
  #pending = new Uint8Array(0);
  #skip = PREFACE.length;
  readonly #enforced: Enforced = { max_streams: Infinity, window_bytes: 65_535, frame_bytes: 16_384 };
  /** Settings not yet acknowledged. */
  readonly #unacknowledged: SettingValues[] = [];
  /** For each PING not yet answered, how many streams the client had opened before it came. */
  readonly #unanswered: number[] = [];
  readonly #windows = new Map<number, number>();
  /** Streams that the client has not ended, and those that we have not. */
  readonly #theirs = new Set<number>();
  readonly #ours = new Set<number>();
  #window_bytes = 65_535;

  // The socket.

  async read(into: Uint8Array): Promise<number | null> {
    while (this.#incoming.length === 0) {
      if (this.#closed) return null;
      this.#reader = Promise.withResolvers();
      await this.#reader.promise;
    }
    const next = this.#incoming.shift()!;
    into.set(next.subarray(0, into.length));
    if (next.length > into.length) this.#incoming.unshift(next.subarray(into.length));
    return Math.min(next.length, into.length);
  }

  write(bytes: Uint8Array): Promise<number> {
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    if (this.#closed) reject(new Error("closed"));
    else this.#writer = { bytes, resolve, reject };
    return promise;
  }

  close(): void {
    this.#closed = true;
    this.#reader?.resolve();
    this.#writer?.reject(new Error("closed"));
    this.#writer = null;
  }

  // The test's side.

  /** Takes at most `count` bytes of what the client wants to write; false: it wants nothing. */
  async take(count: number): Promise<boolean> {
    await turn();
    const writer = this.#writer;
    if (writer === null) return false;
    const part = writer.bytes.subarray(0, count);
    this.#writer = null;
    this.#receive(part);
    writer.resolve(part.length);
    await turn();
    return true;
  }

  /** Takes all that the client wants to write. */
  async takeAll(): Promise<void> {
    while (await this.take(Infinity));
  }

  /** Sends frames and waits until the client has read them. */
  async send(write: (frames: FrameWriter) => void): Promise<void> {
    this.#incoming.push(bytesOf(write));
    this.#reader?.resolve();
    await turn();
  }

  /** Sends SETTINGS. */
  async settings(values: SettingValues): Promise<void> {
    this.#unacknowledged.push(values);
    await this.send((frames) => frames.settings(values));
  }

  /** Sends a PING. `opened`: streams that the client has opened by now. */
  async ping(opened: number): Promise<void> {
    this.#unanswered.push(opened);
    await this.send((frames) => frames.ping(new Uint8Array(8), 0, false));
  }

  /** Gives the client more room; stream 0 is the connection. */
  async credit(id: number, bytes: number): Promise<void> {
    if (id === 0) this.#window_bytes += bytes;
    else if (!this.#windows.has(id)) return;
    else this.#windows.set(id, this.#windows.get(id)! + bytes);
    await this.send((frames) => frames.windowUpdate(id, bytes));
  }

  /** Ends a stream that has been seen, as a reset does. */
  async end(id: number): Promise<void> {
    if (!this.#ours.delete(id)) return;
    this.#theirs.delete(id);
    await this.send((frames) => frames.reset(id, 8));
  }

  /** Settings and PINGs without an answer. */
  get owed(): number {
    return this.#unacknowledged.length + this.#unanswered.length;
  }

  // The rules.

  #receive(part: Uint8Array): void {
    const bytes = new Uint8Array(this.#pending.length + part.length);
    bytes.set(this.#pending);
    bytes.set(part, this.#pending.length);
    let at = Math.min(this.#skip, bytes.length);
    this.#skip -= at;
    while (bytes.length - at >= 9) {
      const length = readUint32(bytes, at) >>> 8;
      if (bytes.length - at < 9 + length) break;
      this.#frame(bytes[at + 3]!, bytes[at + 4]!, readUint32(bytes, at + 5), length);
      at += 9 + length;
    }
    this.#pending = bytes.slice(at);
  }

  #frame(type: number, flags: number, id: number, length: number): void {
    if (length > this.#enforced.frame_bytes) this.broken.push(`frame of ${length} bytes`);
    if (type === FrameType.HEADERS) this.#headers(id);
    else if (type === FrameType.DATA) this.#data(id, length);
    else if (type === FrameType.SETTINGS && flags === 1) this.#acknowledged();
    else if (type === FrameType.PING && flags === 1) this.#answered();
    if (type <= FrameType.HEADERS && (flags & 1) !== 0) this.#theirs.delete(id);
    if (type === FrameType.RST_STREAM) {
      this.#theirs.delete(id);
      this.#ours.delete(id);
    }
  }

  #headers(id: number): void {
    this.opened++;
    const open = this.#theirs.union(this.#ours).size;
    if (open >= this.#enforced.max_streams) this.broken.push(`stream ${id} beside ${open}`);
    this.#theirs.add(id);
    this.#ours.add(id);
    this.#windows.set(id, this.#enforced.window_bytes);
  }

  #data(id: number, length: number): void {
    const left = (this.#windows.get(id) ?? 0) - length;
    this.#windows.set(id, left);
    this.#window_bytes -= length;
    if (length > 0 && left < 0) this.broken.push(`DATA beyond the window of stream ${id} by ${-left} bytes`);
    if (this.#window_bytes < 0) this.broken.push("DATA beyond the connection's window");
  }

  #acknowledged(): void {
    this.acks++;
    const values = this.#unacknowledged.shift();
    if (values === undefined) this.broken.push("SETTINGS ACK for nothing");
    for (const [id, value] of values ?? []) {
      if (id === 3) this.#enforced.max_streams = value;
      if (id === 5) this.#enforced.frame_bytes = value;
      if (id !== 4) continue;
      for (const [stream, left] of this.#windows) {
        this.#windows.set(stream, left + value - this.#enforced.window_bytes);
      }
      this.#enforced.window_bytes = value;
    }
  }

  #answered(): void {
    this.pongs++;
    const before = this.#unanswered.shift();
    if (before === undefined) this.broken.push("PING ACK for nothing");
    else if (this.opened < before) {
      this.broken.push(`PING ACK after ${this.opened} of the ${before} streams opened before it`);
    }
  }
}

/** Lets pending promises settle. */
function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
