/** Reads and writes protobuf's encoding. Source: protobuf's encoding reference. */

/** How a field's value is encoded. */
export const WireType = { VARINT: 0, FIXED64: 1, LENGTH: 2, START: 3, END: 4, FIXED32: 5 } as const;

/** A number below 2^53 in groups of 7 bits, the lowest first. */
export function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  for (; value > 0x7f; value = Math.floor(value / 128)) bytes.push(value % 128 | 0x80);
  bytes.push(value);
  return Uint8Array.from(bytes);
}

/** Any 64 bits in groups of 7; a negative number as its two's complement. */
export function varint64(value: bigint): Uint8Array {
  const bytes: number[] = [];
  let left = BigInt.asUintN(64, value);
  for (; left > 0x7fn; left >>= 7n) bytes.push(Number(left & 0x7fn) | 0x80);
  bytes.push(Number(left));
  return Uint8Array.from(bytes);
}

/** The tag before a field's value. */
export const tag = (number: number, wire: number): Uint8Array => varint(number * 8 + wire);

/** Collects the bytes of one message in a buffer that grows and is reused. */
export class Sink {
  #bytes = new Uint8Array(1024);
  #at = 0;

  #room(length: number): void {
    if (this.#at + length <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(this.#at + length, 2 * this.#bytes.length));
    grown.set(this.#bytes.subarray(0, this.#at));
    this.#bytes = grown;
  }

  put(piece: Uint8Array): void {
    this.#room(piece.length);
    this.#bytes.set(piece, this.#at);
    this.#at += piece.length;
  }

  /** A text in UTF-8, without its length. */
  text(text: string): void {
    this.#room(3 * text.length);
    this.#at += UTF8.encodeInto(text, this.#bytes.subarray(this.#at)).written;
  }

  /** Appends what `write` appends, with its length before it. */
  prefixed(write: () => void): void {
    const start = this.#at;
    // Most lengths take one byte; for a longer one the content moves up.
    this.#room(1);
    this.#at++;
    write();
    const length = this.#at - start - 1;
    const lead = varint(length);
    if (lead.length > 1) {
      this.#room(lead.length - 1);
      this.#bytes.copyWithin(start + lead.length, start + 1, this.#at);
      this.#at += lead.length - 1;
    }
    this.#bytes.set(lead, start);
  }

  /** Returns the bytes so far, owned by the caller, and begins the next message. */
  take(): Uint8Array {
    const made = this.#bytes.slice(0, this.#at);
    this.#at = 0;
    return made;
  }
}

const UTF8 = new TextEncoder();

/** Reads the bytes of one message, or of a part of one. */
export class WireReader {
  /** @param end where the part ends in `bytes` */
  constructor(readonly bytes: Uint8Array, public at = 0, readonly end = bytes.length) {}

  get done(): boolean {
    return this.at >= this.end;
  }

  #byte(): number {
    if (this.at >= this.end) throw new RangeError("a field is cut off");
    return this.bytes[this.at++] as number;
  }

  /** A field's number and wire type. */
  tag(): { number: number; wire: number } {
    const value = this.length();
    return { number: Math.floor(value / 8), wire: value & 7 };
  }

  /** A varint that is a length or a tag: at most 2^32. */
  length(): number {
    let value = 0;
    for (let factor = 1; factor <= 2 ** 28; factor *= 128) {
      const byte = this.#byte();
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
    throw new RangeError("a length is too large");
  }

  /** A varint's 64 bits, unsigned. */
  varint(): bigint {
    let low = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.#byte();
      low |= (byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt(low);
    }
    let value = BigInt(low);
    for (let shift = 28n; shift < 70n; shift += 7n) {
      const byte = this.#byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw new RangeError("a number has more than 64 bits");
  }

  /** The next `length` bytes as a view. */
  take(length: number): Uint8Array {
    if (length > this.end - this.at) throw new RangeError("a field is longer than its message");
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  /** The next `length` bytes as a view for numbers. */
  view(length: number): DataView {
    const { buffer, byteOffset } = this.take(length);
    return new DataView(buffer, byteOffset, length);
  }

  /** A part with its length before it. */
  part(): WireReader {
    const length = this.length();
    if (length > this.end - this.at) throw new RangeError("a field is longer than its message");
    this.at += length;
    return new WireReader(this.bytes, this.at - length, this.at);
  }

  /** Skips the value after a tag; for a group, all up to its end. */
  skip(wire: number, number: number, depth = 0): void {
    switch (wire) {
      case WireType.VARINT:
        this.varint();
        return;
      case WireType.FIXED64:
        this.take(8);
        return;
      case WireType.FIXED32:
        this.take(4);
        return;
      case WireType.LENGTH:
        this.take(this.length());
        return;
      case WireType.START:
        return this.#skipGroup(number, depth);
      default:
        throw new RangeError(`a field has the wire type ${wire}, which does not exist`);
    }
  }

  #skipGroup(number: number, depth: number): void {
    if (depth > MAX_DEPTH) throw new RangeError("groups are nested too deep");
    for (;;) {
      const next = this.tag();
      if (next.wire !== WireType.END) this.skip(next.wire, next.number, depth + 1);
      else if (next.number === number) return;
      else throw new RangeError("a group ends that never began");
    }
  }
}

/** Deepest nesting of messages that is read. */
export const MAX_DEPTH = 100;
