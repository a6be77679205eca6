/** Reads what the services on this machine use, and notices when one restarts, ends or is killed for lack of memory. */
import type { ProcessSample, ResourceNote } from "../measure/resource.ts";
import type { ProcessPlan } from "../plan/plan.ts";
import { parseCgroupPath, parseOldCgroupPath } from "./proc.ts";
import { parseOomKills, parseProcessStatus } from "./process_files.ts";
import { cgroupFolders, findProcesses, type FoundProcess, listProcesses, readProcess } from "./process_finder.ts";
import type { HostSources } from "./sources.ts";

/** A look through all processes takes a few milliseconds; what is known is read by its number in between. */
const LOOK_EVERY_MS = 10_000;
/** So soon a service that has ended is looked for again. */
const LOOK_AGAIN_MS = 2000;
const TICK_MS = 10;

interface Watched {
  plan: ProcessPlan;
  processes: FoundProcess[];
  /** The oldest process, which stands for the service. */
  main: FoundProcess | null;
  ever: boolean;
  looked_ms: number;
  restarts: number;
  /** Processor time of the last reading, by process. */
  ticks: Map<string, number>;
  read_ms: number;
  oom: { path: string; kills: number } | null;
}

/** Reads several services. */
export interface ProcessReader {
  /** The first reading has no processor time. */
  read(t_ms: number): ProcessSample[];
  /** Asks the sources for all that a reading at that time would, and changes nothing. */
  rehearse(t_ms: number): void;
}

/** Makes a reader of several services. */
export function createProcessReader(
  plans: readonly ProcessPlan[],
  sources: HostSources,
  onNote: (note: ResourceNote) => void,
): ProcessReader {
  const watched = plans.map((plan): Watched => ({
    ...{ plan, processes: [], main: null, ever: false, looked_ms: -Infinity, restarts: 0 },
    ...{ ticks: new Map(), read_ms: 0, oom: null },
  }));
  return {
    read: (t_ms) => readAll(watched, sources, t_ms, onNote),
    rehearse: (t_ms) => {
      const copies = watched.map((one): Watched => ({ ...one, oom: one.oom === null ? null : { ...one.oom } }));
      readAll(copies, sources, t_ms, () => {});
    },
  };
}

function readAll(
  watched: readonly Watched[],
  sources: HostSources,
  t_ms: number,
  onNote: (note: ResourceNote) => void,
): ProcessSample[] {
  let all: FoundProcess[] | null = null;
  return watched.map((one) => {
    noteOom(one, sources, t_ms, onNote);
    const gone = one.main === null || !isSame(readProcess(sources, one.main.pid), one.main);
    const isDue = t_ms - one.looked_ms >= (gone ? LOOK_AGAIN_MS : LOOK_EVERY_MS) || (gone && one.main !== null);
    if (isDue && !isAwaited(one.plan, sources)) {
      all ??= listProcesses(sources);
      look(one, findProcesses(sources, one.plan, all), t_ms, onNote);
      one.oom ??= oomOf(sources, one);
    }
    return sampleOf(one, sources, t_ms);
  });
}

/** Whether it has still to be said which container is meant. */
function isAwaited({ by }: ProcessPlan, sources: HostSources): boolean {
  return by.kind === "container" && sources.container !== undefined && sources.container(by.name) === undefined;
}

const isSame = (one: FoundProcess | null, other: FoundProcess) =>
  one?.pid === other.pid && one.started === other.started;
const keyOf = ({ pid, started }: FoundProcess) => `${pid} ${started}`;

