/** Frames of a WebSocket as a client writes them. Source: RFC 6455, section 5. */

/** Types of frames. */
export const Opcode = { CONTINUATION: 0, TEXT: 1, BINARY: 2, CLOSE: 8, PING: 9, PONG: 10 } as const;

/** Close codes. Source: RFC 6455, section 7.4.1. */
export const CloseCode = {
  NORMAL: 1000,
  PROTOCOL_ERROR: 1002,
  BAD_DATA: 1007,
  TOO_BIG: 1009,
} as const;

/** Longest payload of a close, ping or pong; bytes. */
export const MAX_CONTROL_BYTES = 125;

const MASK_BYTES = 4;
/** Random bytes are generated for this many masks at a time. */
const MASKS = new Uint8Array(1024);
let masksUsed = MASKS.length;

/** One whole frame, masked as a client's must be. */
export function encodeFrame(opcode: number, payload: Uint8Array): Uint8Array {
  const { length } = payload;
  const extended = length < 126 ? 0 : length < 65_536 ? 2 : 8;
  const start = 2 + extended + MASK_BYTES;
  const frame = new Uint8Array(start + length);
  const view = new DataView(frame.buffer);
  frame[0] = 0x80 | opcode;
  frame[1] = 0x80 | (extended === 0 ? length : extended === 2 ? 126 : 127);
  if (extended === 2) view.setUint16(2, length);
  if (extended === 8) view.setBigUint64(2, BigInt(length));
  const mask = nextMask();
  frame.set(mask, start - MASK_BYTES);
  const [a, b, c, d] = mask as unknown as [number, number, number, number];
  let at = 0;
  for (; at + 3 < length; at += 4) {
    frame[start + at] = (payload[at] as number) ^ a;
    frame[start + at + 1] = (payload[at + 1] as number) ^ b;
    frame[start + at + 2] = (payload[at + 2] as number) ^ c;
    frame[start + at + 3] = (payload[at + 3] as number) ^ d;
  }
  for (; at < length; at++) frame[start + at] = (payload[at] as number) ^ (mask[at % 4] as number);
  return frame;
}

/** The payload of a close frame; the reason is cut to the length of a control frame. */
export function closePayload(code: number, reason: string): Uint8Array {
  const words = new TextEncoder().encodeInto(reason, new Uint8Array(MAX_CONTROL_BYTES - 2)).read;
  const text = new TextEncoder().encode(reason.slice(0, words));
  const payload = new Uint8Array(2 + text.length);
  new DataView(payload.buffer).setUint16(0, code);
  payload.set(text, 2);
  return payload;
}

function nextMask(): Uint8Array {
  if (masksUsed === MASKS.length) {
    crypto.getRandomValues(MASKS);
    masksUsed = 0;
  }
  return MASKS.subarray(masksUsed, masksUsed += MASK_BYTES);
}
