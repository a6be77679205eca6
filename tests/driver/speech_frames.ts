/** Frames of compressed audio, as encoders write them; what is inside is noise. */

const noise = (length: number, seed: number): Uint8Array =>
  new Uint8Array(length).map((_, at) => (at * 37 + seed * 11) & 0x7f);

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

const many = (count: number, make: (index: number) => Uint8Array): Uint8Array =>
  joined(Array.from({ length: count }, (_, index) => make(index)));

/** MPEG-2 layer III, 24,000 Hz, 128 kbit/s: 384 bytes and 24 ms each. */
export const mp3 = (frames: number): Uint8Array =>
  many(frames, (index) => {
    const frame = noise(384, index);
    frame.set([0xff, 0xf3, 0xc4, 0xc4]);
    return frame;
  });

/** AAC with ADTS headers, 16,000 Hz: 64 ms each. */
export const aac = (frames: number): Uint8Array =>
  many(frames, (index) => {
    const frame = noise(200, index);
    frame.set([0xff, 0xf1, 0x60, 0x40 | (200 >> 11), (200 >> 3) & 0xff, ((200 & 7) << 5) | 0x1f, 0xfc]);
    return frame;
  });

function oggPage(body: Uint8Array, position: bigint): Uint8Array {
  const page = new Uint8Array(27 + 1 + body.length);
  page.set(new TextEncoder().encode("OggS"));
  new DataView(page.buffer).setBigInt64(6, position, true);
  page.set([1, body.length], 26);
  page.set(body, 28);
  return page;
}

/** Opus in Ogg: two pages of heads, then pages of 60 ms each; 312 samples are skipped at the start. */
export function opus(pages: number): Uint8Array {
  const head = new Uint8Array(19);
  head.set(new TextEncoder().encode("OpusHead"));
  new DataView(head.buffer).setUint16(10, 312, true);
  return joined([
    oggPage(head, 0n),
    oggPage(new TextEncoder().encode("OpusTags"), 0n),
    many(pages, (index) => oggPage(noise(150, index), BigInt(312 + 2880 * (index + 1)))),
  ]);
}

/** FLAC of one block of metadata and frames of 4096 samples at 16,000 Hz: 256 ms each. */
export function flac(frames: number): Uint8Array {
  const head = new Uint8Array(4 + 4 + 34);
  const view = new DataView(head.buffer);
  head.set(new TextEncoder().encode("fLaC"));
  view.setUint32(4, 0x80000000 | 34);
  view.setUint16(8, 4096);
  view.setUint16(10, 4096);
  view.setUint32(18, 16_000 << 12);
  const frame = (index: number) => {
    const bytes = noise(300, index);
    bytes.set([0xff, 0xf8, 0xc5, 0x08, index, 0x55]);
    return bytes;
  };
  return joined([head, many(frames, frame)]);
}
