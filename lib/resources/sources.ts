/** Where readings of the host come from. */
import os from "node:os";
import process from "node:process";

/** Sources of readings; tests pass their own. */
export interface HostSources {
  /** Text of a file, or null where it cannot be read. */
  readText(path: string): string | null;
  /** Resident memory of this process; null where it cannot be read. */
  ownMemory_bytes(): number | null;
  /** Processor time this process has used since its start, workers included; null: it runs on another machine. */
  ownCpu_us(): number | null;
  /** Names in a folder, or null where it cannot be read. Absent: none can. */
  listNames?(path: string): string[] | null;
  /** Where a link leads, or null where it cannot be read. Absent: none can. */
  readLink?(path: string): string | null;
  /** Processes that have one of some sockets open. Absent: to be found through the links of their descriptors. */
  socketHolders?(inodes: readonly string[]): number[];
  /**
   * The first process of a running container, and its id; null: there is none, or nobody knows; undefined: that is being
   * asked. Absent: nobody knows.
   */
  container?(name: string): Container | null | undefined;
  /** What the runtime knows where /proc is missing. Absent: nothing. */
  runtime?: RuntimeSources;
}

/** A running container. */
export interface Container {
  pid: number;
  id: string;
}

/** Readings of the machine on any operating system. */
export interface RuntimeSources {
  /** Milliseconds since boot, core by core. */
  cores(): Array<{ busy: number; total: number }>;
  memory(): { total_bytes: number; available_bytes: number } | null;
  load_1m(): number | null;
}

const RUNTIME: RuntimeSources = {
  cores: () =>
    os.cpus().map(({ times: { user, nice, sys, idle, irq } }) => ({
      busy: user + nice + sys + irq,
      total: user + nice + sys + irq + idle,
    })),
  memory: () => {
    const [total_bytes, available_bytes] = [os.totalmem(), os.freemem()];
    return total_bytes > 0 ? { total_bytes, available_bytes } : null;
  },
  // Windows has none, and says 0.
  load_1m: () => Deno.build.os === "windows" ? null : os.loadavg()[0] ?? null,
};

/** The real sources. /proc exists on Linux only; elsewhere the runtime knows a little, and the rest is null. */
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
  listNames(path) {
    try {
      return Array.from(Deno.readDirSync(path), ({ name }) => name);
    } catch {
      return null;
    }
  },
  readLink(path) {
    try {
      return Deno.readLinkSync(path);
    } catch {
      return null;
    }
  },
  ...(Deno.build.os !== "linux" && { runtime: RUNTIME }),
};
