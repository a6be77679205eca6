/** The percent-encoding of grpc-message. Serves both sides. */
const DECODER = new TextDecoder();
const ENCODER = new TextEncoder();

/** Decodes a header value (one character per byte). Never fails: an invalid sequence stays as it is. */
export function decodePercent(value: string): string {
  const bytes = new Uint8Array(value.length);
  let length = 0;
  for (let at = 0; at < value.length; at++) {
    const code = value.charCodeAt(at);
    const hex = code === 0x25 ? value.slice(at + 1, at + 3) : "";
    if (/^[0-9a-fA-F]{2}$/.test(hex)) {
      bytes[length++] = parseInt(hex, 16);
      at += 2;
    } else {
      bytes[length++] = code;
    }
  }
  return DECODER.decode(bytes.subarray(0, length));
}

/** Encodes text: printable ASCII but `%` stands for itself, each other byte of its UTF-8 becomes `%XX`. */
export function encodePercent(text: string): string {
  let value = "";
  for (const byte of ENCODER.encode(text)) {
    const plain = byte >= 0x20 && byte <= 0x7e && byte !== 0x25;
    value += plain ? String.fromCharCode(byte) : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return value;
}
