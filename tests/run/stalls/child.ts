/** A process with the threads of a run: a main thread that beats, and one worker with a pool's clock and alarm. */
import { Heartbeat } from "../../../lib/run/heartbeat.ts";
import { busy } from "./busy.ts";

/** The worker's epoch, so that both threads tell times of one clock. */
const epoch_ms = performance.timeOrigin + performance.now();
const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
const answers: ((data: unknown) => void)[] = [];
worker.onmessage = ({ data }) => answers.shift()?.(data);

function ask(order: string): Promise<unknown> {
  worker.postMessage(order);
  return new Promise((resolve) => answers.push(resolve));
}

async function obey(order: string, heart: Heartbeat): Promise<unknown> {
  if (order === "block the main thread") return busy(300);
  if (order === "block the worker") return await ask(order);
  return { stalls: await ask("take"), pauses: heart.take() };
}

await ask(String(epoch_ms));
const heart = new Heartbeat(() => performance.timeOrigin + performance.now() - epoch_ms);
console.log(JSON.stringify("ready"));
for await (const chunk of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
  for (const order of chunk.trim().split("\n")) console.log(JSON.stringify(await obey(order, heart) ?? null));
}
heart.stop();
worker.terminate();
