/** Seeded random numbers: the same seed and stream give the same numbers on every machine and with any number of workers. */

/** A stream of numbers, each at least 0 and below 1. */
export interface RandomStream {
  next(): number;
}

/** A stream that can be read again from where it stands. */
export interface CopyableStream extends RandomStream {
  copy(): CopyableStream;
}

/**
 * Stream number `stream` of a seed. Streams of one seed are independent for all practical purposes.
 *
 * Source: sfc32 of PractRand; the finaliser of MurmurHash3 fills its state.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const [one, again, other] = [randomStream(7, 0), randomStream(7, 0), randomStream(7, 1)];
 * const number = one.next();
 * assert.equal(again.next(), number);
 * assert.notEqual(other.next(), number);
 * assert.ok(number >= 0 && number < 1);
 * ```
 */
export function randomStream(seed: number, stream: number): CopyableStream {
  const a = scramble(seed | 0);
  const b = scramble(a ^ (stream | 0));
  const random = sfc32(a, b, scramble(b ^ Math.floor(stream / 2 ** 32)), 1);
  for (let i = 0; i < 12; i++) random.next();
  return random;
}

function sfc32(a: number, b: number, c: number, counter: number): CopyableStream {
  const next = () => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  };
  return { next, copy: () => sfc32(a, b, c, counter) };
}

/** Number of streams per kind and load; numbers of users and arrivals stay below it. */
const BLOCK = 2 ** 40;
/** More loads than any plan has. */
const LAST_BLOCK = 2 ** 53 - BLOCK;

/**
 * The random numbers of one user of a load, for its tasks, inputs and think times. The same with any number of workers.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.equal(userRandom(7, 0, 3).next(), userRandom(7, 0, 3).next());
 * assert.notEqual(userRandom(7, 0, 3).next(), userRandom(7, 0, 4).next());
 * ```
 */
export function userRandom(seed: number, loadIndex: number, user: number): RandomStream {
  return randomStream(seed, loadIndex * 2 * BLOCK + user);
}

/** The random numbers of one arrival, for its task and inputs. The same with any number of workers. */
export function arrivalRandom(seed: number, loadIndex: number, arrivalIndex: number): RandomStream {
  return randomStream(seed, (loadIndex * 2 + 1) * BLOCK + arrivalIndex);
}

/** The random numbers for the times of a load's arrivals; loads with different names have different streams. */
export function scheduleRandom(seed: number, loadName: string): CopyableStream {
  let hash = 0;
  for (const char of loadName) hash = scramble(hash ^ char.codePointAt(0)!);
  return randomStream(seed, LAST_BLOCK + (hash >>> 0));
}

function scramble(value: number): number {
  let h = (value + 0x9e3779b9) | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
