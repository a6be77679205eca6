/** The worker of `child.ts`. */
/// <reference lib="deno.worker" />
import { Alarm } from "../../../lib/pool/alarm.ts";
import { PoolClock } from "../../../lib/pool/clock.ts";
import { GeneratorWatch } from "../../../lib/pool/generator_watch.ts";
import { busy } from "./busy.ts";

const alarm = new Alarm();
let watch: GeneratorWatch | null = null;

async function obey(order: string): Promise<unknown> {
  if (order === "block the worker") return busy(300);
  if (order === "take") return watch?.take().stalls ?? [];
  await alarm.ready;
  watch = new GeneratorWatch(new PoolClock(Number(order) - performance.timeOrigin, alarm));
  return null;
}

self.onmessage = async ({ data }: MessageEvent<string>) => self.postMessage(await obey(data));
