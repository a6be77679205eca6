/** How many files and connections june-load may open here. */
import { readRegularTextSync } from "../base/regular_file.ts";
import { type LocalPorts, parseLocalPorts } from "./ports.ts";
import { parseOpenFilesLimit } from "./proc.ts";

/** Limits of this process and machine; null where they cannot be read, as elsewhere than on Linux. */
export interface MachineLimits {
  /** Files and connections that this process may have open; Infinity: no limit. */
  descriptors: number | null;
  /** Those open now. */
  open: number | null;
  /** Local ports for connections to one address. */
  ports: LocalPorts | null;
}

/** Reads the limits. */
export function readLimits(): MachineLimits {
  return {
    descriptors: known(() => parseOpenFilesLimit(Deno.readTextFileSync("/proc/self/limits"))),
    // The listing itself is open meanwhile.
    open: known(() => [...Deno.readDirSync("/proc/self/fd")].length - 1),
    ports: parseLocalPorts({
      range: read(`${NET}/ip_local_port_range`),
      reserved: read(`${NET}/ip_local_reserved_ports`),
      reuse: read(`${NET}/tcp_tw_reuse`),
      sockets: () => ["/proc/net/tcp", "/proc/net/tcp6"].map(read),
    }),
  };
}

const NET = "/proc/sys/net/ipv4";
/** Longest file of /proc that is read; bytes. A line of /proc/net/tcp has 150. */
const MAX_PROC_BYTES = 32 * 1024 * 1024;

const read = (path: string): string | null => known(() => readRegularTextSync(path, MAX_PROC_BYTES));

function known<Value>(read: () => Value | null): Value | null {
  try {
    return read();
  } catch {
    return null;
  }
}
