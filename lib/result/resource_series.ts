/**
 * The catalogue of all that was read beside the calls: host, june-load itself, GPUs, services on this machine, connections, pages of metrics.
 * Charts, rules, comparisons, "what changed" and files for other programs read it, so that a reading that is new here is
 * new everywhere.
 */
import { isSlowed, type SlowReason } from "../measure/clock_events.ts";
import { gpuLabel, readingsByGpu } from "../measure/gpus.ts";
import type { ConnectionData } from "../measure/interval.ts";
import type { GpuSample, HostSample, ProcessSample } from "../measure/resource.ts";
import { readSeriesKey, seriesFacts, type ServiceSeries, type ServiceUnit } from "../measure/service_series.ts";
import type { MeasureUnit } from "../plan/threshold/measure_units.ts";
import { type Resource, RESOURCE_NAMES, resourceFacts } from "../plan/threshold/threshold.ts";
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
  /** `GPU 1 power`. */
  label: string;
  unit: MeasureUnit;
  /** Rising; milliseconds since the start of the run. */
  t_ms: readonly number[];
  /** In the base unit; null: not read, which leaves a gap. */
  values: readonly (number | null)[];
}

/** A device with its readings in order of time. */
interface Device<S> {
  source: string;
  device: string | null;
  samples: readonly S[];
}

type Read<S> = (sample: S, before: S | undefined) => number | null;
type Named<P extends string> = Extract<Resource, `${P}.${string}`>;
type Timed<T> = T & { t_ms: number };

const ratio = (percent: number | null | undefined) => percent === null || percent === undefined ? null : percent / 100;
const known = (value: number | null | undefined) => value ?? null;

const HOST: Readonly<Record<Named<"host">, Read<HostSample>>> = {
  "host.cpu": ({ cpu_percent }) => ratio(cpu_percent),
  "host.memory": ({ memory_used_bytes }) => memory_used_bytes,
  "host.busiest_core": ({ core_percent }) =>
    core_percent === null || core_percent === undefined || core_percent.length === 0
      ? null
      : Math.max(...core_percent) / 100,
  "host.steal": ({ steal_percent }) => ratio(steal_percent),
  "host.throttled": ({ throttled_percent }) => ratio(throttled_percent),
  "host.load": ({ load_1m }) => known(load_1m),
  "host.swap_used": ({ swap_used_bytes }) => known(swap_used_bytes),
  "host.network_received": ({ network_received_bytes_per_s }) => known(network_received_bytes_per_s),
  "host.network_sent": ({ network_sent_bytes_per_s }) => known(network_sent_bytes_per_s),
  "host.disk_read": ({ disk_read_bytes_per_s }) => known(disk_read_bytes_per_s),
  "host.disk_written": ({ disk_written_bytes_per_s }) => known(disk_written_bytes_per_s),
  "host.disk_busy": ({ disk_busy_percent }) => ratio(disk_busy_percent),
  "host.tcp_retransmits": ({ tcp_retransmits_per_s }) => known(tcp_retransmits_per_s),
  "host.sockets": ({ sockets }) => known(sockets),
  "host.descriptors": ({ descriptors }) => known(descriptors),
  "host.temperature": ({ temperature_c }) => known(temperature_c),
};

const OWN: Readonly<Record<Named<"own">, Read<HostSample>>> = {
  "own.cpu": ({ own_cpu_percent }) => ratio(own_cpu_percent),
  "own.memory": ({ own_memory_bytes }) => own_memory_bytes,
  "own.descriptors": ({ own_descriptors }) => known(own_descriptors),
};

/** The share of the time in which a GPU was held back; a reading says whether it is now. */
const slowed = (reason: SlowReason): Read<GpuSample> => ({ clock_event_mask }) => {
  const now = isSlowed(clock_event_mask, reason);
  return now === null ? null : Number(now);
};

const GPU: Readonly<Record<Named<"gpu">, Read<GpuSample>>> = {
  "gpu.memory_used": ({ memory_used_bytes }) => memory_used_bytes,
  "gpu.utilization": ({ utilization_percent }) => ratio(utilization_percent),
  "gpu.power": ({ power_w }) => power_w,
  "gpu.sm_clock": ({ sm_clock_mhz }) => sm_clock_mhz,
  "gpu.memory_clock": ({ memory_clock_mhz }) => known(memory_clock_mhz),
  "gpu.temperature": ({ temperature_c }) => temperature_c,
  "gpu.memory_temperature": ({ memory_temperature_c }) => known(memory_temperature_c),
  "gpu.power_capped": slowed("power_capped"),
  "gpu.heat_slowed": slowed("heat_slowed"),
  "gpu.hardware_slowed": slowed("hardware_slowed"),
  "gpu.memory_utilization": ({ memory_utilization_percent }) => ratio(memory_utilization_percent),
  "gpu.fan": ({ fan_percent }) => ratio(fan_percent),
  "gpu.encoder": ({ encoder_percent }) => ratio(encoder_percent),
  "gpu.decoder": ({ decoder_percent }) => ratio(decoder_percent),
  "gpu.pcie_generation": ({ pcie_generation }) => known(pcie_generation),
  "gpu.pcie_width": ({ pcie_width }) => known(pcie_width),
  "gpu.ecc_uncorrected": ({ ecc_uncorrected_total }) => known(ecc_uncorrected_total),
};

