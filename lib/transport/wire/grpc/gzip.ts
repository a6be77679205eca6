/** gzip of messages, synchronous: a callback per message would cost more than most messages. */
import { gunzipSync, gzipSync } from "node:zlib";

/** Compresses one message. */
export function compress(bytes: Uint8Array): Uint8Array {
  return gzipSync(bytes);
}

/**
 * Decompresses one message, never beyond `max_bytes`.
 * @returns the bytes, or which limit or rule the message breaks
 */
export function decompress(bytes: Uint8Array, max_bytes: number): Uint8Array | "too_large" | "malformed" {
  try {
    return gunzipSync(bytes, { maxOutputLength: Math.max(1, max_bytes) });
  } catch (error) {
    return (error as { code?: string }).code === "ERR_BUFFER_TOO_LARGE" ? "too_large" : "malformed";
  }
}
