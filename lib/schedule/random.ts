/** Seeded randomness: the same seed and stream give the same numbers on every machine and with any number of workers. */

/** A stream of numbers, each at least 0 and below 1. */
export interface RandomStream {
  next(): number;
}

/**
 * The stream with number `stream` of a seed. Streams of one seed are independent for all practical purposes.
 *
 * Source: sfc32 of PractRand, its state filled by the finaliser of MurmurHash3.
 */
export function randomStream(seed: number, stream: number): RandomStream {
  let a = scramble(seed | 0);
  let b = scramble(a ^ (stream | 0));
  let c = scramble(b ^ Math.floor(stream / 2 ** 32));
  let counter = 1;
  const next = () => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  };
  for (let i = 0; i < 12; i++) next();
  return { next };
}

function scramble(value: number): number {
  let h = (value + 0x9e3779b9) | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