const PROCESS: Readonly<Record<Named<"process">, Read<Timed<ProcessSample>>>> = {
  "process.cpu": ({ cpu_percent }) => ratio(cpu_percent),
  "process.memory": ({ memory_bytes }) => memory_bytes,
  "process.threads": ({ threads }) => threads,
  "process.descriptors": ({ descriptors }) => descriptors,
};

const CONNECTIONS: Readonly<Record<Named<"connections">, Read<Timed<ConnectionData>>>> = {
  "connections.open": ({ connections }) => connections,
  "connections.waiting": ({ waiting }) => waiting,
  "connections.streams": ({ streams_in_flight }) => streams_in_flight,
  "connections.reopened": ({ t_ms, reconnects_total }, before) =>
    before === undefined || t_ms <= before.t_ms
      ? null
      : Math.max(0, reconnects_total - before.reconnects_total) / ((t_ms - before.t_ms) / 1000),
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
  const hosts = [{ source: "host", device: null, samples: run.host }];
  const own = [{ source: "june-load", device: null, samples: run.host }];
  const gpus = readingsByGpu(run.gpu).map((samples) => ({
    source: gpuLabel(samples[0]),
    device: String(samples[0].index),
    samples,
  }));
  const all: ResourceSeries[] = [
    ...listOf(names, HOST, hosts),
    ...listOf(names, OWN, own),
    ...listOf(names, GPU, gpus),
    ...listOf(names, PROCESS, processesOf(run)),
    ...listOf(names, CONNECTIONS, connectionsOf(run)),
    ...(names === RESOURCE_NAMES ? serviceSeries(run, null) : serviceSeries(run, new Set<string>(names))),
  ];
  const rank = new Map<string, number>(RESOURCE_NAMES.map((name, at) => [name, at]));
  const place = ({ resource }: ResourceSeries) => rank.get(resource) ?? Infinity;
  return all.sort((a, b) => place(a) === place(b) ? 0 : place(a) - place(b));
}

function listOf<R extends Resource, S extends { t_ms: number }>(
  names: readonly Resource[],
  readers: Readonly<Record<R, Read<S>>>,
  devices: readonly Device<S>[],
): ResourceSeries[] {
  return names.filter((name): name is R => Object.hasOwn(readers, name)).flatMap((resource) =>
    devices.flatMap(({ source, device, samples }) => {
      const values = samples.map((sample, i) => readers[resource](sample, samples[i - 1]));
      if (values.every((value) => value === null)) return [];
      const { unit, words, follows = false } = resourceFacts(resource);
      return [{
        id: device === null ? resource : `${resource}(${source})`,
        resource,
        follows,
        source,
        device,
        label: source === "june-load" ? `june-load's ${words}` : `${source} ${words}`,
        unit,
        t_ms: samples.map(({ t_ms }) => t_ms),
        values,
      }];
    })
  );
}

function processesOf(run: Run): Device<Timed<ProcessSample>>[] {
  return (run.plan.resources.processes ?? []).map(({ name }) => ({
    source: name,
    device: name,
    samples: run.host.flatMap(({ t_ms, processes = [] }) => {
      const found = processes.find((one) => one.name === name);
      return found === undefined ? [] : [{ ...found, t_ms }];
    }),
  }));
}

/** What was counted at the end of each second, or slot. */
function connectionsOf(run: Run): Device<Timed<ConnectionData>>[] {
  return run.plan.services.map(({ name }) => ({
    source: name,
    device: name,
    samples: run.slots.flatMap(({ start_ms, length_ms, connections }) => {
      const found = connections.find(({ service }) => service === name);
      return found === undefined ? [] : [{ ...found, t_ms: start_ms + length_ms }];
    }),
  }));
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
  return [...Map.groupBy(service, ({ source }) => source)].flatMap(([source, samples]) => {
    const keys = [...new Set(samples.flatMap(({ values }) => Object.keys(values)))];
    return keys.flatMap((key): ResourceSeries[] => {
      const { name, labels } = readSeriesKey(key);
      const resource = RULE_NAMES.get(name) ?? `service.${name}`;
      if (names !== null && !names.has(resource)) return [];
      const { label, unit } = seriesFacts(key);
      const [base, factor] = SERVICE_UNITS[unit];
      const values = samples.map((sample) => {
        const value = sample.values[key] ?? null;
        return value === null ? null : value * factor;
      });
      if (values.every((value) => value === null)) return [];
      const where = labels === "" ? source : `${source}{${labels}}`;
      return [{
        id: `${resource}(${where})`,
        resource,
        follows: FOLLOWING.has(name),
        source: where,
        device: source,
        label: `${where} ${label}`,
        unit: base,
        t_ms: samples.map(({ t_ms }) => t_ms),
        values,
      }];
    });
  });
}
