/** Pages of the fixtures. */

const DIR = new URL("../fixtures/pages/", import.meta.url);

/** The text of a fixture. */
export const pageOf = (name: string): string => Deno.readTextFileSync(new URL(`${name}.txt`, DIR));

/** A generator of numbers from 0 to 1, always the same for a seed. */
export function numbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
}
