/** Control groups to hold a process back: of version 1 or 2, whichever this machine lets us make. */

/** A group that processes can be started in. */
export interface Group {
  /** Words of a shell that put it into the group. */
  enter: string;
  /** Gives its processes a share of one core. */
  setQuota?(share: number): void;
  /** Bytes its processes hold in memory, and the most they may. */
  memory?: { used(): number; limit(bytes: number): void };
  remove(): Promise<void>;
}

const ROOT = "/sys/fs/cgroup";
const PERIOD_US = 100_000;
let made = 0;

/** A group with a controller; a string: why there is none. */
export function makeGroup(controller: "cpu" | "memory"): Group | string {
  const name = `june_load_trust_${Deno.pid}_${made++}`;
  for (const base of [`${ROOT}/${controller}`, ROOT]) {
    const isOld = base !== ROOT;
    const dir = `${base}/${name}`;
    try {
      Deno.mkdirSync(dir);
    } catch {
      continue;
    }
    const remove = () => removeGroup(dir);
    try {
      Deno.statSync(`${dir}/${FILES[controller][isOld ? "old" : "new"]}`);
    } catch {
      Deno.removeSync(dir);
      continue;
    }
    const write = (file: string, text: string) => Deno.writeTextFileSync(`${dir}/${file}`, text);
    const read = (file: string) => Number(Deno.readTextFileSync(`${dir}/${file}`));
    const enter = `echo $$ > ${dir}/cgroup.procs`;
    if (controller === "cpu") {
      const setQuota = (share: number) => {
        const quota_us = Math.round(share * PERIOD_US);
        if (isOld) write("cpu.cfs_quota_us", `${quota_us}`);
        else write("cpu.max", `${quota_us} ${PERIOD_US}`);
      };
      return { enter, remove, setQuota };
    }
    const used = () => read(isOld ? "memory.usage_in_bytes" : "memory.current");
    const limit = (bytes: number) => write(isOld ? "memory.limit_in_bytes" : "memory.high", `${bytes}`);
    return { enter, remove, memory: { used, limit } };
  }
  return `no control group for ${controller} can be made here (needs root and ${ROOT})`;
}

/** A file that only a group with the controller has. */
const FILES = {
  cpu: { old: "cpu.cfs_quota_us", new: "cpu.max" },
  memory: { old: "memory.limit_in_bytes", new: "memory.high" },
} as const;

/** The kernel lets go of a group a moment after its last process has ended. */
async function removeGroup(dir: string): Promise<void> {
  for (let tries = 0;; tries++) {
    try {
      return await Deno.remove(dir);
    } catch (error) {
      if (tries === 50) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
