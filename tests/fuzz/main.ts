/**
 * Fuzzes every reader for a time: `deno task fuzz [SECONDS] [TARGET,...] [SEED]`. Prints the seed and a table; saves an input
 * that fails below .cache/fuzz. A reader that hangs for ten seconds is a fault, too.
 */
import type { Outcome } from "./worker.ts";
import { inputOf } from "./harness.ts";
import { TARGETS } from "./targets.ts";

/** Longest time for one input; milliseconds. */
const HANG_MS = 10_000;
/** Longest time for the large inputs whose costs are compared; milliseconds. */
const MOST_GROWING_MS = 60_000;
/** Four times the input costs at most this as a multiple: 4 is linear, 16 quadratic. */
const MOST_GROWTH = 10;
/** More bytes of heap at the end than at the beginning are a leak. */
const MOST_GAIN_BYTES = 64 * 1024 * 1024;
const FOLDER = ".cache/fuzz";

const [seconds = "60", wanted = "", seedText] = Deno.args;
const seed = seedText === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(seedText);
const targets = TARGETS.filter(({ name }) => wanted === "" || wanted.split(",").includes(name));
if (targets.length === 0 || !(Number(seconds) > 0)) {
  console.error(
    `Usage: deno task fuzz [SECONDS] [TARGET,...] [SEED]; targets are ${TARGETS.map(({ name }) => name).join(", ")}`,
  );
  Deno.exit(2);
}
console.log(`seed ${seed}, ${seconds} s for ${targets.length} targets`);

let faults = 0;
for (const target of targets) {
  const at = new Int32Array(new SharedArrayBuffer(8));
  const duration_ms = 1000 * Number(seconds) / targets.length;
  const outcome = await watch(target.name, duration_ms, at);
  const faulty = typeof outcome === "string"
    ? await keep(target.name, at[0]! >>> 0, outcome)
    : await judge(target.name, outcome);
  if (faulty) faults++;
}
console.log(faults === 0 ? "no fault" : `${faults} targets with faults: inputs are in ${FOLDER}`);
Deno.exit(faults === 0 ? 0 : 1);

/** The worker's outcome, or why there is none. */
function watch(target: string, duration_ms: number, at: Int32Array): Promise<Outcome | string> {
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  let [last, since_ms] = [-1, performance.now()];
  let timer: ReturnType<typeof setInterval> | undefined;
  return new Promise<Outcome | string>((resolve) => {
    timer = setInterval(() => {
      const now = Atomics.load(at, 1);
      if (now !== last) [last, since_ms] = [now, performance.now()];
      // 0: the worker is still loading.
      else if (now !== 0 && performance.now() - since_ms > MOST_GROWING_MS) resolve("it hangs");
    }, 500);
    worker.onmessage = ({ data }) => {
      if (data === "ready") return worker.postMessage({ target, seed, duration_ms, at });
      resolve(data);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      resolve(event.message);
    };
  }).finally(() => {
    clearInterval(timer);
    worker.terminate();
  });
}

async function judge(name: string, outcome: Outcome): Promise<boolean> {
  const { cases, slowest_ms, slowest_seed, growth, grown, fault, first_bytes, last_bytes } = outcome;
  const gain_bytes = first_bytes === 0 ? 0 : Math.max(0, last_bytes - first_bytes);
  const mib = (gain_bytes / 1024 / 1024).toFixed(0);
  console.log(
    `${name.padEnd(24)} ${`${cases}`.padStart(9)} cases, slowest ${slowest_ms.toFixed(0)} ms, +${mib} MiB, ` +
      `4 times the input costs ${growth === 0 ? "little" : `${growth.toFixed(1)} times (${grown})`}`,
  );
  if (fault !== null) return await keep(name, fault.seed, fault.text, fault.input);
  if (slowest_ms > HANG_MS) return await keep(name, slowest_seed, `an input took ${slowest_ms} ms`);
  if (gain_bytes > MOST_GAIN_BYTES) return await keep(name, seed, `the heap grew by ${mib} MiB`);
  if (growth > MOST_GROWTH) return await keep(name, seed, `the cost grows faster than the input: ${grown}`);
  return false;
}

async function keep(name: string, at: number, text: string, input?: Uint8Array): Promise<true> {
  const target = TARGETS.find((one) => one.name === name)!;
  await Deno.mkdir(FOLDER, { recursive: true });
  const path = `${FOLDER}/${name.replaceAll(/\W+/g, "_")}-${at}`;
  await Deno.writeFile(path, input ?? inputOf(target, at).input);
  console.log(`FAULT ${text}\n  input: ${path}; again: deno task fuzz 1 "${name}" ${at}`);
  return true;
}
