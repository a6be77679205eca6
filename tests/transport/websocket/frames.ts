/** Frames as a server writes them, well made or not. */

/** What a test may make wrong. */
export interface Wrong {
  final?: boolean;
  rsv?: number;
  masked?: boolean;
}

/** A frame of a server: not masked, its length as short as can be. */
export function serverFrame(
  opcode: number,
  payload: Uint8Array,
  { final = true, rsv = 0, masked = false }: Wrong = {},
) {
  const { length } = payload;
  const extended = length < 126 ? 0 : length < 65_536 ? 2 : 8;
  const frame = new Uint8Array(2 + extended + length);
  const view = new DataView(frame.buffer);
  frame[0] = (final ? 0x80 : 0) | (rsv << 4) | opcode;
  frame[1] = (masked ? 0x80 : 0) | (extended === 0 ? length : extended === 2 ? 126 : 127);
  if (extended === 2) view.setUint16(2, length);
  if (extended === 8) view.setBigUint64(2, BigInt(length));
  frame.set(payload, 2 + extended);
  return frame;
}

/** A client's frame, taken apart. */
export interface ClientFrame {
  final: boolean;
  opcode: number;
  masked: boolean;
  payload: Uint8Array;
  /** Bytes of the whole frame. */
  length: number;
}

/** Reads a client's frame as the RFC has it; null while it is not whole. */
export function readClientFrame(bytes: Uint8Array): ClientFrame | null {
  if (bytes.length < 2) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [first, second] = [view.getUint8(0), view.getUint8(1)];
  const masked = (second & 0x80) !== 0;
  const short = second & 0x7f;
  const extended = short < 126 ? 0 : short === 126 ? 2 : 8;
  const start = 2 + extended + (masked ? 4 : 0);
  if (bytes.length < start) return null;
  const size = extended === 0 ? short : extended === 2 ? view.getUint16(2) : Number(view.getBigUint64(2));
  if (bytes.length < start + size) return null;
  const mask = bytes.subarray(start - 4, start);
  const payload = bytes.slice(start, start + size);
  if (masked) payload.forEach((byte, at) => payload[at] = byte ^ (mask[at % 4] as number));
  return { final: (first & 0x80) !== 0, opcode: first & 0x0f, masked, payload, length: start + size };
}

/** Some text as bytes. */
export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Bytes one after the other. */
export function concat(...parts: Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
