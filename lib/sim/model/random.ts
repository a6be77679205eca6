/**
 * Seeded randomness: the same seed gives the same simulation for the same order of calls. Generator: xoshiro128**
 * (Blackman and Vigna, 2018), seeded through splitmix32 so that near seeds give unrelated sequences. It differs from
 * the schedule's generator on purpose: with the same seed, service times must not correlate with the users' think
 * times.
 */

/**
 * A repeatable source of numbers.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const [one, other] = [new Random(7), new Random(7)];
 * assert.equal(one.next(), other.next());
 * assert.notEqual(one.fork("llm").next(), one.fork("stt").next());
 * ```
 */
export class Random {
  readonly #state = new Uint32Array(4);
  readonly #seed: number;

  /** @param seed any number; its low 32 bits count. */
  constructor(seed: number) {
    this.#seed = seed >>> 0;
    let mix = this.#seed;
    for (let i = 0; i < 4; i++) {
      mix = (mix + 0x9e3779b9) >>> 0;
      let z = mix ^ (mix >>> 16);
      z = Math.imul(z, 0x21f0aaad);
      z ^= z >>> 15;
      z = Math.imul(z, 0x735a2d97);
      this.#state[i] = z ^ (z >>> 15);
    }
  }

  /** Next number, at least 0 and below 1. */
  next(): number {
    const [a, b, c, d] = this.#state as unknown as [number, number, number, number];
    const product = Math.imul(b, 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9) >>> 0;
    const crossed = d ^ b;
    this.#state[2] = c ^ a ^ (b << 9);
    this.#state[1] = b ^ c ^ a;
    this.#state[0] = a ^ crossed;
    this.#state[3] = (crossed << 11) | (crossed >>> 21);
    return result / 0x1_0000_0000;
  }

  /** Next whole number, at least 0 and below `bound`. */
  below(bound: number): number {
    return Math.floor(this.next() * bound);
  }

  /** A separate source, fixed by this one's seed and a label, so that more numbers from one never change another. */
  fork(label: string): Random {
    return new Random(this.#seed ^ hashText(label));
  }
}

/** FNV-1a over UTF-16 units; 32 bits. */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
