/**
 * The catalogue of all that was read beside the calls: host, june-load itself, GPUs, services on this machine, connections, pages of metrics.
 * Charts, rules, comparisons, "what changed" and files for other programs read it, so that a reading that is new here is
 * new everywhere.
 */
import { isSlowed, type SlowReason } from "../measure/clock_events.ts";
import { gpuLabel } from "../measure/gpus.ts";
import type { ConnectionData, HistogramData } from "../measure/interval.ts";
import type { GpuSample, HostSample, ProcessSample } from "../measure/resource.ts";
import { readSeriesKey, seriesFacts, type ServiceSeries, type ServiceUnit } from "../measure/service_series.ts";
import type { MeasureUnit } from "../plan/threshold/measure_units.ts";
import { type Resource, RESOURCE_NAMES, resourceFacts } from "../plan/threshold/threshold.ts";
import { gpuReadings } from "./gpu_readings.ts";
import type { NumberField, Readings } from "./readings.ts";
import type { Run } from "./run.ts";

/** One reading of one device over the run. */
export interface ResourceSeries {
  /** Unique in a run: `gpu.power(GPU 1)`, `host.cpu`. */
  id: string;
  /** As rules name it; of a page of metrics also what no rule can name: `service.my_depth`. */
  resource: string;
  /** It follows the response time by itself: see `ResourceFacts`. */
  follows: boolean;
  /** Whose it is: `GPU 1`, the name of a service, `host`, `june-load`. */
  source: string;
  /** What a rule calls that device: `1`, `stt`; null: there is one. */
  device: string | null;
  /** The other machine it is of; null: the one that makes the load. */
  machine: string | null;
  /** `GPU 1 power`. */
  label: string;
  unit: MeasureUnit;
  /** Rising; milliseconds since the start of the run. */
  t_ms: readonly number[];
  /** In the base unit; null: not read, which leaves a gap. */
  values: readonly (number | null)[];
}

/** Whose readings they are: see `ResourceSeries`. */
type Owner = Pick<ResourceSeries, "source" | "device" | "machine">;

type Values = (number | null)[];
type Named<P extends string> = Extract<Resource, `${P}.${string}`>;
/** Where the values of a reading are: a field, in parts of its base unit, or worked out of several. */
type Read<S extends { t_ms: number }> =
  | NumberField<S>
  | readonly [field: NumberField<S>, per: number]
  | ((readings: Readings<S>) => Values);
type Readers<P extends string, S extends { t_ms: number }> = Readonly<Record<Named<P>, Read<S>>>;

const PERCENT = 100;

const HOST: Readers<"host", HostSample> = {
  "host.cpu": ["cpu_percent", PERCENT],
  "host.memory": "memory_used_bytes",
  "host.busiest_core": busiestCore,
  "host.steal": ["steal_percent", PERCENT],
  "host.throttled": ["throttled_percent", PERCENT],
  "host.load": "load_1m",
  "host.swap_used": "swap_used_bytes",
  "host.network_received": "network_received_bytes_per_s",
  "host.network_sent": "network_sent_bytes_per_s",
  "host.disk_read": "disk_read_bytes_per_s",
  "host.disk_written": "disk_written_bytes_per_s",
  "host.disk_busy": ["disk_busy_percent", PERCENT],
  "host.tcp_retransmits": "tcp_retransmits_per_s",
  "host.sockets": "sockets",
  "host.descriptors": "descriptors",
  "host.temperature": "temperature_c",
};

function busiestCore(readings: Readings<HostSample>): Values {
  const cores = readings.paths.filter(([field]) => field === "core_percent").map((path) => readings.column(path));
  return readings.times_ms.map((_, i) => {
    const busy = cores.map((core) => core[i] ?? null).filter((value) => value !== null);
    return busy.length === 0 ? null : Math.max(...busy) / PERCENT;
  });
}

const OWN: Readers<"own", HostSample> = {
  "own.cpu": ["own_cpu_percent", PERCENT],
  "own.memory": "own_memory_bytes",
  "own.descriptors": "own_descriptors",
};

/** The share of the time in which a GPU was held back; a reading says whether it is now. */
const slowed = (reason: SlowReason) => (readings: Readings<GpuSample>): Values =>
  readings.column("clock_event_mask").map((mask) => {
    const now = isSlowed(mask, reason);
    return now === null ? null : Number(now);
  });

const GPU: Readers<"gpu", GpuSample> = {
  "gpu.memory_used": "memory_used_bytes",
  "gpu.utilization": ["utilization_percent", PERCENT],
  "gpu.power": "power_w",
  "gpu.sm_clock": "sm_clock_mhz",
  "gpu.memory_clock": "memory_clock_mhz",
  "gpu.temperature": "temperature_c",
  "gpu.memory_temperature": "memory_temperature_c",
  "gpu.power_capped": slowed("power_capped"),
  "gpu.heat_slowed": slowed("heat_slowed"),
  "gpu.hardware_slowed": slowed("hardware_slowed"),
  "gpu.memory_utilization": ["memory_utilization_percent", PERCENT],
  "gpu.fan": ["fan_percent", PERCENT],
  "gpu.encoder": ["encoder_percent", PERCENT],
  "gpu.decoder": ["decoder_percent", PERCENT],
  "gpu.pcie_generation": "pcie_generation",
  "gpu.pcie_width": "pcie_width",
  "gpu.ecc_uncorrected": "ecc_uncorrected_total",
};

