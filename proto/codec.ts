/**
 * Typed encoding and decoding from the .proto files. A file is parsed once, at import. protobufjs compiles each message
 * on first use, so a call costs only its bytes.
 */
import { Buffer } from "node:buffer";
import protobuf from "protobufjs";

// The protos' int64 fields are times in microseconds, far below 2^53: as numbers they need no objects.
protobuf.util.Long = null as unknown as typeof protobuf.util.Long;
protobuf.configure();

const { utf8Slice } = Buffer.prototype as unknown as { utf8Slice(this: Uint8Array, from: number, to: number): string };

/** Text is most of what replies hold, and protobufjs decodes it byte by byte: half of a streamed chunk's whole cost. */
protobuf.Reader.prototype.string = protobuf.BufferReader.prototype.string = function () {
  const length = this.uint32();
  const from = this.pos;
  if (length > this.len - from) throw new RangeError(`A text of ${length} bytes is longer than its message`);
  this.pos += length;
  return utf8Slice.call(this.buf, from, this.pos);
};

/** The text between two places of `bytes`; what is not UTF-8 reads as U+FFFD. */
export function textAt(bytes: Uint8Array, from: number, to: number): string {
  return utf8Slice.call(bytes, from, to);
}

/** A message to encode: every field may be absent, at every depth, and then has its default. */
export type Draft<T> = T extends Uint8Array | string | number | boolean ? T
  : T extends readonly (infer Item)[] ? readonly Draft<Item>[]
  : { [Key in keyof T]?: Draft<T[Key]> };

/** Encodes and decodes one message type. */
export interface Codec<T> {
  /** Encodes `message`; the bytes are the caller's to keep. */
  encode(message: Draft<T>): Uint8Array;
  /**
   * Decodes one message. Absent fields read as their defaults; `bytes` fields are views into the argument.
   * @throws {Error} when the bytes are not such a message
   */
  decode(bytes: Uint8Array): T;
}

/** A parsed .proto file. */
export interface Schema {
  /** The codec of the message with this name inside the file's package. */
  message<T>(name: string): Codec<T>;
  /** The number of one field of that message. */
  field(name: string, field: string): number;
}

/** Parses the text of a .proto file that declares `packageName` and imports nothing. */
export function parseProto(text: string, packageName: string): Schema {
  const root = protobuf.parse(text, { keepCase: true }).root.resolveAll();
  return {
    message<T>(name: string): Codec<T> {
      return makeCodec<T>(root.lookupType(`${packageName}.${name}`));
    },
    field(name, field) {
      const found = root.lookupType(`${packageName}.${name}`).fields[field];
      if (found === undefined) throw new RangeError(`The message ${name} has no field ${field}`);
      return found.id;
    },
  };
}

function makeCodec<T>(type: protobuf.Type): Codec<T> {
  let ready = false;
  return {
    encode: (message) => type.encode(message as { [key: string]: unknown }).finish(),
    decode(bytes) {
      if (!ready) {
        emptyBytesByDefault(type);
        ready = true;
      }
      return type.decode(bytes) as T;
    },
  };
}

/** protobufjs reads an absent `bytes` field as an empty Array; this gives it the type of a present one. */
function emptyBytesByDefault(type: protobuf.Type): void {
  const prototype: object = type.ctor.prototype;
  for (const field of type.fieldsArray) {
    if (field.type !== "bytes" || field.repeated) continue;
    Object.defineProperty(prototype, field.name, { value: new Uint8Array(0), writable: true });
  }
}
