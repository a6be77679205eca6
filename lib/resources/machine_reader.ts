/** What else the machine and june-load's threads do: cores, load, network, disks, sockets, temperature. */
import type { HostSample, OwnThread } from "../measure/resource.ts";
import {
  parseCoreTimes,
  parseDiskWork,
  parseLoad,
  parseOpenFiles,
  parseRetransmits,
  parseSockets,
  parseSwapUsed,
  parseTaskTime,
  parseTemperature,
  parseTraffic,
} from "./machine_files.ts";
import { createEnergyReader } from "./cpu_energy.ts";
import { cpuPercent } from "./proc.ts";
import type { HostSources } from "./sources.ts";

type Keys =
  | ("core_percent" | "load_1m" | "own_threads" | "disk_busy_percent")
  | ("network_received_bytes_per_s" | "network_sent_bytes_per_s" | "disk_read_bytes_per_s" | "disk_written_bytes_per_s")
  | ("tcp_retransmits_per_s" | "sockets" | "sockets_time_wait" | "descriptors" | "own_descriptors")
  | ("temperature_c" | "swap_used_bytes" | "cpu_energy_j");
/** Readings besides processor and memory; null: they cannot be read. */
export type MachineReading = { [K in Keys]-?: Exclude<HostSample[K], undefined> };

/** Most sensors and threads that are read, and entries of threads that are kept. */
const SENSORS_MAX = 64;
const THREADS_MAX = 1024;
const NAMES_MAX = 8;
/** The kernel counts processor time in ticks of 10 ms. */
const TICK_MS = 10;

/** Makes a reader. Rates and shares cover the time since the reading before, so the first has none. */
export function createMachineReader(sources: HostSources): (t_ms: number) => MachineReading {
  const text = (path: string) => sources.readText(path) ?? "";
  const cores = coreReader(sources);
  const threads = threadReader(sources);
  const sensors = sensorsOf(sources);
  const energy = createEnergyReader(sources);
  const work = rates(() => {
    const traffic = parseTraffic(text("/proc/net/dev"));
    const disk = parseDiskWork(text("/proc/diskstats"));
    return {
      received: traffic?.received ?? null,
      sent: traffic?.sent ?? null,
      read: disk?.read_bytes ?? null,
      written: disk?.written_bytes ?? null,
      retransmits: parseRetransmits(text("/proc/net/snmp")),
      ...Object.fromEntries([...disk?.busy_ms ?? []].map(([name, ms]) => [`busy ${name}`, ms])),
    };
  });
  return (t_ms) => {
    const per_s = work(t_ms);
    const busy = Object.entries(per_s).flatMap(([name, value]) =>
      name.startsWith("busy ") && value !== null ? [value] : []
    );
    const sockets = parseSockets(text("/proc/net/sockstat"));
    return {
      core_percent: cores(),
      load_1m: parseLoad(text("/proc/loadavg")) ?? sources.runtime?.load_1m() ?? null,
      swap_used_bytes: parseSwapUsed(text("/proc/meminfo")),
      network_received_bytes_per_s: per_s.received ?? null,
      network_sent_bytes_per_s: per_s.sent ?? null,
      disk_read_bytes_per_s: per_s.read ?? null,
      disk_written_bytes_per_s: per_s.written ?? null,
      // A thousand milliseconds a second is all of the time.
      disk_busy_percent: busy.length === 0 ? null : Math.min(100, Math.max(...busy) / 10),
      tcp_retransmits_per_s: per_s.retransmits ?? null,
      sockets: sockets?.used ?? null,
      sockets_time_wait: sockets?.time_wait ?? null,
      descriptors: parseOpenFiles(text("/proc/sys/fs/file-nr")),
      own_descriptors: sources.listNames?.("/proc/self/fd")?.length ?? null,
      temperature_c: hottest(sensors.map((path) => parseTemperature(text(path)))),
      cpu_energy_j: energy(),
      own_threads: threads(t_ms),
    };
  };
}

function hottest(temperatures: readonly (number | null)[]): number | null {
  return temperatures.reduce((max, one) => one === null || (max !== null && max > one) ? max : one, null);
}

