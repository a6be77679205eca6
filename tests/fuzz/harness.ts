/** Runs a reader on damaged inputs: no error but its own, no growth of memory, no cost beyond the input's size. */
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

/** Cost of an input; the least of three, milliseconds of this thread. */
export async function costOf(target: Target, input: Uint8Array): Promise<number> {
  let least_ms = Infinity;
  for (let i = 0; i < 3; i++) {
    const begun_ms = performance.now();
    await tryInput(target, 0, input, numbersOf(1));
    least_ms = Math.min(least_ms, performance.now() - begun_ms);
  }
  return least_ms;
}
