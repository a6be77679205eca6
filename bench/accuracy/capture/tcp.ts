/** Puts the bytes of TCP connections together, each piece with the time of its packet. */
import type { Packet } from "./pcap.ts";

/** The part of one packet that is new, in the order of the stream. */
export interface Piece {
  at_us: number;
  bytes: Uint8Array;
}

/** One direction of a connection. */
export interface Flow {
  from_port: number;
  to_port: number;
  pieces: Piece[];
  /** Bytes that no packet of the capture holds; what follows them is left out. */
  missing: boolean;
}

const ETHERNET_BYTES = 14;
const IPV4 = 0x0800;
const TCP = 6;
const SYN = 0x02;

/**
 * All flows of a capture, in the order of their first packets. Only connections whose SYN is captured are read: of others
 * nobody knows where a frame begins.
 */
export function tcpFlows(packets: readonly Packet[]): Flow[] {
  const flows = new Map<number, Assembly>();
  for (const packet of packets) {
    const segment = segmentOf(packet);
    if (segment === null) continue;
    const key = segment.from_port * 65536 + segment.to_port;
    if (segment.opens) flows.set(key, new Assembly(segment));
    else flows.get(key)?.take(segment);
  }
  return [...flows.values()].map((assembly) => assembly.flow());
}

/** What TCP says in one packet. */
interface Segment {
  at_us: number;
  from_port: number;
  to_port: number;
  sequence: number;
  /** It carries a SYN. */
  opens: boolean;
  payload: Uint8Array;
  /** The capture holds only its beginning. */
  cut: boolean;
}

/** Null: no TCP over IPv4. */
function segmentOf({ at_us, bytes, cut }: Packet): Segment | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < ETHERNET_BYTES + 40 || view.getUint16(12) !== IPV4 || view.getUint8(ETHERNET_BYTES + 9) !== TCP) {
    return null;
  }
  const tcp = ETHERNET_BYTES + (view.getUint8(ETHERNET_BYTES) & 0xf) * 4;
  // Short packets are padded, so the length counts that IP gives; 0: the kernel left it to the network card.
  const length = view.getUint16(ETHERNET_BYTES + 2);
  const end = length === 0 ? bytes.length : Math.min(bytes.length, ETHERNET_BYTES + length);
  return {
    at_us,
    from_port: view.getUint16(tcp),
    to_port: view.getUint16(tcp + 2),
    sequence: view.getUint32(tcp + 4),
    opens: (view.getUint8(tcp + 13) & SYN) !== 0,
    payload: bytes.subarray(tcp + (view.getUint8(tcp + 12) >> 4) * 4, end),
    cut,
  };
}

/** One direction while it is put together. */
class Assembly {
  readonly #pieces: Piece[] = [];
  readonly #opening: Segment;
  /** Segments that came before the one they follow. */
  readonly #early: Segment[] = [];
  #next: number;
  #cut = false;

  constructor(opening: Segment) {
    this.#opening = opening;
    this.#next = (opening.sequence + 1) >>> 0;
  }

  take(segment: Segment): void {
    if (this.#cut || segment.payload.length === 0) return;
    if (!this.#append(segment)) {
      this.#early.push(segment);
      return;
    }
    for (let at = 0; at < this.#early.length;) {
      if (!this.#append(this.#early[at] as Segment)) at++;
      else {
        this.#early.splice(at, 1);
        at = 0;
      }
    }
  }

  /** False: bytes before it are not there yet. */
  #append({ at_us, sequence, payload, cut }: Segment): boolean {
    // Sequence numbers wrap, so that only their distance counts.
    const known_bytes = (this.#next - sequence) | 0;
    if (known_bytes < 0) return false;
    if (known_bytes >= payload.length) return true;
    const bytes = payload.subarray(known_bytes);
    this.#pieces.push({ at_us, bytes });
    this.#next = (this.#next + bytes.length) >>> 0;
    this.#cut ||= cut;
    return true;
  }

  flow(): Flow {
    const { from_port, to_port } = this.#opening;
    return { from_port, to_port, pieces: this.#pieces, missing: this.#cut || this.#early.length > 0 };
  }
}
