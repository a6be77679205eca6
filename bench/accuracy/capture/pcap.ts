/**
 * Reads the file that tcpdump writes: libpcap's classic format.
 *
 * Source: draft-ietf-opsawg-pcap, sections 4 and 5.
 */

/** The packets of a capture. */
export interface Pcap {
  /** In the order of the file. */
  packets: Packet[];
  /** The file ends within a packet or a header: what came after it is missing. */
  truncated: boolean;
}

/** One packet as the kernel passed it on. */
export interface Packet {
  /** Microseconds since `origin_s`. */
  at_us: number;
  /** From the link layer's header on. */
  bytes: Uint8Array;
  /** It was longer than what the file holds of it. */
  cut: boolean;
}

const MICROSECONDS = 0xa1b2c3d4;
const NANOSECONDS = 0xa1b23c4d;
const FILE_HEADER_BYTES = 24;
const PACKET_HEADER_BYTES = 16;
/** Of the link layers only the one that Linux's loopback has. */
const ETHERNET = 1;

/**
 * Reads a whole file.
 * @param origin_s second of the wall clock from which times count: the whole nanoseconds of an epoch exceed a double
 * @throws {Error} when it is no such file, or of another link layer
 */
export function readPcap(file: Uint8Array, origin_s: number): Pcap {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const { little, ticks_per_us } = formOf(view);
  const packets: Packet[] = [];
  let at = FILE_HEADER_BYTES;
  while (at + PACKET_HEADER_BYTES <= file.length) {
    const field = (index: number) => view.getUint32(at + 4 * index, little);
    const [kept_bytes, real_bytes] = [field(2), field(3)];
    const from = at + PACKET_HEADER_BYTES;
    if (from + kept_bytes > file.length) break;
    packets.push({
      at_us: (field(0) - origin_s) * 1e6 + field(1) / ticks_per_us,
      bytes: file.subarray(from, from + kept_bytes),
      cut: kept_bytes < real_bytes,
    });
    at = from + kept_bytes;
  }
  return { packets, truncated: at !== file.length };
}

function formOf(view: DataView): { little: boolean; ticks_per_us: number } {
  if (view.byteLength < FILE_HEADER_BYTES) {
    throw new Error(`The capture has ${view.byteLength} bytes, not even a header: tcpdump was ended before it began`);
  }
  const little = [MICROSECONDS, NANOSECONDS].includes(view.getUint32(0, true));
  const magic = view.getUint32(0, little);
  if (magic !== MICROSECONDS && magic !== NANOSECONDS) {
    throw new Error(`The capture begins with 0x${magic.toString(16)} and is no pcap file: write it with tcpdump -w`);
  }
  const link = view.getUint32(20, little) & 0xffff;
  if (link !== ETHERNET) {
    throw new Error(`The capture is of link layer ${link} and not of Linux's loopback (${ETHERNET})`);
  }
  return { little, ticks_per_us: magic === NANOSECONDS ? 1000 : 1 };
}