function look(one: Watched, found: FoundProcess[], t_ms: number, onNote: (note: ResourceNote) => void): void {
  const { main, plan: { name } } = one;
  const [now = null] = found;
  const first = one.looked_ms === -Infinity;
  Object.assign(one, { processes: found, looked_ms: t_ms, main: now });
  if (now === null) {
    if (main !== null) onNote({ t_ms, kind: "process_gone", text: `${name} (process ${main.pid}) has ended` });
    else if (first) onNote({ t_ms, kind: "process_absent", text: `${name}: ${whyAbsent(one.plan)}` });
    return;
  }
  if (one.ever && (main === null || !isSame(now, main))) {
    one.restarts++;
    one.oom = null;
    const text = `${name} was started again: process ${now.pid}${main === null ? "" : ` after ${main.pid}`}`;
    onNote({ t_ms, kind: "process_restarted", text });
  }
  one.ever = true;
}

function whyAbsent({ by }: ProcessPlan): string {
  switch (by.kind) {
    case "pid":
      return `there is no process ${by.pid}`;
    case "name":
      return `no process is called "${by.name}"`;
    case "port":
      return `no process that june-load may look into listens on port ${by.port}`;
    case "container":
      return `no container "${by.name}" runs that docker, podman or nerdctl on the PATH know of`;
    case "cgroup":
      return `the control group "${by.path}" holds no process, or is not there`;
  }
}

/** The control group of a service, with the number of its processes that were killed so far. */
function oomOf(sources: HostSources, { plan: { by }, main }: Watched): Watched["oom"] {
  const cgroup = main === null ? "" : sources.readText(`/proc/${main.pid}/cgroup`) ?? "";
  const own = [parseCgroupPath(cgroup), parseOldCgroupPath(cgroup, "memory")];
  for (const path of by.kind === "cgroup" ? [by.path] : own) {
    for (const folder of path === null ? [] : cgroupFolders(path)) {
      for (const file of [`${folder}/memory.events`, `${folder}/memory.oom_control`]) {
        const kills = parseOomKills(sources.readText(file) ?? "");
        if (kills !== null) return { path: file, kills };
      }
    }
  }
  return null;
}

function noteOom(one: Watched, sources: HostSources, t_ms: number, onNote: (note: ResourceNote) => void): void {
  const kills = one.oom === null ? null : parseOomKills(sources.readText(one.oom.path) ?? "");
  if (one.oom === null || kills === null || kills <= one.oom.kills) return;
  const killed = kills - one.oom.kills;
  one.oom.kills = kills;
  const what = killed === 1 ? "a process was" : `${killed} processes were`;
  onNote({
    t_ms,
    kind: "oom_killed",
    text: `${what} killed for lack of memory in the control group of ${one.plan.name}`,
  });
}

function sampleOf(one: Watched, sources: HostSources, t_ms: number): ProcessSample {
  const read = one.processes.flatMap((known) => {
    const stat = readProcess(sources, known.pid);
    const status = parseProcessStatus(sources.readText(`/proc/${known.pid}/status`) ?? "");
    if (!isSame(stat, known) || stat === null || status === null) return [];
    return [{ stat, ...status, descriptors: sources.listNames?.(`/proc/${known.pid}/fd`)?.length ?? null }];
  });
  const sum = (values: readonly number[]) =>
    values.length === 0 ? null : values.reduce((total, value) => total + value, 0);
  const rises = read.flatMap(({ stat }) => {
    const before = one.ticks.get(keyOf(stat));
    return before === undefined ? [] : [stat.ticks - before];
  });
  const ticks = sum(rises);
  const passed_ms = t_ms - one.read_ms;
  one.ticks = new Map(read.map(({ stat }) => [keyOf(stat), stat.ticks]));
  one.read_ms = t_ms;
  return {
    name: one.plan.name,
    pid: one.main?.pid ?? null,
    processes: read.length,
    cpu_percent: ticks === null || passed_ms <= 0 ? null : Math.max(0, 100 * ticks * TICK_MS / passed_ms),
    memory_bytes: sum(read.map(({ memory_bytes }) => memory_bytes)),
    threads: sum(read.map(({ threads }) => threads)),
    descriptors: sum(read.flatMap(({ descriptors }) => descriptors ?? [])),
    restarts: one.restarts,
  };
}
