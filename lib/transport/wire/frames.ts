/**
 * The vocabulary of HTTP/2 frames (RFC 9113 sections 4, 6 and 7): numbers, limits and the errors that end a connection.
 * Clients and servers share all of it.
 */
import { ErrorCode } from "../http2_errors.ts";

export { ErrorCode, errorCodeName } from "../http2_errors.ts";

/** Bytes before each payload: length 24 bits, type, flags, stream id. */
export const FRAME_HEADER_BYTES = 9;
/** Both flow-control windows before any SETTINGS or WINDOW_UPDATE; bytes. */
export const DEFAULT_WINDOW = 65_535;
/** No window may grow beyond this; bytes. */
export const MAX_WINDOW = 0x7fff_ffff;
/** Largest payload before SETTINGS say otherwise; bytes. */
export const DEFAULT_FRAME_SIZE = 16_384;
/** Largest value that SETTINGS_MAX_FRAME_SIZE may take; bytes. */
export const MAX_FRAME_SIZE = 16_777_215;
/** The highest stream id; after it a connection takes no new stream. */
export const MAX_STREAM_ID = 0x7fff_ffff;
/** The bytes that a client sends before its first frame. */
export const PREFACE: Uint8Array = new TextEncoder().encode("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

/** Frame types. */
export const FrameType = {
  DATA: 0,
  HEADERS: 1,
  PRIORITY: 2,
  RST_STREAM: 3,
  SETTINGS: 4,
  PUSH_PROMISE: 5,
  PING: 6,
  GOAWAY: 7,
  WINDOW_UPDATE: 8,
  CONTINUATION: 9,
} as const;

/** Frame flags; which apply depends on the type. */
export const Flag = {
  NONE: 0,
  ACK: 0x1,
  END_STREAM: 0x1,
  END_HEADERS: 0x4,
  PADDED: 0x8,
  PRIORITY: 0x20,
} as const;

/** Ids of settings. */
export const SettingId = {
  HEADER_TABLE_SIZE: 1,
  ENABLE_PUSH: 2,
  MAX_CONCURRENT_STREAMS: 3,
  INITIAL_WINDOW_SIZE: 4,
  MAX_FRAME_SIZE: 5,
  MAX_HEADER_LIST_SIZE: 6,
} as const;

/** The peer broke a rule that concerns the whole connection: it ends with GOAWAY of this code. */
export class ConnectionFault extends Error {
  override readonly name = "ConnectionFault";
  /**
   * @param code an {@linkcode ErrorCode}
   * @param message what the peer did
   */
  constructor(readonly code: number, message: string) {
    super(message);
  }

  /** How it ends the connection to `address`. */
  closes(address: string): { message: string; cause: "protocol" | "limit" } {
    return this.code === ErrorCode.ENHANCE_YOUR_CALM
      ? { message: `${address} sent more than june-load reads: ${this.message}`, cause: "limit" }
      : { message: `${address} broke a rule of HTTP/2: ${this.message}`, cause: "protocol" };
  }
}

/** Reads an unsigned 32-bit big-endian number; the caller guarantees four bytes at `at`. */
export function readUint32(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
}

/** Writes an unsigned 32-bit big-endian number. */
export function writeUint32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
}

/** Writes the nine bytes before a payload of `length` bytes. */
export function writeFrameHeader(
  bytes: Uint8Array,
  at: number,
  length: number,
  type: number,
  flags: number,
  streamId: number,
): void {
  bytes[at] = length >>> 16;
  bytes[at + 1] = length >>> 8;
  bytes[at + 2] = length;
  bytes[at + 3] = type;
  bytes[at + 4] = flags;
  writeUint32(bytes, at + 5, streamId);
}
