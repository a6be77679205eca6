/** Facts of a run as text, for the page and the plain-text summary. */
import { OUTCOMES } from "../../measure/interval.ts";
import type { ConnectionSummary } from "../../result/connections.ts";
import { gpuName, type GpuReadings, readingsByGpu } from "../../measure/gpus.ts";
import type { HostSample } from "../../measure/resource.ts";
import type { ClosedLoad, LoadSegment, Plan, ThinkTime } from "../../plan/plan.ts";
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatNumber,
  formatPower,
  formatRate,
  formatTemperature,
} from "../../plan/units.ts";
import type { Readings } from "../../result/readings.ts";
import type { Run } from "../../result/run.ts";
import { serviceReadings, watchedServices } from "../../result/services.ts";
import { plainText } from "../format/escape.ts";

/** A named fact. */
export interface Fact {
  name: string;
  text: string;
}

/** `up to 500 users`, `12 to 50/s`: the load in words. */
export function loadText({ loads }: Pick<Plan, "loads">): string {
  return loads.map((load) =>
    load.kind === "closed" ? `up to ${formatCount(load.users)} users` : `arrivals up to ${peakRate(load.courses)}`
  ).join(", ");
}

function peakRate(courses: readonly LoadSegment[]): string {
  return formatRate(courses.reduce((max, course) => {
    if (course.kind === "linear") return Math.max(max, course.from, course.to);
    if (course.kind === "sine") return Math.max(max, course.mean + course.amplitude);
    return Math.max(max, course.arrivals / (course.end_ms - course.start_ms) * 1000);
  }, 0));
}

/** How users pause between tasks, before their first, and after a refusal. */
export function thinkText({ loads }: Pick<Plan, "loads">): string {
  return loads.flatMap((load) => load.kind === "closed" ? [pausesText(load)] : []).join(", ");
}

function pausesText({ think_time, start, after_failure_ms }: ClosedLoad): string {
  const pauses = think_time.kind !== "constant" || think_time.value_ms > 0;
  const first = start === "staggered" ? ", the first task after a random part of it" : ", the first task at once";
  const refused = after_failure_ms === 0 ? "" : `, at least ${formatDuration(after_failure_ms * 1000)} after a refusal`;
  return `${pauseText(think_time)}${pauses ? first : ""}${refused}`;
}

function pauseText(think: ThinkTime): string {
  const time = (ms: number) => formatDuration(ms * 1000);
  switch (think.kind) {
    case "constant":
      return think.value_ms === 0 ? "no think time" : `${time(think.value_ms)} think time`;
    case "uniform":
      return `${time(think.min_ms)} to ${time(think.max_ms)} think time, uniform`;
    case "exponential":
      return `${time(think.mean_ms)} think time on average, exponential`;
    case "lognormal":
      return `${time(think.median_ms)} think time in the median, lognormal`;
    case "pacing":
      return `a task every ${time(think.every_ms)}`;
  }
}

/** Mean of the values that are not null; null without any. */
export function meanOf(values: ReadonlyArray<number | null>): number | null {
  const present = values.filter((value) => value !== null);
  return present.length === 0 ? null : present.reduce((sum, value) => sum + value, 0) / present.length;
}

/** Largest of the values that are not null; null without any. */
function maxOf(values: ReadonlyArray<number | null>): number | null {
  return values.reduce((max, value) => value !== null && (max === null || value > max) ? value : max, null);
}

/** Mean and maximum of a reading as text, or null where it was never read. */
function range(values: ReadonlyArray<number | null>, text: (value: number) => string): string | null {
  const mean = meanOf(values);
  const max = maxOf(values);
  return mean === null || max === null ? null : `${text(mean)} mean, ${text(max)} at most`;
}

const percent = (value: number) => `${formatNumber(value)} %`;

function joined(parts: ReadonlyArray<readonly [label: string, text: string | null]>): string {
  const known = parts.filter(([, text]) => text !== null);
  return known.length === 0 ? "no readings" : known.map(([label, text]) => `${label} ${text}`).join(" · ");
}

