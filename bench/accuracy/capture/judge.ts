/** june-load's marks beside the wire's: all loads, one after the other. */
import { Histogram } from "../../../lib/measure/histogram.ts";
import type { VoiceKind } from "../../../lib/plan/plan.ts";
import type { Distribution } from "../../../lib/plan/threshold/threshold.ts";
import { type CaptureCase, captureCases } from "./cases.ts";
import type { TracedRun } from "./messages.ts";
import { compareCall, type Compared, type Pair, pairUp } from "./pair.ts";
import { type Row, rowsOf } from "./table.ts";
import type { CallTrace } from "./trace.ts";
import { compareTurns, type Leg, legsOf } from "./turns.ts";
import { type WatchedRun, watchedRun } from "./watched_run.ts";

/** One load, judged. */
export interface Judged {
  title: string;
  rows: Row[];
  compared: Compared[];
  run: WatchedRun;
}

/**
 * Runs every load under the capture and compares every call.
 * @param seconds of each load, besides its warm-up
 * @throws {Error} when calls failed, or the capture is not whole
 */
export async function judgeLoads(seconds: number, tell: (text: string) => void): Promise<Judged[]> {
  const judged: Judged[] = [];
  for (const one of captureCases(seconds)) {
    tell(`${one.title} ...`);
    judged.push(judge(one, await watchedRun(one)));
  }
  return judged;
}

function judge(one: CaptureCase, run: WatchedRun): Judged {
  const { calls } = run.traced;
  const failed = calls.filter(({ ok }) => !ok).length;
  if (failed > 0) throw new Error(`${one.title}: ${failed} of ${calls.length} calls did not end well`);
  assertAsResult(run.traced);
  const measured = (call: CallTrace) => call.intended_us >= one.warm_ms * 1000;
  const compared = calls.some(({ spans }) => spans.length > 0)
    ? compareTurns(pairLegs(run).filter(({ call }) => measured(call.turn)))
    : pairCalls(one, run).filter(({ call }) => measured(call)).flatMap(compareCall);
  return { title: one.title, rows: rowsOf(one.title, compared, run.traced.work_us), compared, run };
}

/** The pairs of a load of one service. */
export function pairCalls({ services }: Pick<CaptureCase, "services">, run: WatchedRun): Pair<CallTrace>[] {
  const [service] = services as [VoiceKind];
  const port = run.ports[service] as number;
  return pairUp(service, port, run.connections, run.traced.calls, ({ sent_us }) => sent_us);
}

function pairLegs({ traced, ports, connections }: WatchedRun): Pair<Leg>[] {
  const legs = legsOf(traced.calls);
  return (["stt", "llm", "tts"] as const).flatMap((service) => {
    const own = legs.filter((leg) => leg.service === service);
    return pairUp(service, ports[service] as number, connections, own, ({ start_us }) => start_us);
  });
}

/** @throws {Error} when the traced marks are not those that the result sums up */
function assertAsResult({ calls, series }: TracedRun): void {
  const check = (name: Distribution, traced: readonly number[]) => {
    const counted = new Histogram();
    for (const { histograms } of series) if (histograms[name] !== undefined) counted.mergeData(histograms[name]);
    const mean_us = traced.reduce((sum, value) => sum + value, 0) / traced.length;
    if (counted.count === traced.length && !(Math.abs(counted.mean - mean_us) > 1 + mean_us / 1000)) return;
    throw new Error(
      `The result has ${counted.count} values of ${name} with mean ${counted.mean} us, the trace ${traced.length} with ${mean_us} us`,
    );
  };
  check("latency", calls.map(({ end_us, intended_us }) => end_us - intended_us));
  check("service_time", calls.map(({ end_us, sent_us }) => end_us - sent_us));
  check("gap", calls.flatMap(({ content_us }) => content_us.slice(1).map((us, at) => us - (content_us[at] as number))));
}
