/** Parsers of Linux's /proc and cgroup v2 files. Pure: text in, numbers out, null where the text lacks them. */

/** Processor time since boot, all cores together, in clock ticks. */
export interface CpuTimes {
  busy: number;
  total: number;
}

/**
 * Reads the first line of /proc/stat. Idle and iowait are not busy; time stolen by the hypervisor is, because this
 * machine could not use it. Guest time is already part of user time.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.deepEqual(parseCpuTimes("cpu  40 0 10 50 0 0 0 0\ncpu0 40 0 10 50"), { busy: 50, total: 100 });
 * assert.equal(parseCpuTimes("no such line"), null);
 * ```
 */
export function parseCpuTimes(stat: string): CpuTimes | null {
  const line = /^cpu +([\d ]+)$/m.exec(stat);
  const ticks = line?.[1]?.trim().split(/ +/).map(Number) ?? [];
  if (ticks.length < 4) return null;
  const [user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softIrq = 0, steal = 0] = ticks;
  const busy = user + nice + system + irq + softIrq + steal;
  return { busy, total: busy + idle + iowait };
}

/**
 * Busy share between two readings, 0 to 100; null when no time has passed. iowait may run backwards, hence the clamp.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.equal(busyPercent({ busy: 50, total: 100 }, { busy: 80, total: 140 }), 75);
 * ```
 */
export function busyPercent(before: CpuTimes, after: CpuTimes): number | null {
  const total = after.total - before.total;
  if (total <= 0) return null;
  return Math.min(100, Math.max(0, 100 * (after.busy - before.busy) / total));
}

/** Memory of the machine, in bytes. */
export interface MemoryInfo {
  total_bytes: number;
  available_bytes: number;
}

/**
 * Reads MemTotal and MemAvailable of /proc/meminfo; null on kernels before 3.14, which lack the second.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.deepEqual(parseMemoryInfo("MemTotal:       2048 kB\nMemAvailable:   1024 kB\n"), {
 *   total_bytes: 2 ** 21,
 *   available_bytes: 2 ** 20,
 * });
 * ```
 */
export function parseMemoryInfo(meminfo: string): MemoryInfo | null {
  const total_bytes = kibibytes(meminfo, "MemTotal");
  const available_bytes = kibibytes(meminfo, "MemAvailable");
  return total_bytes === null || available_bytes === null ? null : { total_bytes, available_bytes };
}

function kibibytes(meminfo: string, name: string): number | null {
  const found = new RegExp(`^${name}: +(\\d+) kB$`, "m").exec(meminfo);
  return found === null ? null : Number(found[1]) * 1024;
}

/** The cgroup v2 path of /proc/self/cgroup (the line `0::/path`), or null where only version 1 is in use. */
export function parseCgroupPath(cgroup: string): string | null {
  return /^0::(\/.*)$/m.exec(cgroup)?.[1] ?? null;
}

/** A file with one number (memory.max, memory.current); null for `max`, which means no limit. */
export function parseCgroupNumber(text: string): number | null {
  return /^\d+$/.test(text.trim()) ? Number(text) : null;
}

/** Page cache of memory.stat that the kernel reclaims first; it counts as used but is not needed. */
export function parseInactiveFile(memoryStat: string): number {
  return Number(/^inactive_file (\d+)$/m.exec(memoryStat)?.[1] ?? 0);
}

/**
 * The limit on open files and connections of /proc/self/limits; Infinity: unlimited, null where the line is missing.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.equal(parseOpenFilesLimit("Max open files            1024                 524288               files"), 1024);
 * ```
 */
export function parseOpenFilesLimit(limits: string): number | null {
  const found = /^Max open files +(\d+|unlimited)/m.exec(limits)?.[1];
  return found === undefined ? null : found === "unlimited" ? Infinity : Number(found);
}

/** How many ports /proc/sys/net/ipv4/ip_local_port_range names; null where it cannot be read. */
export function parsePortRange(range: string): number | null {
  const found = /^(\d+)\s+(\d+)\s*$/.exec(range);
  return found === null ? null : Math.max(0, Number(found[2]) - Number(found[1]) + 1);
}
