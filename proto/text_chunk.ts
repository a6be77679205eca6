/**
 * Reads the chunks of text streams in place: without an object for each, and without a string unless the text is
 * needed. Decoding is half of the cost of a streamed message, and load tests mostly only count words.
 */
import type { Schema } from "./codec.ts";

/** Numbers of the fields of a chunk that are read. */
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

/** Reads one chunk at a time; its fields are valid until the next. An absent field reads as its default. */
export class TextChunkReader {
  /** Range of the text in the bytes; empty if both ends are equal. */
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

  /** A number of up to ten bytes; above 2^53 it is rounded, which matters for no field here. */
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

/** Makes a reader of the message `name`, whose text is in the field `text`. */
export function textChunkReader(schema: Schema, name: string, text: string): TextChunkReader {
  const numberOf = (field: string) => schema.field(name, field);
  return new TextChunkReader({
    text: numberOf(text),
    is_final: numberOf("is_final"),
    tool_calls: numberOf("tool_calls"),
    finish_reason: numberOf("finish_reason"),
  });
}
