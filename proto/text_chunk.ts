/**
 * Reads the chunks of text streams where they lie: no object for each, and no string where nobody wants the text. Half of
 * what a streamed message costs is its decoding, and load tests count words far more often than they read them.
 */
import type { Schema } from "./codec.ts";

/** Numbers of the fields that matter in a chunk. */
export interface TextChunkFields {
  text: number;
  is_final: number;
  tool_calls: number;
  finish_reason: number;
}

const WIRE_VARINT = 0;
const WIRE_64_BITS = 1;
const WIRE_BYTES = 2;
const WIRE_32_BITS = 5;
const NOTHING = new Uint8Array(0);

/** One chunk at a time; its figures hold until the next is read. An absent field reads as its default. */
export class TextChunkReader {
  /** Where the text lies in the bytes; empty when the two are equal. */
  text_from = 0;
  text_to = 0;
  is_final = false;
  has_tool_calls = false;
  finish_reason = 0;
  #bytes: Uint8Array = NOTHING;
  #at = 0;

  constructor(readonly fields: TextChunkFields) {}

  /**
   * Reads one chunk.
   * @throws {RangeError} when the bytes are not a message
   */
  read(bytes: Uint8Array): void {
    this.text_from = this.text_to = this.finish_reason = 0;
    this.is_final = this.has_tool_calls = false;
    this.#bytes = bytes;
    this.#at = 0;
    while (this.#at < bytes.length) {
      const tag = this.#varint();
      this.#field(tag >>> 3, tag & 7);
    }
    this.#bytes = NOTHING;
    if (this.#at > bytes.length) throw new RangeError("The message is cut short");
  }

  #field(number: number, wire: number): void {
    const { fields } = this;
    switch (wire) {
      case WIRE_VARINT: {
        const value = this.#varint();
        if (number === fields.is_final) this.is_final = value !== 0;
        else if (number === fields.finish_reason) this.finish_reason = value;
        return;
      }
      case WIRE_BYTES: {
        const length = this.#varint();
        const from = this.#at;
        this.#at = from + length;
        if (this.#at > this.#bytes.length) throw new RangeError("A field is longer than its message");
        if (number === fields.text) {
          this.text_from = from;
          this.text_to = this.#at;
        } else if (number === fields.tool_calls) this.has_tool_calls = true;
        return;
      }
      case WIRE_32_BITS:
        this.#at += 4;
        return;
      case WIRE_64_BITS:
        this.#at += 8;
        return;
      default:
        throw new RangeError(`A field is of the unknown wire type ${wire}`);
    }
  }

  /** A number of up to ten bytes; beyond 2^53 only its size is right, which no field here needs. */
  #varint(): number {
    let value = 0;
    let unit = 1;
    for (let count = 0; count < 10; count++) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined) throw new RangeError("The message ends inside a number");
      value += (byte & 0x7f) * unit;
      if (byte < 0x80) return value;
      unit *= 0x80;
    }
    throw new RangeError("A number has more than ten bytes");
  }
}

/** A reader of the message `name`, whose text is the field `text`. */
export function textChunkReader(schema: Schema, name: string, text: string): TextChunkReader {
  const numberOf = (field: string) => schema.field(name, field);
  return new TextChunkReader({
    text: numberOf(text),
    is_final: numberOf("is_final"),
    tool_calls: numberOf("tool_calls"),
    finish_reason: numberOf("finish_reason"),
  });
}
