/** Samples the machine beside a run: host and june-load itself from /proc, GPUs from nvidia-smi. */
import type { ProcessPlan, RemotePlan } from "../plan/plan.ts";
import type { ResourceNote, ResourceSample } from "../measure/resource.ts";
import { createHostReader } from "./host.ts";
import { Containers } from "./containers.ts";
import { type GpuSampler, startGpuSampler } from "./gpu/nvidia_smi.ts";
import { Place } from "./program/place.ts";
import { REMOTE_TIMES, type RemoteTimes, startRemoteHost } from "./remote/remote_host.ts";
import { createProcessReader } from "./process_reader.ts";
import { type HostSources, SYSTEM_SOURCES } from "./sources.ts";

/** What to sample, and the receivers of readings. */
export interface SamplerOptions {
  cpu: boolean;
  memory: boolean;
  gpu: boolean;
  /** GPUs to read, by index, UUID or PCI bus id; default all. */
  gpus?: readonly string[];
  /** Services on this machine to read. */
  processes?: readonly ProcessPlan[];
  /** Other machines to read. */
  remote?: readonly RemotePlan[];
  /** Time between readings; 500 to 1000 ms suits the sensors of a GPU. */
  interval_ms: number;
  /** Monotonic clock of the run, in milliseconds since its start. */
  now_ms(): number;
  onSample(sample: ResourceSample): void;
  onNote(note: ResourceNote): void;
  /** Default: `nvidia-smi` on the PATH. */
  nvidiaSmiPath?: string;
  /** How long is waited for other machines. */
  remoteTimes?: Partial<RemoteTimes>;
  /** Default: the system's. */
  hostSources?: HostSources;
}

/** A running sampler. */
export interface Sampler {
  /** Resolves when everything has ended; no sample follows. */
  stop(): Promise<void>;
}

/**
 * Starts sampling; its failures never fail the run.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const samples: unknown[] = [];
 * const start_ms = performance.now();
 * const sampler = startSampler({
 *   cpu: true,
 *   memory: true,
 *   gpu: false,
 *   interval_ms: 20,
 *   now_ms: () => performance.now() - start_ms,
 *   onSample: (sample) => samples.push(sample.type),
 *   onNote() {},
 * });
 * await new Promise((resolve) => setTimeout(resolve, 200));
 * await sampler.stop();
 * assert.equal(samples[0], "host");
 * ```
 */
export function startSampler(options: SamplerOptions): Sampler {
  const wantsHost = options.cpu || options.memory || (options.processes ?? []).length > 0;
  const containers = new Containers();
  const sources = options.hostSources ?? { ...SYSTEM_SOURCES, container: (name) => containers.find(name) };
  const stopHost = wantsHost ? startHostSampler(options, sources) : () => {};
  const board = sources.readText("/proc/device-tree/model")?.replaceAll("\0", "") ??
    null;
  const gpu: GpuSampler | null = options.gpu
    ? startGpuSampler({ ...options, program: options.nvidiaSmiPath ?? "nvidia-smi", board })
    : null;
  const others = (options.remote ?? []).map((plan) => startRemote(options, plan));
  return {
    stop: async () => {
      stopHost();
      await Promise.all([containers.stop(), gpu?.stop(), ...others.map((one) => one.stop())]);
    },
  };
}

/** All that is read of another machine. */
function startRemote(
  options: SamplerOptions,
  { name, via, gpu, gpus, cpu, memory, processes = [] }: RemotePlan,
): Sampler {
  const { interval_ms, now_ms, onSample, onNote, remoteTimes: times = {} } = options;
  const place = new Place(name, via, now_ms, onNote);
  const common = { place, interval_ms, now_ms, onSample };
  const running: Sampler[] = [];
  if (cpu || memory || processes.length > 0) {
    running.push(startRemoteHost({ ...common, times, cpu, memory, processes }));
  }
  if (gpu) {
    const which = gpus === undefined ? {} : { gpus };
    const { connect_ms, retry_ms, retry_max_ms } = { ...REMOTE_TIMES, ...times };
    const waits = { list_ms: connect_ms, retry_ms, retry_max_ms };
    running.push(startGpuSampler({ ...common, ...which, times: waits, onNote, program: "nvidia-smi" }));
  }
  return {
    stop: async () => {
      await Promise.all(running.map((one) => one.stop()));
      place.tally.end();
    },
  };
}

/** Reads at start + n * interval, so that late timers do not accumulate. */
function startHostSampler(options: SamplerOptions, sources: HostSources): () => void {
  const { interval_ms, now_ms } = options;
  const read = createHostReader(options, sources);
  const { processes = [], onNote } = options;
  const readProcesses = createProcessReader(processes, sources, onNote);
  const start_ms = now_ms();
  if (processes.length > 0) readProcesses.read(start_ms);
  noteUnreadable(options, read(start_ms).memory_used_bytes === null, start_ms);
  let timer: ReturnType<typeof setTimeout>;
  let ticks = 0;
  const plan = () => {
    const passed_ms = now_ms() - start_ms;
    ticks = Math.max(ticks + 1, Math.ceil(passed_ms / interval_ms));
    timer = setTimeout(tick, ticks * interval_ms - passed_ms);
  };
  const tick = () => {
    const t_ms = now_ms();
    options.onSample({ ...read(t_ms), ...(processes.length > 0 && { processes: readProcesses.read(t_ms) }) });
    plan();
  };
  plan();
  return () => clearTimeout(timer);
}

function noteUnreadable(options: SamplerOptions, memoryMissing: boolean, t_ms: number): void {
  const sources = options.hostSources ?? SYSTEM_SOURCES;
  if (options.cpu && sources.runtime === undefined && sources.readText("/proc/stat") === null) {
    options.onNote({
      t_ms,
      kind: "host_cpu_unreadable",
      text: "No CPU readings of this machine: /proc/stat cannot be read",
    });
  }
  if (options.memory && memoryMissing) {
    const text = "No memory readings of this machine: /proc/meminfo cannot be read";
    options.onNote({ t_ms, kind: "host_memory_unreadable", text });
  }
}