/** Files of the sensors, found once: those of the thermal zones, else those of the drivers. */
function sensorsOf(sources: HostSources): string[] {
  const zones = (sources.listNames?.("/sys/class/thermal") ?? []).filter((name) => name.startsWith("thermal_zone"))
    .map((name) => `/sys/class/thermal/${name}/temp`);
  const drivers = (sources.listNames?.("/sys/class/hwmon") ?? []).slice(0, SENSORS_MAX)
    .map((name) => `/sys/class/hwmon/${name}`)
    .flatMap((folder) =>
      (sources.listNames?.(folder) ?? []).filter((name) => /^temp\d+_input$/.test(name)).map((name) =>
        `${folder}/${name}`
      )
    );
  const readable = (path: string) => parseTemperature(sources.readText(path) ?? "") !== null;
  return [...zones, ...drivers].slice(0, SENSORS_MAX).filter(readable);
}

function coreReader(sources: HostSources): () => number[] | null {
  const read = () => {
    const times = parseCoreTimes(sources.readText("/proc/stat") ?? "");
    return times.length > 0 ? times : sources.runtime?.cores().map((core) => ({ ...core, stolen: null })) ?? [];
  };
  let before: ReturnType<typeof read> = [];
  return () => {
    const last = before;
    const now = before = read();
    // A core that was switched off or on shifts those behind it.
    if (now.length === 0 || last.length !== now.length) return null;
    return now.map((core, at) => Math.round(cpuPercent("busy", last[at]!, core) ?? 0));
  };
}

function threadReader(sources: HostSources): (t_ms: number) => OwnThread[] | null {
  let before: { t_ms: number; ticks: Map<string, number> } | null = null;
  return (t_ms) => {
    const ids = sources.listNames?.("/proc/self/task")?.slice(0, THREADS_MAX);
    if (ids === undefined) return null;
    const now = { t_ms, ticks: new Map<string, number>() };
    const last = before;
    before = now;
    const byName = new Map<string, { threads: number; ticks: number }>();
    for (const id of ids) {
      const task = parseTaskTime(sources.readText(`/proc/self/task/${id}/stat`) ?? "");
      if (task === null) continue;
      now.ticks.set(id, task.ticks);
      const sum = byName.get(task.name) ?? { threads: 0, ticks: 0 };
      byName.set(task.name, { threads: sum.threads + 1, ticks: sum.ticks + task.ticks - (last?.ticks.get(id) ?? 0) });
    }
    if (last === null || t_ms <= last.t_ms) return null;
    const percent = (ticks: number) => Math.round(Math.max(0, 100 * ticks * TICK_MS / (t_ms - last.t_ms)));
    return [...byName].map(([name, { threads, ticks }]) => ({ name, threads, cpu_percent: percent(ticks) }))
      .filter(({ cpu_percent }) => cpu_percent > 0)
      .sort((a, b) => b.cpu_percent - a.cpu_percent || a.name.localeCompare(b.name)).slice(0, NAMES_MAX);
  };
}

/** No more digits than say something: a line of the result has many of these. */
const tenths = (value: number) => Math.round(10 * value) / 10;

/** How fast counters rose since the reading before, per second; null where either could not be read, or one fell. */
function rates<N extends string>(
  count: () => Record<N, number | null>,
): (t_ms: number) => Partial<Record<N, number | null>> {
  let before: { t_ms: number; counts: Record<N, number | null> } | null = null;
  return (t_ms) => {
    const now = { t_ms, counts: count() };
    const last = before;
    before = now;
    if (last === null || t_ms <= last.t_ms) return {};
    const rise = ([name, value]: [string, number | null]) => {
      const from = last.counts[name as N] ?? null;
      return [
        name,
        value === null || from === null || value < from ? null : tenths(1000 * (value - from) / (t_ms - last.t_ms)),
      ];
    };
    return Object.fromEntries(Object.entries<number | null>(now.counts).map(rise)) as Partial<Record<N, number | null>>;
  };
}
