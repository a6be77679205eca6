/** Parsers of more of Linux's /proc files. Pure: text in, numbers out, null where the text lacks them. */
import { type CpuTimes, parseCpuTimes } from "./proc.ts";

/** More cores than a machine has. */
const CORES_MAX = 1024;
/** Lines of a file that are read. */
const LINES_MAX = 4096;

/** Processor time of each core, in the order of their lines in /proc/stat. */
export function parseCoreTimes(stat: string): CpuTimes[] {
  const lines = stat.split("\n", LINES_MAX).filter((line) => /^cpu\d+ /.test(line)).slice(0, CORES_MAX);
  return lines.map((line) => parseCpuTimes(line.replace(/^cpu\d+/, "cpu "))).filter((times) => times !== null);
}

/** The first number of /proc/loadavg. */
export function parseLoad(loadavg: string): number | null {
  const found = /^(\d+\.\d+) /.exec(loadavg)?.[1];
  return found === undefined ? null : Number(found);
}

/** Swap in use, from /proc/meminfo. */
export function parseSwapUsed(meminfo: string): number | null {
  const of = (name: string) => /^ +(\d+) kB$/.exec(lineOf(meminfo, `${name}:`) ?? "")?.[1];
  const [total, free] = [of("SwapTotal"), of("SwapFree")];
  return total === undefined || free === undefined ? null : Math.max(0, Number(total) - Number(free)) * 1024;
}

/** Bytes since boot. */
export interface Traffic {
  received: number;
  sent: number;
}

/** Interfaces inside the machine: what goes through them goes through another one, too, or nowhere. */
const INNER = /^(?:lo|veth|docker|br-|virbr|cni|flannel|cali|vxlan|ifb|dummy|tun|tap)/;

/**
 * Bytes through the interfaces that lead out of the machine, from /proc/net/dev.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const dev = "  lo: 9 1 0 0 0 0 0 0 9 1 0 0 0 0 0 0\neth0: 70 2 0 0 0 0 0 0 30 1 0 0 0 0 0 0\n";
 * assert.deepEqual(parseTraffic(dev), { received: 70, sent: 30 });
 * ```
 */
export function parseTraffic(dev: string): Traffic | null {
  const found: Traffic[] = [];
  for (const line of dev.split("\n", LINES_MAX)) {
    const [, name = "", numbers = ""] = /^ *([^:\s]{1,32}): *([\d ]+)$/.exec(line) ?? [];
    const columns = numbers.split(/ +/).map(Number);
    if (name === "" || INNER.test(name) || columns.length < 9) continue;
    found.push({ received: columns[0]!, sent: columns[8]! });
  }
  const sum = (of: keyof Traffic) => found.reduce((total, one) => total + one[of], 0);
  return found.length === 0 ? null : { received: sum("received"), sent: sum("sent") };
}

/** What disks did since boot. */
export interface DiskWork {
  read_bytes: number;
  written_bytes: number;
  /** How long each had something to do. */
  busy_ms: Map<string, number>;
}

/** Whole disks: their partitions, and what is made of them, count the same bytes again. */
const DISK = /^(?:[shv]d[a-z]{1,3}|xvd[a-z]{1,3}|nvme\d+n\d+|mmcblk\d+)$/;
const SECTOR_BYTES = 512;

/** Reads /proc/diskstats. */
export function parseDiskWork(diskstats: string): DiskWork | null {
  const work: DiskWork = { read_bytes: 0, written_bytes: 0, busy_ms: new Map() };
  for (const line of diskstats.split("\n", LINES_MAX)) {
    const columns = line.trim().split(/ +/);
    const [, , name = ""] = columns;
    const [read, written, busy] = [columns[5], columns[9], columns[12]].map(Number);
    if (!DISK.test(name) || ![read, written, busy].every(Number.isFinite)) continue;
    work.read_bytes += read! * SECTOR_BYTES;
    work.written_bytes += written! * SECTOR_BYTES;
    work.busy_ms.set(name, busy!);
  }
  return work.busy_ms.size === 0 ? null : work;
}

/** TCP segments that were sent again since boot, from the two lines `Tcp:` of /proc/net/snmp. */
export function parseRetransmits(snmp: string): number | null {
  const [names = [], values = []] = snmp.split("\n", LINES_MAX).filter((line) => line.startsWith("Tcp: "))
    .map((line) => line.split(" "));
  return numberOf(values[names.indexOf("RetransSegs")]);
}

/** Sockets in use, and TCP connections in TIME_WAIT, from /proc/net/sockstat. */
export function parseSockets(sockstat: string): { used: number; time_wait: number } | null {
  const used = numberOf(/^ used (\d+)/.exec(lineOf(sockstat, "sockets:") ?? "")?.[1]);
  const time_wait = numberOf(/ tw (\d+)/.exec(lineOf(sockstat, "TCP:") ?? "")?.[1]);
  return used === null || time_wait === null ? null : { used, time_wait };
}

/** Open files of the whole machine: the first number of /proc/sys/fs/file-nr. */
export function parseOpenFiles(fileNr: string): number | null {
  return numberOf(/^(\d+)\s/.exec(fileNr)?.[1]);
}

/** A temperature in thousandths of a degree, as the kernel writes it; null where no sensor would say so. */
export function parseTemperature(text: string): number | null {
  const found = /^-?\d{1,6}$/.exec(text.trim());
  const celsius = found === null ? NaN : Number(found[0]) / 1000;
  return celsius > -50 && celsius < 200 ? celsius : null;
}

/** What one thread or process is called and has used: fields 2, 14 and 15 of its stat, in ticks of 10 ms. */
export function parseTaskTime(stat: string): { name: string; ticks: number } | null {
  const [from, to] = [stat.indexOf("("), stat.lastIndexOf(")")];
  const after = stat.slice(to + 1).trim().split(" ");
  const [user, system] = [numberOf(after[11]), numberOf(after[12])];
  if (from < 0 || to < from || user === null || system === null) return null;
  return { name: stat.slice(from + 1, to).slice(0, 64), ticks: user + system };
}

function lineOf(text: string, start: string): string | null {
  const line = text.split("\n", LINES_MAX).find((one) => one.startsWith(start));
  return line === undefined ? null : line.slice(start.length);
}

function numberOf(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,20}$/.test(text) ? Number(text) : null;
}
