/** Finds the processes of a service on this machine: by pid, by name, by the port it listens on, or by control group. */
import type { ProcessPlan } from "../plan/plan.ts";
import { CGROUP_ROOT } from "./cgroup.ts";
import { parseCgroupPath, parseOldCgroupPath } from "./proc.ts";
import { parseListeners, parseProcessStat, parseProgram, type ProcessStat } from "./process_files.ts";
import type { HostSources } from "./sources.ts";

/** A process that was found. */
export interface FoundProcess extends ProcessStat {
  pid: number;
}

/** Most processes that are looked through, and that are counted as one service. */
const PROCESSES_MAX = 10_000;
const SERVICE_MAX = 256;
/** Runtimes call control groups by it: `docker-<id>.scope`, `/docker/<id>`, `libpod-<id>.scope`, `cri-containerd-<id>.scope`. */
const CONTAINER_ID = /^[0-9a-f]{12,64}$/;
/** Most descriptors of a process that are looked through for a socket. */
const DESCRIPTORS_MAX = 65_536;

/** All processes of this machine. */
export function listProcesses(sources: HostSources): FoundProcess[] {
  const pids = (sources.listNames?.("/proc") ?? []).filter((name) => /^\d+$/.test(name)).slice(0, PROCESSES_MAX);
  return pids.flatMap((pid) => readProcess(sources, Number(pid)) ?? []);
}

/** One process; null: there is none of that number. */
export function readProcess(sources: HostSources, pid: number): FoundProcess | null {
  const stat = parseProcessStat(sources.readText(`/proc/${pid}/stat`) ?? "");
  return stat === null ? null : { pid, ...stat };
}

/** The processes that are meant and their descendants, the oldest first. */
export function findProcesses(sources: HostSources, plan: ProcessPlan, all: readonly FoundProcess[]): FoundProcess[] {
  const meant = new Set(rootsOf(sources, plan, all));
  // Parents come before their children in time, but a wrapped pid may be smaller.
  for (let grew = true; grew && meant.size < SERVICE_MAX;) {
    const before = meant.size;
    for (const { pid, parent } of all) if (meant.has(parent) && meant.size < SERVICE_MAX) meant.add(pid);
    grew = meant.size > before;
  }
  return all.filter(({ pid }) => meant.has(pid)).sort((a, b) => a.started - b.started || a.pid - b.pid);
}

function rootsOf(sources: HostSources, { by }: ProcessPlan, all: readonly FoundProcess[]): number[] {
  switch (by.kind) {
    case "pid":
      return all.some(({ pid }) => pid === by.pid) ? [by.pid] : [];
    case "name":
      return all.filter(({ pid, name }) =>
        name === by.name.slice(0, 15) && by.name.length <= 15 ||
        parseProgram(sources.readText(`/proc/${pid}/cmdline`) ?? "") === by.name
      ).map(({ pid }) => pid).slice(0, SERVICE_MAX);
    case "port":
      return listenersOf(sources, by.port, all);
    case "cgroup":
      return pidsIn(sources, by.path);
    case "container":
      return containerOf(sources, by.name, all);
  }
}

/** Processes that have a socket which listens on the port; the oldest, since children inherit it. */
function listenersOf(sources: HostSources, port: number, all: readonly FoundProcess[]): number[] {
  const tables = ["/proc/net/tcp", "/proc/net/tcp6"].map((path) => sources.readText(path) ?? "");
  const inodes = new Set(tables.flatMap((table) => parseListeners(table, port)));
  const wanted = new Set([...inodes].map((inode) => `socket:[${inode}]`));
  if (wanted.size === 0) return [];
  if (sources.socketHolders !== undefined) {
    const holders = new Set(sources.socketHolders([...inodes]));
    return oldestOf(all.filter(({ pid }) => holders.has(pid)));
  }
  const found = all.filter(({ pid }) =>
    (sources.listNames?.(`/proc/${pid}/fd`) ?? []).slice(0, DESCRIPTORS_MAX)
      .some((fd) => wanted.has(sources.readLink?.(`/proc/${pid}/fd/${fd}`) ?? ""))
  );
  return oldestOf(found);
}

function oldestOf(found: readonly FoundProcess[]): number[] {
  return found.toSorted((a, b) => a.started - b.started).slice(0, 1).map(({ pid }) => pid);
}

/** Where a control group of a path may be: of version 2, or the memory's of version 1. */
export function cgroupFolders(path: string): string[] {
  return [`${CGROUP_ROOT}${path}`, `${CGROUP_ROOT}/memory${path}`, `${CGROUP_ROOT}/unified${path}`];
}

/** The processes of a container: by its first one where somebody knows that, else of whose control group the id is a part. */
function containerOf(sources: HostSources, name: string, all: readonly FoundProcess[]): number[] {
  const found = sources.container?.(name) ?? null;
  if (found === null && !CONTAINER_ID.test(name)) return [];
  const cgroupOf = (pid: number) => sources.readText(`/proc/${pid}/cgroup`) ?? "";
  if (found === null) {
    return all.filter(({ pid }) => cgroupOf(pid).includes(name)).map(({ pid }) => pid).slice(0, SERVICE_MAX);
  }
  const cgroup = cgroupOf(found.pid);
  const paths = [parseCgroupPath(cgroup), parseOldCgroupPath(cgroup, "memory")].filter((path) => path !== null);
  // Of a container of another machine, or seen from inside one, the number means somebody else.
  if (!paths.some((path) => path.includes(found.id))) {
    return all.some(({ pid }) => pid === found.pid) ? [found.pid] : [];
  }
  return [...new Set([found.pid, ...paths.flatMap((path) => pidsIn(sources, path))])].slice(0, SERVICE_MAX);
}

function pidsIn(sources: HostSources, path: string): number[] {
  const texts = cgroupFolders(path).map((folder) => sources.readText(`${folder}/cgroup.procs`));
  const text = texts.find((one) => one !== null && one.trim() !== "") ?? "";
  return text.split("\n").filter((line) => /^\d+$/.test(line)).map(Number).slice(0, SERVICE_MAX);
}
