/**
 * What a second's bookkeeping costs a worker: 50 series of 40 calls each, turned into data and sent to the main thread.
 * A share of 1 % of a worker is 10 ms. `deno bench -A bench/interval_bench.ts`
 */
import type { Operation } from "../lib/driver/driver.ts";
import { Recorder } from "../lib/pool/recorder.ts";

const SERIES = 50;
const CALLS = 40;
const MESSAGES = 20;

const operations = Array.from({ length: SERIES }, (_, at): Operation => ({
  name: `operation ${at}`,
  reply_stream: true,
  start: () => ({ cancel() {} }),
}));
const owner = { callEnded() {} };
let now_us = 0;
let step = 1;
const clock = { now_us: () => now_us, at: () => ({ cancel() {} }) };
const stage = { name: "hold", load: 0, start_ms: 0, end_ms: Infinity, warm_up: false };
const recorder = new Recorder(clock, [stage], () => [{ operations: null, of: "latency", limit: 1e6 }]);

/** Lets time pass by some hundred microseconds to some tens of milliseconds, unevenly as services do. */
function pass(): void {
  step = step * 48271 % 2147483647;
  now_us += 300 * 100 ** (step / 2147483647);
}

/** One call: a stream of words. */
function call(operation: Operation): void {
  const record = recorder.begin(operation, 0, now_us, owner);
  record.sent();
  for (let message = 0; message < MESSAGES; message++) {
    pass();
    record.content();
  }
  const output = { count: MESSAGES, unit: "words" } as const;
  const content = { output };
  record.end({ outcome: "ok", code: 0, type: "", details: "", sent_bytes: 99, received_bytes: 999, content });
}

function fillSecond(): void {
  for (const operation of operations) for (let at = 0; at < CALLS; at++) call(operation);
}

Deno.bench("a second of 50 busy series: to data and cleared", (bench) => {
  fillSecond();
  bench.start();
  recorder.flush();
  bench.end();
});

Deno.bench("the same, written for the main thread and read there", (bench) => {
  fillSecond();
  bench.start();
  structuredClone(recorder.flush());
  bench.end();
});
