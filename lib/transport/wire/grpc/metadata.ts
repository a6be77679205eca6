/** Converts metadata to header fields and back. Serves both sides. */
import type { Metadata, MetadataValue } from "../../channel.ts";
import { byteString } from "../hpack/huffman.ts";
import type { HeaderField } from "../hpack/encoder.ts";

const KEY = /^[0-9a-z_.-]+$/;
const ASCII_VALUE = /^[\x20-\x7e]*$/;
/** Keys reserved for HTTP or gRPC itself. */
const RESERVED = new Set(["te", "content-type", "user-agent", "host", "connection", "transfer-encoding"]);

/**
 * Encodes metadata; values of `-bin` keys become unpadded base64.
 * @throws {TypeError} for a key or value that gRPC does not allow
 */
export function encodeMetadata(metadata: Metadata): HeaderField[] {
  return metadata.map(([key, value]) => {
    if (!KEY.test(key) || key.startsWith("grpc-") && key !== "grpc-status-details-bin" || RESERVED.has(key)) {
      throw new TypeError(
        `Cannot send metadata key "${key}": keys have the characters 0-9 a-z _ - . and neither start with "grpc-" nor name HTTP's own headers`,
      );
    }
    return [key, encodeValue(key, value)];
  });
}

function encodeValue(key: string, value: MetadataValue): string {
  if (key.endsWith("-bin")) {
    const text = typeof value === "string" ? value : byteString(value, 0, value.length);
    return btoa(text).replace(/=+$/, "");
  }
  if (typeof value !== "string" || !ASCII_VALUE.test(value)) {
    throw new TypeError(`Cannot send the value of metadata key "${key}": only printable ASCII may stand there`);
  }
  return value;
}

/** Decodes one field; a comma in a `-bin` value separates several. A value that is not base64 stays a text. */
export function decodeMetadata(name: string, value: string): (readonly [string, MetadataValue])[] {
  if (!name.endsWith("-bin")) return [[name, value]];
  return value.split(",").map((part) => [name, decodeBase64(part.trim())]);
}

function decodeBase64(text: string): MetadataValue {
  try {
    return Uint8Array.fromBase64(text);
  } catch {
    return text;
  }
}
