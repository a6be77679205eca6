/** Parsers of Linux's /proc and cgroup v2 files. Pure: text in, numbers out, null where the text lacks them. */

/** Processor time since boot, all cores together, in clock ticks. */
export interface CpuTimes {
  busy: number;
  /** The part of `busy` that the hypervisor gave to others; null on kernels that do not tell it. */
  stolen: number | null;
  total: number;
}

/**
 * Reads the first line of /proc/stat. Idle and iowait are not busy; time stolen by the hypervisor is, because this
 * machine could not use it. Guest time is already part of user time.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.deepEqual(parseCpuTimes("cpu  40 0 10 45 0 0 0 5\ncpu0 40 0 10 45"), { busy: 55, stolen: 5, total: 100 });
 * assert.equal(parseCpuTimes("no such line"), null);
 * ```
 */
export function parseCpuTimes(stat: string): CpuTimes | null {
  const line = /^cpu +([\d ]+)$/m.exec(stat);
  const ticks = line?.[1]?.trim().split(/ +/).map(Number) ?? [];
  if (ticks.length < 4) return null;
  const [user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softIrq = 0] = ticks;
  const stolen = ticks[7] ?? null;
  const busy = user + nice + system + irq + softIrq + (stolen ?? 0);
  return { busy, stolen, total: busy + idle + iowait };
}

/**
 * Share of the time between two readings, 0 to 100; null when no time has passed. iowait may run backwards, hence the
 * clamp.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const before = { busy: 50, stolen: 0, total: 100 };
 * assert.equal(cpuPercent("busy", before, { busy: 80, stolen: 4, total: 140 }), 75);
 * assert.equal(cpuPercent("stolen", before, { busy: 80, stolen: 4, total: 140 }), 10);
 * ```
 */
export function cpuPercent(of: "busy" | "stolen", before: CpuTimes, after: CpuTimes): number | null {
  const total = after.total - before.total;
  const [from, to] = [before[of], after[of]];
  if (total <= 0 || from === null || to === null) return null;
  return Math.min(100, Math.max(0, 100 * (to - from) / total));
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

/**
 * Page cache of memory.stat that the kernel reclaims first; it counts as used but is not needed. Version 1 has it apart
 * from that of the groups inside.
 */
export function parseInactiveFile(memoryStat: string): number {
  return field(memoryStat, "total_inactive_file") ?? field(memoryStat, "inactive_file") ?? 0;
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

/** The first and the last port that /proc/sys/net/ipv4/ip_local_port_range names; null where it cannot be read. */
export function parsePortRange(range: string): { first: number; last: number } | null {
  const found = /^(\d+)\s+(\d+)\s*$/.exec(range);
  return found === null ? null : { first: Number(found[1]), last: Number(found[2]) };
}

/**
 * The path of this process in the version 1 hierarchy of a controller (a line like `4:cpu,cpuacct:/pod`), or null.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.equal(parseOldCgroupPath("4:cpu,cpuacct:/pod\n0::/\n", "cpu"), "/pod");
 * assert.equal(parseOldCgroupPath("0::/\n", "cpu"), null);
 * ```
 */
export function parseOldCgroupPath(cgroup: string, controller: string): string | null {
  const lines = [...cgroup.matchAll(/^\d+:([^:]+):(\/.*)$/gm)];
  return lines.find(([, names = ""]) => names.split(",").includes(controller))?.[2] ?? null;
}

/**
 * Cores that cpu.max (`150000 100000`) lets a cgroup use; null for `max`, which is no limit.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.equal(parseCpuMax("150000 100000\n"), 1.5);
 * assert.equal(parseCpuMax("max 100000\n"), null);
 * ```
 */
export function parseCpuMax(text: string): number | null {
  const found = /^(\d+) (\d+)$/.exec(text.trim());
  return found === null || Number(found[2]) === 0 ? null : Number(found[1]) / Number(found[2]);
}

/** How often a cgroup with a limit on its processor time was held back, since it was made. */
export interface ThrottleCounts {
  /** Time slices in which it ran, of 100 ms by default. */
  periods: number;
  /** Those in which its time was used up and it had to wait for the next. */
  throttled: number;
}

/** Reads nr_periods and nr_throttled of cpu.stat, which both versions have. */
export function parseThrottleCounts(cpuStat: string): ThrottleCounts | null {
  const periods = field(cpuStat, "nr_periods");
  const throttled = field(cpuStat, "nr_throttled");
  return periods === null || throttled === null ? null : { periods, throttled };
}

/**
 * Pages read from and written to swap since boot, from /proc/vmstat.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.equal(parseSwappedPages("pswpin 30\npswpout 12\n"), 42);
 * assert.equal(parseSwappedPages("pgfault 7\n"), null);
 * ```
 */
export function parseSwappedPages(vmstat: string): number | null {
  const [read, written] = [field(vmstat, "pswpin"), field(vmstat, "pswpout")];
  return read === null || written === null ? null : read + written;
}

/**
 * Page faults of a process that had to wait for a disk, since its start: field 12 of /proc/self/stat.
 *
 * @example The name of a process may hold anything.
 * ```ts
 * import assert from "node:assert/strict";
 * assert.equal(parseMajorFaults("7 (a ) b) S 1 7 7 0 -1 4194304 500 0 33 0 9 9"), 33);
 * assert.equal(parseMajorFaults(""), null);
 * ```
 */
export function parseMajorFaults(stat: string): number | null {
  const after = stat.slice(stat.lastIndexOf(")") + 1).trim().split(" ");
  const faults = Number(after[9]);
  return after.length > 9 && Number.isInteger(faults) ? faults : null;
}

/** One line `name 123`. */
function field(text: string, name: string): number | null {
  const found = new RegExp(`^${name} (\\d+)$`, "m").exec(text);
  return found === null ? null : Number(found[1]);
}
