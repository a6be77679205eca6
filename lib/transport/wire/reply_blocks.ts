/** Header blocks of a connection's replies: each is read once and then recognised by its bytes. */
import { ReplyBlock } from "./grpc/reply_block.ts";
import { HpackDecoder } from "./hpack/decoder.ts";

/** Most blocks kept; replies of a service rarely have more than a few kinds. */
const KNOWN_COUNT = 4;
/** Longer blocks are not kept; bytes. */
const KNOWN_MAX_BYTES = 512;

interface Known {
  readonly bytes: Uint8Array;
  readonly block: ReplyBlock;
}

/** Decodes blocks in the order of their arrival. */
export class ReplyBlocks {
  readonly #decoder: HpackDecoder;
  #known: Known[] = [];
  #next = 0;

  /** @param max_list_bytes our SETTINGS_MAX_HEADER_LIST_SIZE */
  constructor(max_list_bytes: number) {
    this.#decoder = new HpackDecoder(max_list_bytes);
  }

  /** The peer has acknowledged our SETTINGS_HEADER_TABLE_SIZE of `bytes`. */
  setSizeLimit(bytes: number): void {
    this.#decoder.setSizeLimit(bytes);
  }

  /**
   * Reads one block.
   * @returns null when its fields together are longer than allowed
   * @throws {ConnectionFault} for a malformed block, after which the table may be wrong
   */
  read(bytes: Uint8Array, from: number, to: number): ReplyBlock | null {
    for (const known of this.#known) {
      if (sameBytes(known.bytes, bytes, from, to)) return known.block;
    }
    const block = new ReplyBlock();
    if (!this.#decoder.decode(bytes, from, to, block.field)) return null;
    block.finish();
    if (!this.#decoder.stateless) {
      this.#known = [];
      this.#next = 0;
    } else if (to - from <= KNOWN_MAX_BYTES) {
      this.#known[this.#next] = { bytes: bytes.slice(from, to), block };
      this.#next = (this.#next + 1) % KNOWN_COUNT;
    }
    return block;
  }
}

function sameBytes(known: Uint8Array, bytes: Uint8Array, from: number, to: number): boolean {
  if (known.length !== to - from) return false;
  // Blocks of one kind differ near their end, where trailers have the varying fields.
  for (let at = known.length - 1; at >= 0; at--) {
    if (known[at] !== bytes[from + at]) return false;
  }
  return true;
}
