/** What may befall a load generator, planted from outside. */
import { type Group, makeGroup } from "./cgroups.ts";
import {
  amongBusyLoops,
  freeze,
  freezeOften,
  freezeThread,
  freezeThreadOften,
  NO_THREADS,
  pause,
  threadNamed,
} from "./processes.ts";

/** One fault, ready to be planted. */
export interface Planted {
  /** Words of a shell that run before june-load, in its process. */
  before?: string;
  act(tool: { pid: number; folder: string }): Promise<void>;
  /** Takes away what it needed. */
  remove?(): Promise<void>;
}

/** Makes a fault; a string: why this machine cannot have it. */
export type Fault = () => Planted | string;

/** How long a fault that is no single freeze lasts; milliseconds. */
const LASTS_MS = 3000;

const stopping = (act: (pid: number) => Promise<void>): Fault => () => ({ act: ({ pid }) => act(pid) });

const thread = (name: string | null, act: (tid: number) => Promise<void>): Fault => () =>
  NO_THREADS ?? {
    // The main thread has the number of its process.
    act: async ({ pid }) => act(name === null ? pid : await threadNamed(pid, name)),
  };

/** All faults by name. `worker-1` is the one user pool. */
export const FAULTS = {
  "stopped once for 0.3 s": stopping((pid) => freeze(pid, 300)),
  "stopped once for 1 s": stopping((pid) => freeze(pid, 1000)),
  "stopped once for 3 s": stopping((pid) => freeze(pid, 3000)),
  "stopped six times for 0.3 s": stopping((pid) => freezeOften(pid, 300, 700, 6)),
  "stopped three times for 1 s": stopping((pid) => freezeOften(pid, 1000, 1500, 3)),
  "stopped 60 ms in every 100 ms": stopping((pid) => freezeOften(pid, 60, 100, LASTS_MS / 100)),
  "a quota of 5 % of a core": () => quota(0.05),
  "a quota of 3 % of a core": () => quota(0.03),
  "nice beside busy loops": () => ({
    before: "renice -n 19 -p $$ >/dev/null",
    act: () => amongBusyLoops(3 * navigator.hardwareConcurrency, () => pause(LASTS_MS)),
  }),
  "worker stopped once for 1 s": thread("worker-1", (tid) => freezeThread(tid, 1000)),
  "worker stopped six times for 0.3 s": thread("worker-1", (tid) => freezeThreadOften(tid, 300, 700, 6)),
  "main thread stopped once for 3 s": thread(null, (tid) => freezeThread(tid, 3000)),
  "main thread stopped six times for 0.3 s": thread(null, (tid) => freezeThreadOften(tid, 300, 700, 6)),
  "a slow disk under the result": slowDisk,
  "most of it swapped out": swapped,
};
/** The name of a fault. */
export type FaultName = keyof typeof FAULTS;

/** Makes a fault ready. */
export function plant(name: FaultName): Planted | string {
  const fault: Fault = FAULTS[name];
  return fault();
}

function quota(share: number): Planted | string {
  const group = makeGroup("cpu");
  if (typeof group === "string") return group;
  return {
    before: group.enter,
    remove: group.remove,
    act: async () => {
      group.setQuota?.(share);
      await pause(LASTS_MS);
      group.setQuota?.(100);
    },
  };
}

/** Every write to the result takes 0.3 s longer, and every sync. */
function slowDisk(): Planted | string {
  if (!has("strace")) return "strace, which delays single system calls, is not here";
  return {
    act: async ({ pid, folder }) => {
      const inject = ["-e", "trace=write,fdatasync", "-e", "inject=write,fdatasync:delay_enter=300000"];
      const tracer = new Deno.Command("strace", {
        args: ["-f", "-qq", "-o", "/dev/null", "-P", `${folder}/result.ndjson`, ...inject, "-p", `${pid}`],
        stderr: "null",
      }).spawn();
      await pause(LASTS_MS);
      tracer.kill("SIGINT");
      await tracer.status;
    },
  };
}

/** A swap file of its own, and a limit on memory that pushes half of the process there. */
function swapped(): Planted | string {
  if (!has("mkswap") || Deno.uid() !== 0) return "a swap file needs root and mkswap";
  const group = makeGroup("memory");
  if (typeof group === "string") return group;
  const file = Deno.makeTempFileSync({ prefix: "june_load_trust_swap_" });
  const made = ["dd", "mkswap", "swapon"].every((program) => {
    const args = program === "dd" ? ["if=/dev/zero", `of=${file}`, "bs=1M", "count=256"] : [file];
    return new Deno.Command(program, { args, stdout: "null", stderr: "null" }).outputSync().success;
  });
  const remove = async () => {
    new Deno.Command("swapoff", { args: [file], stderr: "null" }).outputSync();
    await Deno.remove(file);
    await group.remove();
  };
  if (!made) {
    void remove();
    return "this machine takes no swap file";
  }
  return { before: group.enter, remove, act: () => squeeze(group) };
}

async function squeeze({ memory }: Group): Promise<void> {
  if (memory === undefined) return;
  const all = memory.used();
  for (let share = 0.8; share >= 0.4; share -= 0.1) {
    try {
      memory.limit(Math.round(all * share));
    } catch {
      // The kernel could not push out as much: what is out is out.
    }
    await pause(LASTS_MS / 5);
  }
  memory.limit(2 * all);
}

function has(program: string): boolean {
  return new Deno.Command("sh", { args: ["-c", `command -v ${program}`], stdout: "null" }).outputSync().success;
}
