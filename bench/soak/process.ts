/** What one process holds, read from outside. Linux. Source: proc(5). */

/** One reading. */
export interface Sample {
  /** Since june-load was started. */
  t_s: number;
  rss_bytes: number;
  descriptors: number;
  /** User and system time so far. */
  cpu_s: number;
}

/** Ticks of processor time a second, as Linux counts for user space. */
const TICKS_PER_S = 100;

/** Reads a process; null: it has ended. */
export async function readProcess(pid: number, t_s: number): Promise<Sample | null> {
  try {
    const [status, stat, files] = await Promise.all([
      Deno.readTextFile(`/proc/${pid}/status`),
      Deno.readTextFile(`/proc/${pid}/stat`),
      Array.fromAsync(Deno.readDir(`/proc/${pid}/fd`)),
    ]);
    const rss_kib = Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? NaN);
    // The name, which may hold blanks, ends at the last bracket.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const cpu_s = (Number(fields[11]) + Number(fields[12])) / TICKS_PER_S;
    return Number.isNaN(rss_kib) ? null : { t_s, rss_bytes: rss_kib * 1024, descriptors: files.length, cpu_s };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || /os error 3\)/.test(String(error))) return null;
    throw error;
  }
}
