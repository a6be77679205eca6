/** Makes captures by hand: packets with times, TCP segments, frames of HTTP/2. */
import { Flag, FRAME_HEADER_BYTES, FrameType, PREFACE, writeFrameHeader } from "../../../lib/transport/wire/frames.ts";

/** What a capture file says of itself. */
export interface FileForm {
  little?: boolean;
  nanoseconds?: boolean;
  link?: number;
}

/** A capture file; times in microseconds since the second 1000. */
export function pcapFile(packets: readonly [at_us: number, bytes: Uint8Array][], form: FileForm = {}): Uint8Array {
  const { little = true, nanoseconds = true, link = 1 } = form;
  const header = new DataView(new ArrayBuffer(24));
  header.setUint32(0, nanoseconds ? 0xa1b23c4d : 0xa1b2c3d4, little);
  header.setUint32(16, 262_144, little);
  header.setUint32(20, link, little);
  const parts = packets.flatMap(([at_us, bytes]) => {
    const head = new DataView(new ArrayBuffer(16));
    head.setUint32(0, 1000 + Math.floor(at_us / 1e6), little);
    head.setUint32(4, Math.round((at_us % 1e6) * (nanoseconds ? 1000 : 1)), little);
    head.setUint32(8, bytes.length, little);
    head.setUint32(12, bytes.length, little);
    return [new Uint8Array(head.buffer), bytes];
  });
  return joined([new Uint8Array(header.buffer), ...parts]);
}

/** The ports of one direction. */
export type Ports = readonly [from: number, to: number];

/** One segment over IPv4 and Ethernet. */
export function tcpPacket([from, to]: Ports, sequence: number, payload: Uint8Array, syn = false): Uint8Array {
  const view = new DataView(new ArrayBuffer(54));
  view.setUint16(12, 0x0800);
  view.setUint8(14, 0x45);
  view.setUint16(16, 40 + payload.length);
  view.setUint8(23, 6);
  view.setUint16(34, from);
  view.setUint16(36, to);
  view.setUint32(38, sequence);
  view.setUint8(46, 0x50);
  view.setUint8(47, syn ? 0x02 : 0x10);
  return joined([new Uint8Array(view.buffer), payload]);
}

/** One frame. */
export function frame(type: number, flags: number, stream: number, payload: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(FRAME_HEADER_BYTES + payload.length);
  writeFrameHeader(bytes, 0, payload.length, type, flags, stream);
  bytes.set(payload, FRAME_HEADER_BYTES);
  return bytes;
}

const NOTHING = new Uint8Array(0);
/** With which each side begins. */
export const CLIENT_START = joined([PREFACE, frame(FrameType.SETTINGS, 0, 0, NOTHING)]);
/** As above. */
export const SERVER_START = frame(FrameType.SETTINGS, 0, 0, NOTHING);

/** A header block, which nobody decodes. */
export function headers(stream: number, ends = false): Uint8Array {
  return frame(FrameType.HEADERS, Flag.END_HEADERS | (ends ? Flag.END_STREAM : 0), stream, Uint8Array.of(0x88));
}

/** A gRPC message of one frame. */
export function message(stream: number, text: string): Uint8Array {
  const body = new TextEncoder().encode(text);
  return frame(FrameType.DATA, 0, stream, joined([Uint8Array.of(0, 0, 0, 0, body.length), body]));
}

/** Pieces one after the other. */
export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