/** Fields of a process, and what they are divided by. */
const PROCESS: Readonly<Record<Named<"process">, readonly [field: keyof ProcessSample, per: number]>> = {
  "process.cpu": ["cpu_percent", PERCENT],
  "process.memory": ["memory_bytes", 1],
  "process.threads": ["threads", 1],
  "process.descriptors": ["descriptors", 1],
};

type Timed<T> = T & { t_ms: number };
type OfConnection = (now: Timed<ConnectionData>, before: Timed<ConnectionData> | undefined) => number | null;

/** How fast a total rises; a worker that dies takes its share of it along. */
function rateOf(total: "reconnects_total" | "lost_total" | "goaways_total" | "failed_total"): OfConnection {
  return (now, before) => {
    const [to, from] = [now[total], before?.[total]];
    if (to === undefined || from === undefined || before === undefined || now.t_ms <= before.t_ms) return null;
    return Math.max(0, to - from) / ((now.t_ms - before.t_ms) / 1000);
  };
}

const meanOf = (one: HistogramData | undefined) => one === undefined || one.count === 0 ? null : one.sum / one.count;

const CONNECTIONS: Readonly<Record<Named<"connections">, OfConnection>> = {
  "connections.open": ({ connections }) => connections,
  "connections.waiting": ({ waiting }) => waiting,
  "connections.streams": ({ streams_in_flight }) => streams_in_flight,
  "connections.reopened": rateOf("reconnects_total"),
  "connections.lost": rateOf("lost_total"),
  "connections.goaways": rateOf("goaways_total"),
  "connections.failed": rateOf("failed_total"),
  "connections.ping": ({ ping }) => meanOf(ping),
  "connections.wait": ({ wait }) => meanOf(wait),
};

/**
 * All series of a run that have a value, in the order of the catalogue.
 * @param names left out: all
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { makeRun } from "../../tests/result/make_run.ts"; // sixty made-up seconds with one GPU
 *
 * const [power] = resourceSeries(makeRun(), ["gpu.power"]);
 * assert.deepEqual([power?.id, power?.label, power?.unit], ["gpu.power(GPU 0)", "GPU 0 power", "watt"]);
 * ```
 */
export function resourceSeries(run: Run, names: readonly Resource[] = RESOURCE_NAMES): ResourceSeries[] {
  const all: ResourceSeries[] = [
    ...readSeries(names, HOST, [
      { source: "host", device: null, machine: null, readings: run.host },
      ...remoteHosts(run),
    ]),
    ...readSeries(names, OWN, [{ source: "june-load", device: null, machine: null, readings: run.host }]),
    ...readSeries(
      names,
      GPU,
      gpuReadings(run).map(({ first, readings }) => ({
        source: gpuLabel(first),
        device: first.host === undefined ? String(first.index) : `${first.host}.${first.index}`,
        machine: first.host ?? null,
        readings,
      })),
    ),
    ...processSeries(run, names),
    ...connectionSeries(run, names),
    ...serviceSeries(run, names === RESOURCE_NAMES ? null : new Set<string>(names)),
  ];
  const rank = new Map<string, number>(RESOURCE_NAMES.map((name, at) => [name, at]));
  const place = ({ resource }: ResourceSeries) => rank.get(resource) ?? RESOURCE_NAMES.length;
  return all.sort((a, b) => place(a) - place(b));
}

function readSeries<P extends string, S extends { t_ms: number }>(
  names: readonly Resource[],
  readers: Readers<P, S>,
  devices: ReadonlyArray<Owner & { readings: Readings<S> }>,
): ResourceSeries[] {
  return names.filter((name): name is Named<P> => Object.hasOwn(readers, name)).flatMap((resource) =>
    devices.flatMap(({ readings, ...owner }) => {
      const values = valuesOf(readings, readers[resource]);
      return values.every((value) => value === null) ? [] : [seriesOf(resource, owner, readings.times_ms, values)];
    })
  );
}

function valuesOf<S extends { t_ms: number }>(readings: Readings<S>, read: Read<S>): Values {
  if (typeof read === "function") return read(readings);
  if (typeof read === "string") return readings.column(read);
  const [field, per] = read as readonly [NumberField<S>, number];
  return readings.column(field).map((value) => value === null ? null : value / per);
}

function seriesOf(
  resource: Resource,
  { source, device, machine }: Owner,
  t_ms: readonly number[],
  values: Values,
): ResourceSeries {
  const { unit, words, follows = false } = resourceFacts(resource);
  return {
    id: device === null ? resource : `${resource}(${source})`,
    resource,
    follows,
    source,
    device,
    machine,
    label: source === "june-load" ? `june-load's ${words}` : `${source} ${words}`,
    unit,
    t_ms,
    values,
  };
}

