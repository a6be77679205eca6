/** How many files and connections june-load may open here. */
import { parseOpenFilesLimit, parsePortRange } from "./proc.ts";

/** Limits of this process and machine; null where they cannot be read, as elsewhere than on Linux. */
export interface MachineLimits {
  /** Files and connections that this process may have open; Infinity: no limit. */
  descriptors: number | null;
  /** Those open now. */
  open: number | null;
  /** Local ports for connections to one address. */
  ports: number | null;
}

/** Reads the limits. */
export function readLimits(): MachineLimits {
  return {
    descriptors: known(() => parseOpenFilesLimit(Deno.readTextFileSync("/proc/self/limits"))),
    // The listing itself is open meanwhile.
    open: known(() => [...Deno.readDirSync("/proc/self/fd")].length - 1),
    ports: known(() => parsePortRange(Deno.readTextFileSync("/proc/sys/net/ipv4/ip_local_port_range"))),
  };
}

function known(read: () => number | null): number | null {
  try {
    return read();
  } catch {
    return null;
  }
}
