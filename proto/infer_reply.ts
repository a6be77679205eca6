/**
 * Reads a model's replies in place: a streamed answer has one message per word, and an object for each would cost more
 * than all other work on it.
 */
import type { Schema } from "./codec.ts";

const WIRE_VARINT = 0;
const WIRE_64_BITS = 1;
const WIRE_BYTES = 2;
const WIRE_32_BITS = 5;
const NOTHING = new Uint8Array(0);

/** A map entry's fields, in every map. */
const MAP_KEY = 1;
const MAP_VALUE = 2;

/** A range of the bytes; empty if both ends are equal. */
export interface Stretch {
  from: number;
  to: number;
}

/** The ranges of one output of a reply. */
export interface OutputStretches {
  name: Stretch;
  datatype: Stretch;
  /** Typed contents, a message `TensorContents`; empty where there are none. */
  contents: Stretch;
  /** Raw contents; null where the reply has none for it. */
  raw: Stretch | null;
}

/** Numbers of the fields that are read. */
export interface InferReplyFields {
  error_message: number;
  infer_response: number;
  id: number;
  parameters: number;
  outputs: number;
  raw_output_contents: number;
  name: number;
  datatype: number;
  contents: number;
  bool_param: number;
}

/** Reads one reply at a time; its fields are valid until the next. An absent field reads as its default. */
export class InferReplyReader {
  readonly error: Stretch = { from: 0, to: 0 };
  readonly id: Stretch = { from: 0, to: 0 };
  /** `triton_final_response` is present and true. */
  is_final = false;
  readonly outputs: OutputStretches[] = [];
  #raws = 0;
  #bytes: Uint8Array = NOTHING;
  #at = 0;

  /** @param final_key the name of the parameter that marks a last reply, as UTF-8 */
  constructor(readonly fields: InferReplyFields, readonly final_key: Uint8Array) {}

  /**
   * Reads a ModelStreamInferResponse.
   * @throws {RangeError} when the bytes are not a message
   */
  readStreamed(bytes: Uint8Array): void {
    this.#begin(bytes);
    while (this.#at < bytes.length) {
      const tag = this.#varint();
      if (tag === bytesTag(this.fields.error_message)) this.#stretch(this.error);
      else if (tag === bytesTag(this.fields.infer_response)) this.#response(this.#length());
      else this.#skip(tag & 7);
    }
    this.#bytes = NOTHING;
  }

  /**
   * Reads a ModelInferResponse.
   * @throws {RangeError} when the bytes are not a message
   */
  readWhole(bytes: Uint8Array): void {
    this.#begin(bytes);
    this.#response(bytes.length);
    this.#bytes = NOTHING;
  }

  #begin(bytes: Uint8Array): void {
    this.error.from =
      this.error.to =
      this.id.from =
      this.id.to =
        0;
    this.is_final = false;
    this.outputs.length = this.#raws = this.#at = 0;
    this.#bytes = bytes;
  }

  #response(end: number): void {
    const { fields } = this;
    while (this.#at < end) {
      const tag = this.#varint();
      if (tag === bytesTag(fields.id)) this.#stretch(this.id);
      else if (tag === bytesTag(fields.parameters)) this.#parameter(this.#length());
      else if (tag === bytesTag(fields.outputs)) this.#output(this.#length());
      else if (tag === bytesTag(fields.raw_output_contents)) this.#raw();
      else this.#skip(tag & 7);
    }
    this.#checkEnd(end);
  }

  #parameter(end: number): void {
    let final = false;
    let value = false;
    while (this.#at < end) {
      const tag = this.#varint();
      if (tag === bytesTag(MAP_KEY)) {
        const to = this.#length();
        final = this.#equals(this.#at, to, this.final_key);
        this.#at = to;
      } else if (tag === bytesTag(MAP_VALUE)) value = this.#boolean(this.#length());
      else this.#skip(tag & 7);
    }
    this.#checkEnd(end);
    if (final) this.is_final = value;
  }

  #boolean(end: number): boolean {
    let value = false;
    while (this.#at < end) {
      const tag = this.#varint();
      if (tag === (this.fields.bool_param << 3 | WIRE_VARINT)) value = this.#varint() !== 0;
      else this.#skip(tag & 7);
    }
    this.#checkEnd(end);
    return value;
  }

  #output(end: number): void {
    const { fields } = this;
    const output = emptyOutput();
    while (this.#at < end) {
      const tag = this.#varint();
      if (tag === bytesTag(fields.name)) this.#stretch(output.name);
      else if (tag === bytesTag(fields.datatype)) this.#stretch(output.datatype);
      else if (tag === bytesTag(fields.contents)) this.#stretch(output.contents);
      else this.#skip(tag & 7);
    }
    this.#checkEnd(end);
    this.outputs.push(output);
  }

  /** Raw contents come after the outputs and in their order: fields are written by number. */
  #raw(): void {
    const raw = { from: 0, to: 0 };
    this.#stretch(raw);
    const output = this.outputs[this.#raws++];
    if (output === undefined) throw new RangeError("There are more raw contents than outputs");
    output.raw = raw;
  }

  #equals(from: number, to: number, wanted: Uint8Array): boolean {
    if (to - from !== wanted.length) return false;
    for (let at = from; at < to; at++) if (this.#bytes[at] !== wanted[at - from]) return false;
    return true;
  }

  #stretch(into: Stretch): void {
    into.to = this.#length();
    into.from = this.#at;
    this.#at = into.to;
  }

  /** Reads a length; returns the end of the range that begins here. */
  #length(): number {
    const length = this.#varint();
    const to = this.#at + length;
    if (to > this.#bytes.length) throw new RangeError("A field is longer than its message");
    return to;
  }

  #skip(wire: number): void {
    if (wire === WIRE_VARINT) this.#varint();
    else if (wire === WIRE_64_BITS) this.#at += 8;
    else if (wire === WIRE_BYTES) this.#at = this.#length();
    else if (wire === WIRE_32_BITS) this.#at += 4;
    else throw new RangeError(`A field is of the unknown wire type ${wire}`);
    this.#checkEnd(this.#bytes.length);
  }

  #checkEnd(end: number): void {
    if (this.#at > end) throw new RangeError("A field is longer than its message");
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

const bytesTag = (field: number): number => field << 3 | WIRE_BYTES;

const emptyOutput = (): OutputStretches => ({
  name: { from: 0, to: 0 },
  datatype: { from: 0, to: 0 },
  contents: { from: 0, to: 0 },
  raw: null,
});

/** Makes a reader with the field numbers of kserve.proto. */
export function inferReplyReader(schema: Schema): InferReplyReader {
  const streamed = (field: string) => schema.field("ModelStreamInferResponse", field);
  const whole = (field: string) => schema.field("ModelInferResponse", field);
  const tensor = (field: string) => schema.field("Tensor", field);
  return new InferReplyReader({
    error_message: streamed("error_message"),
    infer_response: streamed("infer_response"),
    id: whole("id"),
    parameters: whole("parameters"),
    outputs: whole("outputs"),
    raw_output_contents: whole("raw_output_contents"),
    name: tensor("name"),
    datatype: tensor("datatype"),
    contents: tensor("contents"),
    bool_param: schema.field("InferParameter", "bool_param"),
  }, new TextEncoder().encode("triton_final_response"));
}
