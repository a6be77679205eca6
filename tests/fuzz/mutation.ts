/** Damaged inputs, the same for the same numbers. */

/** Numbers from 0 to 1, the same for the same seed. Source: Mulberry32. */
export function numbersOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Longest input; bytes. */
const MAX_BYTES = 64 * 1024;

/**
 * Changes, removes, repeats, inserts or mixes bytes, one to six times.
 * @param words pieces of the language that damage may insert
 * @param others inputs of which it may take a part
 * @param fixed bytes at the beginning that stay
 */
export function damage(
  bytes: Uint8Array,
  next: () => number,
  words: readonly Uint8Array[] = [],
  others: readonly Uint8Array[] = [],
  fixed = 0,
): Uint8Array {
  let damaged = [...bytes];
  const below = (limit: number) => Math.floor(next() * limit);
  const place = () => fixed + below(Math.max(1, damaged.length - fixed));
  const one = <Item>(list: readonly Item[]): Item | undefined => list[below(list.length)];
  for (let times = 1 + below(6); times > 0; times--) {
    const at = place();
    const length = 1 + below(12);
    switch (below(9)) {
      case 0:
        damaged[at] = below(256);
        break;
      case 1:
        damaged[at] = (damaged[at] ?? 0) ^ (1 << below(8));
        break;
      case 2:
        damaged.splice(at, length);
        break;
      case 3:
        damaged.splice(at, 0, ...damaged.slice(place()).slice(0, length * 4));
        break;
      case 4:
        damaged.splice(at, 0, ...Array.from({ length }, () => below(256)));
        break;
      case 5:
        damaged = damaged.slice(0, at + 1);
        break;
      case 6:
        damaged.splice(at, below(2) * length, ...one(words) ?? []);
        break;
      case 7:
        damaged.splice(at, length * 4, ...(one(others) ?? []).slice(0, 200));
        break;
      default: {
        // A piece that repeats itself finds what grows faster than its input.
        const piece = damaged.slice(at, at + length);
        for (let count = below(40); count > 0; count--) damaged.splice(at, 0, ...piece);
      }
    }
  }
  return Uint8Array.from(damaged.slice(0, MAX_BYTES));
}
