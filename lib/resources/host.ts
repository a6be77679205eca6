/** Reads the host's and june-load's own processor and memory use. */
import type { HostSample } from "../measure/resource.ts";
import { CGROUP_ROOT, groupFolders } from "./cgroup.ts";
import { createCpuLimitReader } from "./cpu_limit.ts";
import { createMachineReader } from "./machine_reader.ts";
import {
  cpuPercent,
  type CpuTimes,
  parseCgroupNumber,
  parseCgroupPath,
  parseCpuTimes,
  parseInactiveFile,
  parseMajorFaults,
  parseMemoryInfo,
  parseOldCgroupPath,
  parseSwappedPages,
} from "./proc.ts";
import { type HostSources, SYSTEM_SOURCES } from "./sources.ts";

/** What a host reader reads; the rest stays null. */
export interface HostWants {
  cpu: boolean;
  memory: boolean;
}

/**
 * Makes a reader. CPU shares cover the time since the previous reading, so the first reading has none.
 *
 * @returns a function of the reading's time, on a clock that never runs backwards.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * let stat = "cpu  0 0 0 100";
 * const sources = {
 *   readText: (path: string) => path === "/proc/stat" ? stat : null,
 *   ownMemory_bytes: () => 1e6,
 *   ownCpu_us: () => 0,
 * };
 * const read = createHostReader({ cpu: true, memory: false }, sources);
 * assert.equal(read(0).cpu_percent, null); // a share needs two readings
 * stat = "cpu  30 0 0 170";
 * assert.equal(read(1000).cpu_percent, 30);
 * ```
 */
export function createHostReader(
  wants: HostWants,
  sources: HostSources = SYSTEM_SOURCES,
): (t_ms: number) => HostSample {
  const cpuShares = wants.cpu ? createCpuReader(sources) : () => NO_SHARES;
  const cpuLimit = wants.cpu ? createCpuLimitReader(sources) : () => NO_LIMIT;
  const swapped = wants.memory ? rateOf(() => parseSwappedPages(sources.readText("/proc/vmstat") ?? "")) : () => null;
  const faults = wants.memory ? rateOf(() => parseMajorFaults(sources.readText("/proc/self/stat") ?? "")) : () => null;
  const limited = wants.memory ? findMemoryLimit(sources) : null;
  const machine = wants.cpu || wants.memory ? createMachineReader(sources) : () => ({});
  return (t_ms) => {
    const memory = wants.memory ? readMemory(sources, limited) : null;
    return {
      type: "host",
      t_ms,
      ...cpuShares(t_ms),
      ...cpuLimit(),
      memory_used_bytes: memory?.used_bytes ?? null,
      memory_total_bytes: memory?.total_bytes ?? null,
      swapped_pages_per_s: swapped(t_ms),
      own_major_faults_per_s: faults(t_ms),
      own_memory_bytes: wants.memory ? sources.ownMemory_bytes() : null,
      ...machine(t_ms),
    };
  };
}

type CpuShares = Record<"cpu_percent" | "steal_percent" | "own_cpu_percent", number | null>;
const NO_SHARES: CpuShares = { cpu_percent: null, steal_percent: null, own_cpu_percent: null };
const NO_LIMIT = { cpu_limit_cores: null, throttled_percent: null };

function createCpuReader(sources: HostSources): (t_ms: number) => CpuShares {
  let before: { t_ms: number; host: CpuTimes | null; own_us: number | null } | null = null;
  return (t_ms) => {
    const stat = sources.readText("/proc/stat");
    const host = stat === null ? timesOfCores(sources) : parseCpuTimes(stat);
    const now = { t_ms, host, own_us: sources.ownCpu_us() };
    const last = before;
    before = now;
    if (last === null) return NO_SHARES;
    const passed_us = (t_ms - last.t_ms) * 1000;
    const share = (of: "busy" | "stolen") =>
      last.host !== null && now.host !== null ? cpuPercent(of, last.host, now.host) : null;
    return {
      cpu_percent: share("busy"),
      steal_percent: share("stolen"),
      own_cpu_percent: now.own_us !== null && last.own_us !== null && passed_us > 0
        ? 100 * (now.own_us - last.own_us) / passed_us
        : null,
    };
  };
}

/** All cores together, as the runtime counts them. */
function timesOfCores({ runtime }: HostSources): CpuTimes | null {
  const cores = runtime?.cores() ?? [];
  const sum = (of: "busy" | "total") => cores.reduce((total, core) => total + core[of], 0);
  return cores.length === 0 ? null : { busy: sum("busy"), stolen: null, total: sum("total") };
}

/** How fast a counter rose since the reading before, per second; null where either could not be read. */
function rateOf(count: () => number | null): (t_ms: number) => number | null {
  let before: { t_ms: number; count: number | null } | null = null;
  return (t_ms) => {
    const now = { t_ms, count: count() };
    const last = before;
    before = now;
    if (last === null || last.count === null || now.count === null || t_ms <= last.t_ms) return null;
    return (now.count - last.count) / (t_ms - last.t_ms) * 1000;
  };
}

interface MemoryUse {
  used_bytes: number;
  total_bytes: number;
}

/** In a limited cgroup a run fails at the cgroup's limit, not at the machine's memory. */
function readMemory(sources: HostSources, limit: MemoryLimit | null): MemoryUse | null {
  const machine = parseMemoryInfo(sources.readText("/proc/meminfo") ?? "") ?? sources.runtime?.memory() ?? null;
  const current = limit && parseCgroupNumber(sources.readText(limit.use) ?? "");
  if (limit !== null && current !== null && (machine === null || limit.limit_bytes < machine.total_bytes)) {
    const cache_bytes = parseInactiveFile(sources.readText(`${limit.folder}/memory.stat`) ?? "");
    return { used_bytes: Math.max(0, current - cache_bytes), total_bytes: limit.limit_bytes };
  }
  return machine && { used_bytes: machine.total_bytes - machine.available_bytes, total_bytes: machine.total_bytes };
}

interface MemoryLimit {
  folder: string;
  /** The file that says how much is in use. */
  use: string;
  limit_bytes: number;
}

/** The files of a limit, and of what is in use, in each version of cgroups. */
const LIMIT_FILES = { new: ["memory.max", "memory.current"], old: ["memory.limit_in_bytes", "memory.usage_in_bytes"] };
/** Version 1 writes "no limit" as a number that no machine has. */
const NO_LIMIT_BYTES = 2 ** 60;

/** The tightest limit on the memory of this process's cgroup and the groups around it. */
function findMemoryLimit(sources: HostSources): MemoryLimit | null {
  const own = sources.readText("/proc/self/cgroup") ?? "";
  const old = parseOldCgroupPath(own, "memory");
  const path = old ?? parseCgroupPath(own);
  if (path === null) return null;
  const [limitFile, useFile] = old === null ? LIMIT_FILES.new : LIMIT_FILES.old;
  let tightest: MemoryLimit | null = null;
  for (const folder of groupFolders(old === null ? CGROUP_ROOT : `${CGROUP_ROOT}/memory`, path)) {
    const limit_bytes = parseCgroupNumber(sources.readText(`${folder}/${limitFile}`) ?? "");
    if (limit_bytes !== null && limit_bytes < (tightest?.limit_bytes ?? NO_LIMIT_BYTES)) {
      tightest = { folder, use: `${folder}/${useFile}`, limit_bytes };
    }
  }
  return tightest;
}
