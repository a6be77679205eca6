/** Runs a reader on damaged inputs: no error but its own, no growth of memory, no cost beyond the input's size. */
import process from "node:process";
import { damage, numbersOf } from "./mutation.ts";
import { bytesOf, type Target } from "./target.ts";

/** A fault with the input that shows it. */
export class FuzzFault extends Error {
  constructor(readonly target: string, readonly seed: number, readonly input: Uint8Array, cause: unknown) {
    super(
      `${target}: the input of seed ${seed} (${input.length} bytes): ${cause instanceof Error ? cause.stack : cause}`,
    );
  }
}

/** The damaged input of a seed. */
export function inputOf(target: Target, seed: number): { input: Uint8Array; next: () => number } {
  const next = numbersOf(seed);
  if (target.make !== undefined && next() < 0.5) return { input: target.make(next), next };
  const seeds = target.seeds.map(bytesOf);
  const base = seeds[Math.floor(next() * seeds.length)] as Uint8Array;
  return { input: damage(base, next, (target.words ?? []).map(bytesOf), seeds), next };
}

/**
 * Reads one input.
 * @throws {FuzzFault} where it throws what is none of its own errors
 */
export async function tryInput(target: Target, seed: number, input: Uint8Array, next: () => number): Promise<void> {
  try {
    await target.read(input, next);
  } catch (error) {
    if (target.isRefusal?.(error) !== true) throw new FuzzFault(target.name, seed, input, error);
  }
}

/** Reads the damaged inputs of `count` seeds from one on. */
export async function tryInputs(target: Target, seed: number, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    const one = (seed + i) >>> 0;
    const { input, next } = inputOf(target, one);
    await tryInput(target, one, input, next);
  }
}

/** The inputs of a target whose size is chosen. */
export function growingOf(target: Target): readonly ((size: number) => string | Uint8Array)[] {
  if (target.growing === null) return [];
  return target.growing ?? target.seeds.map((seed) => (size: number) => {
    const bytes = bytesOf(seed);
    const times = Math.max(1, Math.ceil(size / Math.max(1, bytes.length)));
    return Uint8Array.from({ length: times * bytes.length }, (_, at) => bytes[at % bytes.length] as number);
  });
}

/** CPU time of an input; the least of five readings, or the first that takes long. Milliseconds. */
export async function costOf(target: Target, input: Uint8Array): Promise<number> {
  let least_ms = Infinity;
  for (let i = 0; i < 5; i++) {
    const begun = process.cpuUsage();
    await tryInput(target, 0, input, numbersOf(1));
    const { user, system } = process.cpuUsage(begun);
    least_ms = Math.min(least_ms, (user + system) / 1000);
    if (least_ms > LONG_MS) break;
  }
  return least_ms;
}

/** Size at which costs are compared at first, and the largest; bytes. */
const [FIRST_BYTES, MOST_BYTES] = [32 * 1024, 2 * 1024 * 1024];
/** A cost that is large enough to be compared, and one that needs no second reading; milliseconds. */
const [ENOUGH_MS, LONG_MS] = [5, 100];

/** A growth that is measured once more, and the longest cost with which it is; milliseconds. */
const [SUSPECT_TIMES, MOST_REPEATED_MS] = [8, 2000];

/** What four times an input costs. */
export interface Growth {
  bytes: number;
  small_ms: number;
  large_ms: number;
  /** `large_ms` as a multiple of `small_ms`; 0 where both are little. */
  times: number;
}

/**
 * Compares the CPU time of an input with that of one of four times its size. Both grow until there is enough to compare, as
 * what is quadratic with a small factor shows itself in large inputs only.
 * @param onStep is called before each reading
 */
export async function growthOf(
  target: Target,
  grow: (size: number) => string | Uint8Array,
  onStep: () => void,
): Promise<Growth> {
  const cost = (bytes: number) => (onStep(), costOf(target, bytesOf(grow(bytes))));
  let [bytes, small_ms] = [FIRST_BYTES, await cost(FIRST_BYTES)];
  while (small_ms < ENOUGH_MS && bytes < MOST_BYTES) small_ms = await cost(bytes *= 4);
  const large_ms = await cost(4 * bytes);
  const times = large_ms < 4 * ENOUGH_MS ? 0 : large_ms / Math.max(small_ms, ENOUGH_MS / 4);
  if (times <= SUSPECT_TIMES || large_ms > MOST_REPEATED_MS) return { bytes, small_ms, large_ms, times };
  // The collector of garbage can begin to work between two sizes; what is quadratic is so between the next two, too.
  const larger_ms = await cost(16 * bytes);
  if (larger_ms / large_ms >= times) return { bytes, small_ms, large_ms, times };
  return { bytes: 4 * bytes, small_ms: large_ms, large_ms: larger_ms, times: larger_ms / large_ms };
}
