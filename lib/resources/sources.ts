/** Where readings of the host come from. */
import process from "node:process";

/** Sources of readings; tests pass their own. */
export interface HostSources {
  /** Text of a file, or null where it cannot be read. */
  readText(path: string): string | null;
  /** Resident memory of this process; null where it cannot be read. */
  ownMemory_bytes(): number | null;
  /** Processor time this process has used since its start, workers included. */
  ownCpu_us(): number;
}

/** The real sources. /proc exists on Linux only; elsewhere the host's own numbers are null. */
export const SYSTEM_SOURCES: HostSources = {
  readText(path) {
    try {
      return Deno.readTextFileSync(path);
    } catch {
      return null;
    }
  },
  // Deno says 0 where it cannot open /proc/self/statm.
  ownMemory_bytes: () => Deno.memoryUsage().rss || null,
  ownCpu_us: () => {
    const { user, system } = process.cpuUsage();
    return user + system;
  },
};
