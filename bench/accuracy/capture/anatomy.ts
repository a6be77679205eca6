/** Where the time of a queue's calls goes beyond what queueing itself takes: the capture tells whose it is. */
import { table } from "../../peers/table.ts";
import { sojourns } from "../path.ts";
import { type Queue, queueSetup } from "../proofs.ts";
import type { CaptureCase } from "./cases.ts";
import { pairCalls } from "./judge.ts";
import { rank } from "./table.ts";
import { watchedRun } from "./watched_run.ts";

/** Times of all calls; microseconds. */
interface Part {
  mean_us: number;
  p50_us: number;
}

/** What the calls of a queue took. The means of the parts sum up to that of the latency. */
export interface Anatomy {
  /** At its own arrivals, by Lindley's recursion: what the latency should be. */
  queueing: Part;
  /** From the intended start to the first byte on the wire. */
  asked: Part;
  /** What the calls that were asked late waited more for it in the queue, or less. */
  shifted: Part;
  /** What the service took beyond its queue: from the request on the wire to the end of the reply. */
  served: Part;
  /** From the end of the reply on the wire to june-load's mark. */
  read: Part;
  /** As the result says. */
  latency: Part;
  /** As the kernel saw it: from the intended start to the end of the reply. */
  seen: Part;
}

/** Runs a queue of constant service times under the capture. */
export async function anatomyOf(queue: Queue & { kind: "M/D/1" }): Promise<Anatomy> {
  const { simulator, scenario } = queueSetup(queue);
  const one: CaptureCase = {
    title: `M/D/1 at ${queue.load * 100} %`,
    services: ["llm"],
    scenario,
    simulator: { ...simulator, precise: true },
    warm_ms: 0,
    isContent: {},
  };
  const pairs = pairCalls(one, await watchedRun(one));
  const stays = (arrivals_us: number[]) => sojourns(arrivals_us, () => queue.service_ms * 1000);
  const meant_us = stays(pairs.map(({ call }) => call.intended_us));
  const real_us = stays(pairs.map(({ stream }) => stream.first_out_us));
  const each = (value: (pair: typeof pairs[number], at: number) => number) => partOf(pairs.map(value));
  return {
    queueing: partOf(meant_us),
    asked: each(({ call, stream }) => stream.first_out_us - call.intended_us),
    shifted: each((_, at) => (real_us[at] as number) - (meant_us[at] as number)),
    served: each(({ stream }, at) => stream.end_us - stream.first_out_us - (real_us[at] as number)),
    read: each(({ call, stream }) => call.end_us - stream.end_us),
    latency: each(({ call }) => call.end_us - call.intended_us),
    seen: each(({ call, stream }) => stream.end_us - call.intended_us),
  };
}

function partOf(values_us: readonly number[]): Part {
  const sum_us = values_us.reduce((sum, us) => sum + us, 0);
  return { mean_us: sum_us / values_us.length, p50_us: rank(Float64Array.from(values_us).sort(), 0.5) };
}

/** The parts in Markdown. */
export function anatomyTable(title: string, { queueing, asked, shifted, served, read, latency }: Anatomy): string {
  const ms = (us: number) => `${(us / 1000).toFixed(3)} ms`;
  const line = (what: string, { mean_us, p50_us }: Part, whose: string) => [what, ms(mean_us), ms(p50_us), whose];
  return table([title, "mean", "P50", "whose"], [
    line("its own arrivals, by Lindley's recursion", queueing, "the queue's"),
    line("intended start to first byte out", asked, "june-load's, told as `start_delay`"),
    line("more or less of the queue for that", shifted, "the queue's"),
    line("request in to reply out, beyond the queue", served, "the simulator's"),
    line("reply on the wire to june-load's mark", read, "june-load's error"),
    line("latency, as june-load says", latency, "all of it"),
  ]);
}
