/** V8's flags for the compiled file, for the tasks of deno.json (a test compares them) and for the benchmarks. */

/**
 * Fixes the semi-space, half of the young generation, at 4 MiB. By default V8 doubles it up to 32 MiB while a pool runs at
 * full rate: resident memory then rises by some 55 MB between the first and the third minute, although only 9 MB are alive.
 * Calls live for milliseconds, so more space saves no CPU time: 4 MiB costs 0.95 times V8's own choice, 1 MiB 1.05 times.
 * Only flags of the command line reach the workers' heaps.
 *
 * The memory reducer stays off: in the first minute it gives back some 12 MB of the main thread, which then come again
 * until minute five. A heap may grow by 30 % (or 8 MB) until it is collected: by itself V8 lets it double and more where
 * processor time is short.
 *
 * The only WebAssembly is that which makes the report's PNG files. Its functions run for a quarter of a second in all, and
 * V8 spends twice that on compiling them a second time, so they stay as they are compiled first.
 */
export const V8_FLAGS = "--v8-flags=--min-semi-space-size=4,--max-semi-space-size=4,--heap-growing-percent=30," +
  "--no-memory-reducer,--no-wasm-tier-up,--no-wasm-dynamic-tiering";
