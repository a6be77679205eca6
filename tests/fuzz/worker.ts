/** Fuzzes one target for a time; tells the seed that it is at before it reads, so that a hang can be repeated. */
import { FuzzFault, growingOf, growthOf, inputOf, tryInput } from "./harness.ts";
import { TARGETS } from "./targets.ts";

/** What the worker is told. */
export interface Order {
  target: string;
  seed: number;
  duration_ms: number;
  /** The seed in work, and a count that grows with every input. */
  at: Int32Array;
}

/** What the worker tells at its end. */
export interface Outcome {
  cases: number;
  /** Largest heap after the first tenth of the time, and at the end; bytes. */
  first_bytes: number;
  last_bytes: number;
  slowest_ms: number;
  slowest_seed: number;
  /** Cost of an input of four times the size, as a multiple; the largest. */
  growth: number;
  grown: string;
  fault: { seed: number; text: string; input: Uint8Array } | null;
}

declare const self: { onmessage: (event: MessageEvent<Order>) => void; postMessage(outcome: Outcome | "ready"): void };

self.onmessage = async ({ data }) => {
  self.postMessage(await work(data));
};
// A message that comes while the modules are loading would be lost.
self.postMessage("ready");

async function work({ target: name, seed, duration_ms, at }: Order): Promise<Outcome> {
  const target = TARGETS.find((one) => one.name === name)!;
  const outcome: Outcome = {
    cases: 0,
    first_bytes: 0,
    last_bytes: 0,
    slowest_ms: 0,
    slowest_seed: 0,
    growth: 0,
    grown: "",
    fault: null,
  };
  try {
    const begun_ms = performance.now();
    for (let one = seed >>> 0; performance.now() - begun_ms < duration_ms; one = (one + 1) >>> 0) {
      Atomics.store(at, 0, one | 0);
      Atomics.add(at, 1, 1);
      const { input, next } = inputOf(target, one);
      const from_ms = performance.now();
      await tryInput(target, one, input, next);
      const took_ms = performance.now() - from_ms;
      if (took_ms > outcome.slowest_ms) [outcome.slowest_ms, outcome.slowest_seed] = [took_ms, one];
      outcome.cases++;
      if (outcome.cases % 500 !== 0) continue;
      const { heapUsed } = Deno.memoryUsage();
      const early = performance.now() - begun_ms < duration_ms / 10;
      if (early) outcome.first_bytes = Math.max(outcome.first_bytes, heapUsed);
      else {outcome.last_bytes = outcome.last_bytes === 0
          ? heapUsed
          : Math.min(heapUsed, 0.9 * outcome.last_bytes + 0.1 * heapUsed);}
      // Messages and timers of the reader get their turn.
      await new Promise((resolve) => setTimeout(resolve));
    }
    for (const [index, grow] of growingOf(target).entries()) {
      const { times, bytes, small_ms, large_ms } = await growthOf(target, grow, () => Atomics.add(at, 1, 1));
      if (times <= outcome.growth) continue;
      outcome.growth = times;
      outcome.grown = `input ${index}: ${small_ms.toFixed(1)} ms for ${bytes} bytes, ${
        large_ms.toFixed(1)
      } ms for 4 times`;
    }
  } catch (error) {
    if (!(error instanceof FuzzFault)) throw error;
    outcome.fault = { seed: error.seed, text: error.message, input: error.input };
  }
  return outcome;
}