/** The machine that made the load. */
export function hostFigures(run: Run): Fact[] {
  if (run.host.length === 0) return [...remoteFigures(run), ...processFigures(run)];
  const total = maxOf(run.host.column("memory_total_bytes"));
  const memory = range(run.host.column("memory_used_bytes"), formatBytes);
  const { host } = run.header;
  return [
    {
      name: `host ${host.name}`,
      text: joined([
        [`CPU of ${host.cpus} cores`, range(run.host.column("cpu_percent"), percent)],
        ["memory", memory === null || total === null ? memory : `${memory}, of ${formatBytes(total)}`],
      ]),
    },
    ...partFigures(run.host),
    {
      name: "june-load itself",
      text: joined([
        ["CPU (100 % = one core)", range(run.host.column("own_cpu_percent"), percent)],
        ["memory", range(run.host.column("own_memory_bytes"), formatBytes)],
        ["busiest thread", busiestThread(run)],
        ["files and connections", range(run.host.column("own_descriptors"), formatNumber)],
      ]),
    },
    ...remoteFigures(run),
    ...processFigures(run),
  ];
}

/** Other machines that were read. */
function remoteFigures(run: Run): Fact[] {
  return (run.plan.resources.remote ?? []).filter(({ cpu, memory }) => cpu || memory).flatMap(({ name }) => {
    const readings = run.remote.of(name);
    const total = maxOf(readings.column("memory_total_bytes"));
    const memory = range(readings.column("memory_used_bytes"), formatBytes);
    const text = joined([
      ["CPU", range(readings.column("cpu_percent"), percent)],
      ["memory", memory === null || total === null ? memory : `${memory}, of ${formatBytes(total)}`],
    ]);
    return [{ name: `host ${name}`, text }, ...partFigures(readings)];
  });
}

/** What each service used. */
function processFigures(run: Run): Fact[] {
  return watchedServices(run).map(({ name, host }): Fact => {
    const samples = serviceReadings(run, name).flatMap(({ read }) => read ?? []);
    const last = samples.at(-1);
    const memory = samples.map(({ memory_bytes }) => memory_bytes).filter((bytes) => bytes !== null);
    const [from, to] = [memory[0], memory.at(-1)];
    const restarts = last?.restarts ?? 0;
    return {
      name: host === null ? `service ${name}` : `service ${name} on ${host}`,
      text: joined([
        ["process", last?.pid === null || last === undefined ? null : String(last.pid)],
        ["CPU (100 % = one core)", range(samples.map(({ cpu_percent }) => cpu_percent), percent)],
        [
          "memory",
          from === undefined || to === undefined
            ? null
            : `${formatBytes(from)} at the start, ${formatBytes(to)} at the end`,
        ],
        ["threads", range(samples.map(({ threads }) => threads), formatNumber)],
        ["files and connections", range(samples.map(({ descriptors }) => descriptors), formatNumber)],
        ["restarts", restarts === 0 ? null : formatCount(restarts)],
      ]),
    };
  });
}

/** What else a machine did, and what it does not tell; nothing of an older result. */
function partFigures(host: Readings<HostSample>): Fact[] {
  if (!host.has("load_1m")) return [];
  const perSecond = (value: number) => `${formatBytes(value)}/s`;
  const core = maxOf(columnsOf(host, "core_percent").map(maxOf));
  const figures: Array<[label: string, text: string | null]> = [
    ["busiest core", core === null ? null : `${percent(core)} at most`],
    ["load", range(host.column("load_1m"), formatNumber)],
    ["swap", range(host.column("swap_used_bytes"), formatBytes)],
    ["received", range(host.column("network_received_bytes_per_s"), perSecond)],
    ["sent", range(host.column("network_sent_bytes_per_s"), perSecond)],
    ["TCP segments sent again", range(host.column("tcp_retransmits_per_s"), (value) => `${formatNumber(value)}/s`)],
    ["sockets", range(host.column("sockets"), formatNumber)],
    ["disks read", range(host.column("disk_read_bytes_per_s"), perSecond)],
    ["disks written", range(host.column("disk_written_bytes_per_s"), perSecond)],
    ["busiest disk", range(host.column("disk_busy_percent"), percent)],
    ["temperature", range(host.column("temperature_c"), formatTemperature)],
  ];
  const missing = figures.filter(([, text]) => text === null).map(([label]) => label);
  const told = missing.length === 0 ? null : missing.join(", ");
  return [{ name: "its parts", text: joined([...figures, ["not told by this machine:", told]]) }];
}

