/** Measures what june-load adds on this host: its own pools call the echo. */
import process from "node:process";
import { wavHead } from "../base/wav.ts";
import type { SeriesData } from "../measure/interval.ts";
import { preparePools } from "../pool/pools.ts";
import { type CalibratedHost, type Calibration, CALIBRATION_FORMAT, type Conditions } from "../result/calibration.ts";
import * as asr from "../../proto/asr.ts";
import * as llm from "../../proto/llm.ts";
import type { EchoLog } from "../sim/echo/log.ts";
import { besideNeighbour, EchoProcess, type StartSelf } from "./echo_process.ts";
import { othersAtWork } from "./host.ts";
import { capacityOf, type JudgedStep, judgeSteps, type Measured } from "./judge.ts";
import { CLIP_MS, type Place, planOf, quietSteps, risingSteps, type SourceName, type Steps, TRIED } from "./plans.ts";

/** How much is measured: all of it, or in some five seconds what is added at little load. */
export type Extent = "whole" | "short";

/** By whom and where a calibration is made. */
export interface Maker {
  tool: string;
  host: CalibratedHost;
  startSelf: StartSelf;
  /** Says what is measured now. */
  tell(text: string): void;
}

const QUIET_MS = 3000;
/** Sample rate of the clip, as the drivers send speech; Hz. */
const SAMPLE_RATE = 16_000;
const TONE_HZ = 440;

/**
 * Calibrates this host.
 * @throws {Error} when the echo or a pool fails
 */
export async function calibrate({ tool, host, startSelf, tell }: Maker, extent: Extent): Promise<Calibration> {
  const folder = await Deno.makeTempDir({ prefix: "june-load-calibrate-" });
  const measured_at = new Date().toISOString();
  try {
    const clip = `${folder}/clip.wav`;
    await Deno.writeFile(clip, toneFile());
    const echo = await EchoProcess.start(startSelf);
    try {
      const others_percent = await othersAtWork();
      const place = { address: echo.address, clip };
      const measure = () => measureConditions(echo, place, extent);
      tell(extent === "whole" ? "Measuring at idle ..." : "Calibrating for five seconds ...");
      const idle = await measure();
      if (extent === "whole") tell("Measuring beside a process that keeps one core busy ...");
      const busy = extent === "whole" ? await besideNeighbour(startSelf, measure) : null;
      return {
        format: CALIBRATION_FORMAT,
        tool,
        deno: Deno.version.deno,
        measured_at,
        host,
        others_percent,
        idle,
        busy,
      };
    } finally {
      await echo.close();
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function measureConditions(echo: EchoProcess, place: Place, extent: Extent): Promise<Conditions> {
  const quiet = await runSteps(echo, place, quietSteps(QUIET_MS));
  const rising = extent === "whole" ? await measureCapacities(echo, place) : NO_CAPACITIES;
  const { start, answer } = judged(quiet, "calls");
  const { first_message, gap } = judged(quiet, "frames");
  return {
    start,
    pacing: judged(quiet, "chunks").pacing,
    answer,
    first_message,
    gap,
    ...rising,
  };
}

function judged(measured: Measured, source: SourceName): JudgedStep {
  const step = judgeSteps(measured, source).find(({ warm_up }) => !warm_up);
  if (step === undefined) throw new Error(`The calibration has no ${source}`);
  return step;
}

type Capacities = Pick<Conditions, "call_cpu" | "calls" | "frames" | "chunks">;
const NO_CAPACITIES: Capacities = { call_cpu: null, calls: null, frames: null, chunks: null };

async function measureCapacities(echo: EchoProcess, place: Place): Promise<Capacities> {
  const run = async (source: SourceName) => {
    const measured = await runSteps(echo, place, risingSteps(source));
    return { measured, capacity: capacityOf(source, judgeSteps(measured, source)) };
  };
  const calls = await run("calls");
  const frames = await run("frames");
  const chunks = await run("chunks");
  const call_cpu = callCpu(calls.measured.cpu_us, calls.capacity?.held_per_s ?? 0);
  return { call_cpu, calls: calls.capacity, frames: frames.capacity, chunks: chunks.capacity };
}

/**
 * Processor time of a call where each has a wake-up of its own, and at the highest rate that was kept.
 * @param cpu_us of each second; the first is the warm-up, and each step of `TRIED` takes one
 */
export function callCpu(cpu_us: readonly number[], held_per_s: number): Conditions["call_cpu"] {
  const costAt = (step: number): number | null => {
    const [used_us, per_s] = [cpu_us[step + 1], TRIED.calls[step]];
    return used_us === undefined || per_s === undefined ? null : Math.round(used_us / per_s);
  };
  const alone_us = costAt(0);
  const top = TRIED.calls.indexOf(held_per_s);
  return alone_us === null ? null : { alone_us, together_us: top > 0 ? costAt(top) : null };
}

/** Runs one plan on pools as a run does. */
async function runSteps(echo: EchoProcess, place: Place, steps: Steps): Promise<Measured> {
  const plan = planOf(steps, place);
  const pools = await preparePools(plan);
  const offset_us = await echo.clockOffset();
  await echo.take();
  const series: SeriesData[] = [];
  const cpu_us: number[] = [];
  let before_us = cpuTime();
  const running = pools.start((interval) => {
    series.push(...interval.series);
    const used_us = cpuTime();
    cpu_us.push(used_us - before_us);
    before_us = used_us;
  });
  const { failure } = await running.done;
  if (failure !== null) throw failure;
  const epoch_us = (performance.timeOrigin + running.epoch_ms) * 1000 + offset_us;
  return { plan, epoch_us, heard: bySource(await echo.take()), series, cpu_us };
}

/** Processor time of this process with all its threads; microseconds. */
function cpuTime(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

function bySource(log: EchoLog): Measured["heard"] {
  return {
    calls: log[llm.PATHS.healthCheck] ?? [],
    frames: log[llm.PATHS.generateStream] ?? [],
    chunks: log[asr.PATHS.recognizeStream] ?? [],
  };
}

/** A tone, which counts as speech. */
function toneFile(): Uint8Array {
  const samples = new Int16Array(SAMPLE_RATE * CLIP_MS / 1000);
  for (const at of samples.keys()) samples[at] = 8000 * Math.sin(2 * Math.PI * TONE_HZ * at / SAMPLE_RATE);
  const pcm = new Uint8Array(samples.buffer);
  const head = wavHead(SAMPLE_RATE, pcm.length);
  const file = new Uint8Array(head.length + pcm.length);
  file.set(head);
  file.set(pcm, head.length);
  return file;
}
