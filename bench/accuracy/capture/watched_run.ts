/** A run of june-load's own pool, its marks kept, under the capture. */
import type { Plan, VoiceKind } from "../../../lib/plan/plan.ts";
import { loadScenario } from "../../../lib/scenario/load.ts";
import { startInWorker } from "../../../lib/sim/worker/start_in_worker.ts";
import type { CaptureCase } from "./cases.ts";
import type { FromTracedPool, ToTracedPool, TracedRun } from "./messages.ts";
import { readPcap } from "./pcap.ts";
import { type IsContent, type WireConnection, wireConnections } from "./streams.ts";
import { tcpFlows } from "./tcp.ts";
import { type CaptureCounts, Tcpdump } from "./tcpdump.ts";
import type { ClockReading } from "./wall_clock.ts";

/** Both sides of one run; all times in microseconds since the run's epoch. */
export interface WatchedRun {
  traced: TracedRun;
  connections: WireConnection[];
  ports: Partial<Record<VoiceKind, number>>;
  counts: CaptureCounts;
  clock: ClockSkew;
}

/** How well the two clocks were held together; microseconds. */
export interface ClockSkew {
  /** Of one reading of both. */
  sure_us: number;
  /** How much further they were apart at the end than at the beginning. */
  drift_us: number;
}

/**
 * Runs a case under tcpdump.
 * @throws {Error} when the run or the capture fails, or the capture is not whole
 */
export async function watchedRun(one: CaptureCase): Promise<WatchedRun> {
  const dir = await Deno.makeTempDir({ prefix: "june_load_capture_" });
  const server = await startInWorker({ ports: { llm: 0, stt: 0, tts: 0 }, ...one.simulator });
  try {
    const ports = Object.fromEntries(one.services.map((kind) => [kind, portOf(server.addresses[kind])]));
    const origin_s = Math.floor(Date.now() / 1000);
    const file = `${dir}/loopback.pcap`;
    const capture = await Tcpdump.start(file, Object.values(ports));
    const ran = await runTraced({ plan: planOf(one, server.addresses), origin_s }).catch(async (error) => {
      await capture.stop();
      throw error;
    });
    const counts = await capture.stop();
    const connections = await readCapture(file, origin_s, counts, servers(one, ports));
    const toRun = runTimes(ran);
    return {
      traced: ran,
      connections: connections.map((each) => onRun(each, toRun)),
      ports,
      counts,
      clock: skewOf(ran),
    };
  } finally {
    await server.close();
    await Deno.remove(dir, { recursive: true });
  }
}

const portOf = (address: string) => Number(address.slice(address.lastIndexOf(":") + 1));

function servers({ isContent }: CaptureCase, ports: Record<string, number>): Map<number, IsContent> {
  return new Map(Object.entries(ports).map(([kind, port]) => [port, isContent[kind as VoiceKind] ?? (() => false)]));
}

function planOf({ services, scenario, options = {} }: CaptureCase, addresses: Record<VoiceKind, string>): Plan {
  const hosts = services.map((kind) => [kind, { host: addresses[kind], timeout: "1m", ...options }]);
  const text = JSON.stringify({
    services: { grpc: Object.fromEntries(hosts) },
    scenarios: { capture: { grace: "30s", workers: 1, ...scenario } },
  });
  return loadScenario({ text, file: "capture.yaml", dir: ".", env: {}, cores: 2, overrides: {} }).plan;
}

/** Runs a plan in a thread of its own. */
async function runTraced(order: ToTracedPool): Promise<TracedRun> {
  const worker = new Worker(new URL("./traced_pool_worker.ts", import.meta.url), { type: "module" });
  try {
    const answer = await new Promise<FromTracedPool>((resolve, reject) => {
      worker.onmessage = ({ data }: MessageEvent<FromTracedPool>) => resolve(data);
      worker.onerror = (event) => {
        event.preventDefault();
        reject(new Error(event.message));
      };
      worker.postMessage(order);
    });
    if (answer.kind === "failed") throw new Error(answer.message);
    return answer.run;
  } finally {
    worker.terminate();
  }
}

/** @throws {Error} when it is not whole */
async function readCapture(
  file: string,
  origin_s: number,
  counts: CaptureCounts,
  wanted: ReadonlyMap<number, IsContent>,
): Promise<WireConnection[]> {
  const { packets, truncated } = readPcap(await Deno.readFile(file), origin_s);
  if (counts.dropped !== 0) {
    const dropped = counts.dropped ?? "an unknown number of";
    throw new Error(
      `The capture is incomplete: the kernel dropped ${dropped} packets. Run it with nothing else running`,
    );
  }
  if (truncated || packets.length !== counts.captured) {
    throw new Error(`The capture is incomplete: of ${counts.captured} packets its file holds ${packets.length}`);
  }
  return wireConnections(tcpFlows(packets), wanted);
}

/** Turns the wall clock's times into the run's. */
export function runTimes(
  { epoch_us, clocks: [first, last] }: Pick<TracedRun, "epoch_us" | "clocks">,
): (wall_us: number) => number {
  const slope = (last.ahead_us - first.ahead_us) / (last.at_us - first.at_us);
  return (wall_us) => {
    const near_us = wall_us - first.ahead_us;
    return near_us - slope * (near_us - first.at_us) - epoch_us;
  };
}

function skewOf({ clocks: [first, last] }: TracedRun): ClockSkew {
  const sure = ({ trip_us }: ClockReading) => trip_us / 2;
  return { sure_us: Math.max(sure(first), sure(last)), drift_us: last.ahead_us - first.ahead_us };
}

function onRun({ server_port, streams }: WireConnection, toRun: (wall_us: number) => number): WireConnection {
  return {
    server_port,
    streams: streams.map(({ id, first_out_us, out_us, content_us, end_us }) => ({
      id,
      first_out_us: toRun(first_out_us),
      out_us: out_us.map(toRun),
      content_us: content_us.map(toRun),
      end_us: toRun(end_us),
    })),
  };
}
