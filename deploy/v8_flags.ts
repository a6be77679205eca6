/** How V8 is started: for the compiled file, the tasks of deno.json (which a test compares) and the benchmarks. */

/**
 * Fixes half of the young generation at 4 MiB. Left alone V8 doubles it up to 32 while a pool runs at full rate: resident
 * memory then rises by some 55 MB between the first and the third minute, with 9 MB alive all the time. Calls live for
 * milliseconds, so more room saves no processor time: 4 costs 0.95 of what V8's own choice does, 1 costs 1.05. Only flags
 * of the command line reach the workers' heaps.
 */
export const V8_FLAGS = "--v8-flags=--min-semi-space-size=4,--max-semi-space-size=4";