/** All numbers that a field holds, each in a column. */
function columnsOf(host: Readings<HostSample>, field: keyof HostSample): Array<Array<number | null>> {
  return host.paths.filter(([first]) => first === field).map((path) => host.column(path));
}

/** `worker-1 97 %`, the most that the threads of one name had in a second. */
function busiestThread(run: Run): string | null {
  const threads = [...run.host].flatMap(({ own_threads }) => own_threads ?? []);
  const most = threads.reduce<typeof threads[number] | null>(
    (max, one) => max !== null && max.cpu_percent >= one.cpu_percent ? max : one,
    null,
  );
  return most === null ? null : `${most.name} ${percent(most.cpu_percent)} at most`;
}

/** The GPUs read during the run. */
export function gpuFigures(run: Run): Fact[] {
  return readingsByGpu(run.gpu).map((samples) => {
    const limit = maxOf(samples.map((sample) => sample.power_limit_w));
    const power = range(samples.map((sample) => sample.power_w), formatPower);
    return {
      name: gpuName(samples[0]),
      text: joined([
        ["use", range(samples.map((sample) => sample.utilization_percent), percent)],
        ["memory", range(samples.map((sample) => sample.memory_used_bytes), formatBytes)],
        ["power", power === null || limit === null ? power : `${power}, of ${formatPower(limit)}`],
        ["temperature", range(samples.map((sample) => sample.temperature_c), formatTemperature)],
        ["clock", range(samples.map((sample) => sample.sm_clock_mhz), (value) => `${formatNumber(value)} MHz`)],
        ["memory's temperature", range(samples.map((one) => one.memory_temperature_c ?? null), formatTemperature)],
        ["clocks held back by the power limit for", rise(samples, "power_capped_us", formatDuration)],
        ["by heat for", rise(samples, "heat_slowed_us", formatDuration)],
        ["memory errors not corrected", rise(samples, "ecc_uncorrected_total", formatCount)],
        ["memory of", processText(samples)],
      ]),
    };
  });
}

/** By how much a counter rose between the first and the last sample; null where it did not. */
function rise(
  samples: GpuReadings,
  key: "power_capped_us" | "heat_slowed_us" | "ecc_uncorrected_total",
  text: (value: number) => string,
): string | null {
  const values = samples.flatMap((sample) => sample[key] ?? []);
  const [from, to] = [values[0], values.at(-1)];
  return from === undefined || to === undefined || to <= from ? null : text(to - from);
}

/** The processes that had memory when they were last looked at: `tritonserver 7.31 GiB`. */
function processText(samples: GpuReadings): string | null {
  const last = samples.findLast(({ processes }) => processes !== undefined)?.processes ?? [];
  const texts = last.slice(0, 4).map(({ name, pid, memory_used_bytes: bytes }) =>
    `${plainText(name, 60)} (${pid})${bytes === null ? "" : ` ${formatBytes(bytes)}`}`
  );
  return texts.length === 0 ? null : texts.join(", ");
}

/** The connections of each service of the plan; empty for a run without a measured second. */
export function connectionTotals(run: Run): ConnectionSummary[] {
  return run.slots.length === 0 ? [] : run.plan.services.map(({ name }) => run.connections.of(name));
}

/** What became of the calls without an outcome of the service's: `3 unfinished, 0 unaccounted`. */
export function looseEnds(run: Run): string {
  if (run.end === null) return `${formatCount(run.in_flight)} in flight when it broke off`;
  const { unfinished } = run.total({}, true).outcomes;
  return `${formatCount(unfinished)} unfinished, ${formatCount(run.unaccounted)} unaccounted`;
}

/** The outcomes of all issued calls, warm-up included. */
export function accounting(run: Run): {
  issued: number;
  outcomes: Array<{ name: string; count: number }>;
  /** Of a run without an end mark: calls that were in flight when it broke off. */
  in_flight: number;
  unaccounted: number;
} {
  const { issued, outcomes } = run.total({}, true);
  return {
    issued,
    outcomes: OUTCOMES.map((outcome) => ({ name: outcome.replaceAll("_", " "), count: outcomes[outcome] })),
    in_flight: run.in_flight,
    unaccounted: run.unaccounted,
  };
}