/** Other machines. */
function remoteHosts({ plan, remote }: Run): Array<Owner & { readings: Readings<HostSample> }> {
  return (plan.resources.remote ?? []).map(({ name }) => (
    { source: name, device: name, machine: name, readings: remote.of(name) }
  ));
}

/** Services stand in each reading of their machine in the order of the plan. */
function processSeries(run: Run, names: readonly Resource[]): ResourceSeries[] {
  const wanted = names.filter((name): name is Named<"process"> => Object.hasOwn(PROCESS, name));
  const { processes = [], remote = [] } = run.plan.resources;
  const places = [
    { machine: null, processes, readings: run.host },
    ...remote.map(({ name, processes = [] }) => ({ machine: name, processes, readings: run.remote.of(name) })),
  ];
  return wanted.flatMap((resource) => {
    const [field, per] = PROCESS[resource];
    return places.flatMap(({ machine, processes, readings }) =>
      processes.flatMap(({ name }, at) => {
        const values = readings.column(["processes", at, field]).map((value) => value === null ? null : value / per);
        if (values.every((value) => value === null)) return [];
        return [seriesOf(resource, { source: name, device: name, machine }, readings.times_ms, values)];
      })
    );
  });
}

/** What was counted at the end of each second, or slot. */
function connectionSeries(run: Run, names: readonly Resource[]): ResourceSeries[] {
  const wanted = names.filter((name): name is Named<"connections"> => Object.hasOwn(CONNECTIONS, name));
  if (wanted.length === 0) return [];
  const slots = run.slots.map(({ start_ms, length_ms, connections }) => ({ t_ms: start_ms + length_ms, connections }));
  return run.plan.services.flatMap(({ name }) => {
    const seen = slots.flatMap(({ t_ms, connections }): Timed<ConnectionData>[] => {
      const found = connections.find(({ service }) => service === name);
      return found === undefined ? [] : [{ ...found, t_ms }];
    });
    const t_ms = seen.map((one) => one.t_ms);
    return wanted.flatMap((resource) => {
      const values = seen.map((one, i) => CONNECTIONS[resource](one, seen[i - 1]));
      const owner = { source: name, device: name, machine: null };
      return values.every((value) => value === null) ? [] : [seriesOf(resource, owner, t_ms, values)];
    });
  });
}

/** What rules call a series of a page of metrics otherwise than the page's catalogue does. */
const SERVICE: Readonly<Record<Named<"service">, ServiceSeries>> = {
  "service.queue_time": "queue_time",
  "service.waiting_requests": "waiting_requests",
  "service.running_requests": "running_requests",
  "service.batch_size": "batch_size",
  "service.kv_cache": "kv_cache_percent",
  "service.tokens": "tokens_per_s",
  "service.preemptions": "preemptions_per_s",
  "service.gpu_utilization": "gpu_utilization_percent",
  "service.gpu_memory_used": "gpu_memory_used_bytes",
  "service.gpu_power": "gpu_power_w",
  "service.gpu_sm_clock": "gpu_sm_clock_mhz",
  "service.gpu_temperature": "gpu_temperature_c",
  "service.memory": "process_memory_bytes",
  "service.cpu": "process_cpu_percent",
};
const RULE_NAMES = new Map(Object.entries(SERVICE).map(([name, series]) => [series as string, name]));

/** Base unit of a page's unit, and how many of it one is. */
const SERVICE_UNITS: Readonly<Record<ServiceUnit, readonly [unit: MeasureUnit, factor: number]>> = {
  count: ["count", 1],
  ms: ["us", 1000],
  percent: ["ratio", 0.01],
  per_s: ["per_s", 1],
  bytes: ["bytes", 1],
  bytes_per_s: ["bytes_per_s", 1],
  watt: ["watt", 1],
  celsius: ["celsius", 1],
  mhz: ["megahertz", 1],
  none: ["count", 1],
};
/** The time a request takes inside the server is the response time seen from there. */
const FOLLOWING = new Set(["running_requests", "request_time", "request_time_p95"]);

/** What pages of metrics told. @param names null: all of it */
function serviceSeries({ service }: Run, names: ReadonlySet<string> | null): ResourceSeries[] {
  return service.devices.flatMap((readings) => {
    const source = readings.at(0)?.source ?? "";
    const keys = readings.paths.filter(([field]) => field === "values").map(([, key]) => String(key));
    return keys.flatMap((key): ResourceSeries[] => {
      const { name, labels } = readSeriesKey(key);
      const resource = RULE_NAMES.get(name) ?? `service.${name}`;
      if (names !== null && !names.has(resource)) return [];
      const { label, unit } = seriesFacts(key);
      const [base, factor] = SERVICE_UNITS[unit];
      const values = readings.column(["values", key]).map((value) => value === null ? null : value * factor);
      if (values.every((value) => value === null)) return [];
      const where = labels === "" ? source : `${source}{${labels}}`;
      return [{
        id: `${resource}(${where})`,
        resource,
        follows: FOLLOWING.has(name),
        source: where,
        device: source,
        machine: null,
        label: `${where} ${label}`,
        unit: base,
        t_ms: readings.times_ms,
        values,
      }];
    });
  });
}
