/** Who has memory of which GPU: the rows of `nvidia-smi --query-compute-apps`. Pure. */
import type { GpuProcess } from "../../measure/resource.ts";

/** The columns, in their order. */
export const APP_FIELDS = "gpu_uuid,pid,process_name,used_gpu_memory";
/** Most processes kept of one GPU. */
const PROCESSES_MAX = 32;
/** More GPUs than a machine has. */
const GPUS_MAX = 64;
const MEBIBYTE = 1024 * 1024;

/**
 * Reads a row. Names may hold commas, so that the ends are read from both sides; null for any other text.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.deepEqual(parseApp("GPU-1c7d0f5e, 21198, python -c import os, sys, 2296 MiB"), {
 *   uuid: "GPU-1c7d0f5e",
 *   process: { pid: 21198, name: "python -c import os, sys", memory_used_bytes: 2296 * 2 ** 20 },
 * });
 * assert.equal(parseApp("No running processes found"), null);
 * ```
 */
export function parseApp(line: string): { uuid: string; process: GpuProcess } | null {
  const cells = line.split(",").map((cell) => cell.trim());
  const [uuid = "", pid = ""] = cells;
  if (cells.length < 4 || !/^(?:GPU|MIG)-[\w/-]{1,80}$/.test(uuid) || !/^\d{1,10}$/.test(pid)) return null;
  const used = /^(\d{1,10})(?: MiB)?$/.exec(cells.at(-1) ?? "")?.[1];
  const name = cells.slice(2, -1).join(", ").slice(0, 120);
  return {
    uuid,
    process: { pid: Number(pid), name, memory_used_bytes: used === undefined ? null : Number(used) * MEBIBYTE },
  };
}

/** The processes of the last look at each GPU. */
export class ComputeApps {
  #seen = new Map<string, GpuProcess[]>();

  /** Takes a line; anything but a row is ignored, since the main query tells what is wrong. */
  take(line: string): void {
    const app = parseApp(line);
    if (app === null) return;
    const processes = this.#seen.get(app.uuid) ?? [];
    if (this.#seen.size >= GPUS_MAX && processes.length === 0) return;
    this.#seen.set(app.uuid, processes);
    const at = processes.findIndex(({ pid }) => pid === app.process.pid);
    if (at >= 0) processes[at] = app.process;
    else if (processes.length < PROCESSES_MAX) processes.push(app.process);
  }

  /** The processes seen on a GPU since the last call for it, the largest first; undefined: none were. */
  of(uuid: string): GpuProcess[] | undefined {
    const processes = this.#seen.get(uuid);
    this.#seen.delete(uuid);
    return processes?.toSorted((a, b) => (b.memory_used_bytes ?? 0) - (a.memory_used_bytes ?? 0));
  }
}
