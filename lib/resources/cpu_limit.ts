/** Limits on processor time: the cgroups around this process, and how often they held it back. */
import { CGROUP_ROOT, groupFolders } from "./cgroup.ts";
import {
  parseCgroupNumber,
  parseCgroupPath,
  parseCpuMax,
  parseOldCgroupPath,
  parseThrottleCounts,
  type ThrottleCounts,
} from "./proc.ts";
import type { HostSources } from "./sources.ts";

/** What limits on processor time did since the reading before. */
export interface CpuLimitReading {
  /** Cores of the tightest limit; null: none, or none that can be read. */
  cpu_limit_cores: number | null;
  /** Share of time slices in which it was held back, 0 to 100; 0 without a limit, null where that cannot be read. */
  throttled_percent: number | null;
}

type Sources = Pick<HostSources, "readText">;

/** One cgroup. */
interface Group {
  folder: string;
  /** Cores that it may use now; null: no limit. */
  coresOf(): number | null;
}

/**
 * Makes a reader. Several groups around a process may have a limit: each may hold it back, so the worst counts.
 *
 * @example A container of 1.5 cores that was held back in three of twelve time slices.
 * ```ts
 * import assert from "node:assert/strict";
 * const files: Record<string, string> = {
 *   "/proc/self/cgroup": "0::/",
 *   "/sys/fs/cgroup/cpu.max": "150000 100000",
 *   "/sys/fs/cgroup/cpu.stat": "nr_periods 0\nnr_throttled 0\n",
 * };
 * const read = createCpuLimitReader({ readText: (path) => files[path] ?? null });
 * assert.deepEqual(read(), { cpu_limit_cores: 1.5, throttled_percent: null }); // a share needs two readings
 * files["/sys/fs/cgroup/cpu.stat"] = "nr_periods 12\nnr_throttled 3\n";
 * assert.deepEqual(read(), { cpu_limit_cores: 1.5, throttled_percent: 25 });
 * ```
 */
export function createCpuLimitReader(sources: Sources): () => CpuLimitReading {
  const groups = findGroups(sources);
  // Without any file nobody knows; a limit may be set while the run goes on.
  if (groups.every(({ folder }) => sources.readText(`${folder}/cpu.stat`) === null)) {
    return () => ({ cpu_limit_cores: null, throttled_percent: null });
  }
  const readers = groups.map(({ folder, coresOf }) => ({ coresOf, throttled: throttleReader(sources, folder) }));
  return () => {
    const read = readers.map(({ coresOf, throttled }) => ({ cores: coresOf(), share: throttled() }));
    const limits = read.flatMap(({ cores, share }) => cores === null ? [] : [{ cores, share }]);
    if (limits.length === 0) return { cpu_limit_cores: null, throttled_percent: 0 };
    const shares = limits.map(({ share }) => share).filter((share) => share !== null);
    return {
      cpu_limit_cores: Math.min(...limits.map(({ cores }) => cores)),
      throttled_percent: shares.length === 0 ? null : Math.max(...shares),
    };
  };
}

function throttleReader(sources: Sources, folder: string): () => number | null {
  let before: ThrottleCounts | null = null;
  return () => {
    const now = parseThrottleCounts(sources.readText(`${folder}/cpu.stat`) ?? "");
    const last = before;
    before = now;
    if (now === null || last === null) return null;
    const periods = now.periods - last.periods;
    return periods <= 0 ? 0 : Math.min(100, 100 * (now.throttled - last.throttled) / periods);
  };
}

/** The group of this process and those around it, in either version; none where that is not known. */
function findGroups(sources: Sources): Group[] {
  const readText = (path: string) => sources.readText(path);
  const own = readText("/proc/self/cgroup") ?? "";
  const old = parseOldCgroupPath(own, "cpu");
  if (old !== null) {
    return groupFolders(`${CGROUP_ROOT}/cpu`, old).map((folder) => ({
      folder,
      coresOf: () => oldLimit(readText, folder),
    }));
  }
  const path = parseCgroupPath(own);
  return path === null ? [] : groupFolders(CGROUP_ROOT, path).map((folder) => ({
    folder,
    coresOf: () => parseCpuMax(readText(`${folder}/cpu.max`) ?? ""),
  }));
}

/** Version 1 has the quota, -1 for none, and the period in a file each. */
function oldLimit(readText: HostSources["readText"], folder: string): number | null {
  const quota_us = parseCgroupNumber(readText(`${folder}/cpu.cfs_quota_us`) ?? "");
  const period_us = parseCgroupNumber(readText(`${folder}/cpu.cfs_period_us`) ?? "");
  return quota_us === null || period_us === null || period_us === 0 ? null : quota_us / period_us;
}
