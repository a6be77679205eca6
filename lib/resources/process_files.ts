/** Parsers of what Linux says of single processes. Pure: text in, numbers out, null where the text lacks them. */

/** A process as /proc/<pid>/stat has it. */
export interface ProcessStat {
  name: string;
  parent: number;
  /** Processor time used since its start, in ticks of 10 ms. */
  ticks: number;
  /** Ticks after boot at which it started: with the pid it names one process. */
  started: number;
}

/**
 * Reads /proc/<pid>/stat; null of a zombie, which has ended.
 *
 * @example The name of a process may hold anything.
 * ```ts
 * import assert from "node:assert/strict";
 * const stat = "7 (a ) b) S 1 7 7 0 -1 4194304 500 0 33 0 9 5 0 0 20 0 4 0 12345 1000 50";
 * assert.deepEqual(parseProcessStat(stat), { name: "a ) b", parent: 1, ticks: 14, started: 12345 });
 * ```
 */
export function parseProcessStat(stat: string): ProcessStat | null {
  const [from, to] = [stat.indexOf("("), stat.lastIndexOf(")")];
  const after = stat.slice(to + 1).trim().split(" ");
  const [parent, user, system, started] = [after[1], after[11], after[12], after[19]].map(numberOf) as ProcessNumbers;
  if (from < 0 || to < from || after[0] === "Z" || after[0] === "X") return null;
  if (parent === null || user === null || system === null || started === null) return null;
  return { name: stat.slice(from + 1, to).slice(0, 64), parent, ticks: user + system, started };
}

/** Resident memory and threads, from /proc/<pid>/status. */
export function parseProcessStatus(status: string): { memory_bytes: number; threads: number } | null {
  const memory = numberOf(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]);
  const threads = numberOf(/^Threads:\s+(\d+)$/m.exec(status)?.[1]);
  return memory === null || threads === null ? null : { memory_bytes: memory * 1024, threads };
}

/** The last part of the path of the program, from /proc/<pid>/cmdline, whose words end with a NUL. */
export function parseProgram(cmdline: string): string {
  return (cmdline.slice(0, 4096).split("\0")[0] ?? "").split("/").at(-1) ?? "";
}

/**
 * Sockets that listen on a port, by their inodes, from /proc/net/tcp and tcp6.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const line = "0: 0100007F:C384 00000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 4711 1 0 100 0 0 10 0";
 * assert.deepEqual(parseListeners(line, 50052), ["4711"]);
 * ```
 */
export function parseListeners(tcp: string, port: number): string[] {
  const end = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  return tcp.split("\n").map((line) => line.trim().split(/\s+/)).flatMap((columns) => {
    const [, local = "", , state, , , , , , inode = ""] = columns;
    return state === "0A" && local.endsWith(end) && /^\d+$/.test(inode) ? [inode] : [];
  });
}

/** Processes that the kernel killed in a control group for lack of memory: memory.events, or memory.oom_control. */
export function parseOomKills(text: string): number | null {
  return numberOf(/^oom_kill (\d+)$/m.exec(text)?.[1]);
}

type ProcessNumbers = [number | null, number | null, number | null, number | null];

function numberOf(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,16}$/.test(text) ? Number(text) : null;
}
