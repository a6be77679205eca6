/** Reads header blocks (RFC 7541): static and dynamic table, Huffman strings, size updates. Serves both sides. */
import { ConnectionFault, ErrorCode } from "../frames.ts";
import { DynamicTable } from "./dynamic_table.ts";
import { byteString, decodeHuffman } from "./huffman.ts";
import { STATIC_COUNT, STATIC_NAMES, STATIC_VALUES } from "./static_table.ts";

/** Receives the fields of a block in order. Characters stand for bytes (U+0000 to U+00FF). */
export type FieldSink = (name: string, value: string) => void;

/** Largest integer in a block: above the length of any string that we accept. */
const MAX_INTEGER = 0x0fff_ffff;

function fault(message: string): ConnectionFault {
  return new ConnectionFault(ErrorCode.COMPRESSION_ERROR, message);
}

/** The decoder of one connection. Every block must pass through it in order, also those of closed streams. */
export class HpackDecoder {
  readonly #table = new DynamicTable(4096);
  readonly #max_list_bytes: number;
  /** Limit on the table's size: the largest value of our setting that is in force; bytes. */
  #size_limit = 4096;
  #bytes: Uint8Array = new Uint8Array(0);
  #at = 0;
  #end = 0;

  /**
   * True if the last block neither used nor changed the dynamic table, so the same bytes always have the same meaning.
   */
  stateless = false;

  /**
   * @param max_list_bytes size of one header list, counted as RFC 9113 section 6.5.2 does; beyond it no field is
   * reported
   */
  constructor(max_list_bytes = 64 * 1024) {
    this.#max_list_bytes = max_list_bytes;
  }

  /** The peer has acknowledged our SETTINGS_HEADER_TABLE_SIZE of `bytes`. */
  setSizeLimit(bytes: number): void {
    this.#size_limit = bytes;
  }

  /** Bytes the dynamic table holds, counted as RFC 7541 section 4.1 does. */
  get table_bytes(): number {
    return this.#table.size;
  }

  /**
   * Decodes one block.
   * @returns false when the list was longer than allowed; the table is still correct
   * @throws {ConnectionFault} COMPRESSION_ERROR for a malformed block
   */
  decode(bytes: Uint8Array, from: number, to: number, sink: FieldSink): boolean {
    this.#bytes = bytes;
    this.#at = from;
    this.#end = to;
    this.stateless = true;
    let list_bytes = 0;
    let fieldSeen = false;
    const count = (name: string, value: string) => {
      list_bytes += name.length + value.length + 32;
      if (list_bytes <= this.#max_list_bytes) sink(name, value);
    };
    while (this.#at < to) {
      const first = bytes[this.#at]!;
      if ((first & 0x80) !== 0) {
        this.#indexed(count);
      } else if ((first & 0xe0) === 0x20) {
        if (fieldSeen) throw fault("Table size update after a header field");
        this.#resize();
        continue;
      } else {
        this.#literal((first & 0xc0) === 0x40, count);
      }
      fieldSeen = true;
    }
    return list_bytes <= this.#max_list_bytes;
  }

  #indexed(sink: FieldSink): void {
    const index = this.#integer(7);
    if (index === 0) throw fault("Header field of index 0");
    sink(this.#nameAt(index), this.#valueAt(index));
  }

  #literal(adds: boolean, sink: FieldSink): void {
    const index = this.#integer(adds ? 6 : 4);
    const name = index === 0 ? this.#string() : this.#nameAt(index);
    const value = this.#string();
    if (adds && this.#table.max_size > 0) {
      this.stateless = false;
      this.#table.add(name, value);
    }
    sink(name, value);
  }

  #resize(): void {
    const size = this.#integer(5);
    if (size > this.#size_limit) throw fault(`Table size of ${size} bytes, above the limit of ${this.#size_limit}`);
    if (size !== this.#table.max_size) this.stateless = false;
    this.#table.resize(size);
  }

  #nameAt(index: number): string {
    if (index <= STATIC_COUNT) return STATIC_NAMES[index]!;
    this.stateless = false;
    const name = this.#table.name(index - STATIC_COUNT - 1);
    if (name === undefined) throw fault(`Header field of index ${index}, beyond the table`);
    return name;
  }

  #valueAt(index: number): string {
    return index <= STATIC_COUNT ? STATIC_VALUES[index]! : this.#table.value(index - STATIC_COUNT - 1)!;
  }

  #integer(prefix_bits: number): number {
    const mask = (1 << prefix_bits) - 1;
    let value = this.#bytes[this.#at++]! & mask;
    if (value < mask) return value;
    for (let shift = 0; this.#at < this.#end; shift += 7) {
      const byte = this.#bytes[this.#at++]!;
      value += (byte & 0x7f) * 2 ** shift;
      if (value > MAX_INTEGER || shift > 28) throw fault("Integer too large");
      if (byte < 0x80) return value;
    }
    throw fault("Header block ends inside an integer");
  }

  #string(): string {
    if (this.#at >= this.#end) throw fault("Header block ends before a string");
    const huffman = (this.#bytes[this.#at]! & 0x80) !== 0;
    const length = this.#integer(7);
    const from = this.#at;
    this.#at += length;
    if (this.#at > this.#end) throw fault("Header block ends inside a string");
    if (!huffman) return byteString(this.#bytes, from, this.#at);
    const text = decodeHuffman(this.#bytes, from, this.#at);
    if (text === null) throw fault("Malformed Huffman string");
    return text;
  }
}
