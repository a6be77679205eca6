/** Energy of the processors, from RAPL's counters in /sys/class/powercap. Only root may read them since Linux 5.10. */
import type { HostSources } from "./sources.ts";

const ROOT = "/sys/class/powercap";
/** More packages, and memories of them, than a machine has. */
const ZONES_MAX = 64;

interface Zone {
  folder: string;
  /** Where the counter begins anew; microjoules. */
  range_uj: number;
  before_uj: number;
}

/**
 * Makes a reader of joules since it was made: of all packages and their memory (DRAM), which a package does not contain.
 * Null where no counter can be read.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const files: Record<string, string> = {
 *   "/sys/class/powercap/intel-rapl:0/name": "package-0\n",
 *   "/sys/class/powercap/intel-rapl:0/max_energy_range_uj": "1000000\n",
 *   "/sys/class/powercap/intel-rapl:0/energy_uj": "900000\n",
 * };
 * const listNames = () => ["intel-rapl", "intel-rapl:0"];
 * const readText = (path: string) => files[path] ?? null;
 * const read = createEnergyReader({ readText, listNames });
 * files["/sys/class/powercap/intel-rapl:0/energy_uj"] = "150000\n"; // it began anew
 * assert.equal(read(), 0.25);
 * ```
 */
export function createEnergyReader(sources: Pick<HostSources, "readText" | "listNames">): () => number | null {
  const number = (path: string) => {
    const text = sources.readText(path)?.trim() ?? "";
    return /^\d{1,16}$/.test(text) ? Number(text) : null;
  };
  const zones = (sources.listNames?.(ROOT) ?? []).filter((name) => /^[\w-]+(:\d+){1,2}$/.test(name)).slice(0, ZONES_MAX)
    .flatMap((name): Zone[] => {
      const folder = `${ROOT}/${name}`;
      // Cores and graphics are parts of a package, and psys contains all.
      if (!/^(?:package-\d+|dram)$/.test(sources.readText(`${folder}/name`)?.trim() ?? "")) return [];
      // The same counter by another interface would count twice.
      if (name.startsWith("intel-rapl-mmio")) return [];
      const [range_uj, before_uj] = [number(`${folder}/max_energy_range_uj`), number(`${folder}/energy_uj`)];
      return range_uj === null || before_uj === null ? [] : [{ folder, range_uj, before_uj }];
    });
  let usedMicrojoules = 0;
  return () => {
    for (const zone of zones) {
      const nowMicrojoules = number(`${zone.folder}/energy_uj`);
      if (nowMicrojoules === null) return null;
      usedMicrojoules += nowMicrojoules - zone.before_uj + (nowMicrojoules < zone.before_uj ? zone.range_uj : 0);
      zone.before_uj = nowMicrojoules;
    }
    return zones.length === 0 ? null : usedMicrojoules / 1e6;
  };
}
