/** The lines of a result by their type, compiled once. */
import { type TSchema, Type } from "typebox";
import { Compile, type Validator } from "typebox/compile";
import type { TLocalizedValidationError } from "typebox/error";
import { Settings } from "typebox/system";
import type {
  GpuProcess,
  GpuSample,
  HostSample,
  OwnThread,
  ProcessSample,
  ServiceSample,
} from "../../measure/resource.ts";
import { MAX_SERVICE_KEY, MAX_SERVICE_VALUES } from "../../measure/service_series.ts";
import type { Change } from "../../plan/steering.ts";
import { type ModelCounts, type ServerTime } from "../../measure/server_statistics.ts";
import type {
  EndRecord,
  EventRecord,
  HeaderRecord,
  InputRecord,
  ResultRecord,
  ServiceRecord,
  ServiceStatisticsRecord,
} from "../record.ts";
import { maybeCalibration, timestamp } from "./calibration_shape.ts";
import {
  amount,
  count,
  instant,
  length,
  list,
  map,
  maybe,
  name,
  oneOf,
  only,
  orNull,
  place,
  reading,
  signed,
  text,
  whole,
  word,
} from "./fields.ts";
import { interval } from "./interval_shape.ts";
import { plan } from "./plan_shape.ts";

const header = map<HeaderRecord>({
  type: only("header"),
  format: whole,
  tool: name,
  started_at: timestamp,
  host: map<HeaderRecord["host"]>({ name: text, os: text, cpus: amount, memory_bytes: amount }),
  plan,
  services: list(
    map<ServiceRecord>({ name, address: text, state: text, details: text, addresses: maybe(count) }),
    1000,
  ),
  inputs: maybe(list(
    map<InputRecord>({
      service: name,
      path: text,
      files: whole,
      entries: whole,
      bytes: amount,
      unused: maybe(list(text, 1000)),
    }),
    10_000,
  )),
  calibration: maybeCalibration,
});

type Kind<K extends Change["type"]> = Extract<Change, { type: K }>;
const change = oneOf(
  map<Kind<"target">>({ type: only("target"), load: orNull(text), target: amount }),
  map<Kind<"scale">>({ type: only("scale"), factor: amount }),
  map<Pick<Kind<"pause">, "type">>({ type: word(["pause", "resume", "next_stage", "reset_statistics"]) }),
);
const event = map<EventRecord>({
  type: only("event"),
  t_ms: instant,
  kind: name,
  text,
  rule: maybe(text),
  count: maybe(count),
  host: maybe(name),
  stalls: maybe(map<NonNullable<EventRecord["stalls"]>>({ count, longest_ms: length })),
  change: maybe(change),
  at_ms: maybe(length),
});

const hostExtras = {
  core_percent: maybe(orNull(list(Type.Number({ minimum: 0, maximum: 100 }), 1024))),
  load_1m: maybe(reading),
  swap_used_bytes: maybe(reading),
  network_received_bytes_per_s: maybe(reading),
  network_sent_bytes_per_s: maybe(reading),
  disk_read_bytes_per_s: maybe(reading),
  disk_written_bytes_per_s: maybe(reading),
  disk_busy_percent: maybe(reading),
  tcp_retransmits_per_s: maybe(reading),
  sockets: maybe(reading),
  sockets_time_wait: maybe(reading),
  descriptors: maybe(reading),
  own_descriptors: maybe(reading),
  temperature_c: maybe(reading),
  cpu_energy_j: maybe(reading),
  processes: maybe(list(
    map<ProcessSample>({
      name,
      pid: orNull(whole),
      processes: whole,
      cpu_percent: reading,
      memory_bytes: reading,
      threads: reading,
      descriptors: reading,
      restarts: whole,
    }),
    64,
  )),
  own_threads: maybe(orNull(list(
    map<OwnThread>({ name: Type.String({ maxLength: 256 }), threads: whole, cpu_percent: amount }),
    64,
  ))),
};

const host = map<HostSample>({
  type: only("host"),
  t_ms: instant,
  host: maybe(name),
  cpu_percent: reading,
  memory_used_bytes: reading,
  memory_total_bytes: reading,
  own_memory_bytes: reading,
  own_cpu_percent: reading,
  steal_percent: maybe(reading),
  cpu_limit_cores: maybe(reading),
  throttled_percent: maybe(reading),
  swapped_pages_per_s: maybe(reading),
  own_major_faults_per_s: maybe(reading),
  ...hostExtras,
});

const known = maybe(Type.Number({ minimum: -1e18, maximum: 1e18 }));
/** What drivers report besides: absent where they do not. */
const gpuExtras = {
  memory_reserved_bytes: known,
  memory_temperature_c: known,
  memory_clock_mhz: known,
  sm_clock_max_mhz: known,
  fan_percent: known,
  encoder_percent: known,
  decoder_percent: known,
  pcie_generation: known,
  pcie_width: known,
  performance_state: known,
  ecc_corrected_total: known,
  ecc_uncorrected_total: known,
  power_capped_us: known,
  heat_slowed_us: known,
  power_braked_us: known,
  energy_j: known,
  processes: maybe(list(
    map<GpuProcess>({ pid: whole, name: Type.String({ maxLength: 256 }), memory_used_bytes: reading }),
    64,
  )),
};

const gpu = map<GpuSample>({
  type: only("gpu"),
  t_ms: instant,
  host: maybe(name),
  index: place,
  uuid: Type.String({ maxLength: 256 }),
  name: Type.String({ maxLength: 256 }),
  utilization_percent: reading,
  memory_utilization_percent: reading,
  memory_used_bytes: reading,
  memory_total_bytes: reading,
  power_w: reading,
  power_limit_w: reading,
  temperature_c: reading,
  sm_clock_mhz: reading,
  clock_event_mask: reading,
  ...gpuExtras,
});

/** By name of a series; more names than a page has values are refused by the type. */
const pageValues = Type.Record(
  Type.String({
    minLength: 1,
    maxLength: MAX_SERVICE_KEY,
    pattern: "^[^\\u0000-\\u001f\\u007f-\\u009f\\u2028\\u2029]*$",
  }),
  reading,
  { maxProperties: MAX_SERVICE_VALUES, additionalProperties: false },
);
const service = map<ServiceSample>({ type: only("service"), t_ms: instant, source: name, values: pageValues });

const time = map<ServerTime>({ count: whole, sum_us: amount });
const model = map<ModelCounts>({
  model: text,
  version: text,
  inferences: whole,
  executions: whole,
  success: time,
  fail: time,
  queue: time,
  compute_input: time,
  compute_infer: time,
  compute_output: time,
  cache_hit: time,
  cache_miss: time,
});
const statistics = map<ServiceStatisticsRecord>({
  type: only("service_statistics"),
  t_ms: instant,
  service: name,
  when: word(["before", "after"]),
  models: list(model, 1000),
});

const end = map<EndRecord>({
  type: only("end"),
  t_ms: instant,
  reason: word(["completed", "stopped", "aborted", "failed"]),
  text,
  unaccounted: signed,
});

/** The schema of each type of line, as JSON Schema. */
export const RECORDS: Readonly<Record<ResultRecord["type"], TSchema>> = {
  header,
  interval,
  host,
  gpu,
  service,
  service_statistics: statistics,
  event,
  end,
};

// Of eight faults, the default, most may be those of alternatives that were not meant.
Settings.Set({ maxErrors: 100 });

const compiled = new Map<ResultRecord["type"], Validator>();

function validatorOf(type: ResultRecord["type"]): Validator {
  let validator = compiled.get(type);
  if (validator === undefined) compiled.set(type, validator = Compile(RECORDS[type]));
  return validator;
}

/** Whether a value is a record of this type; a schema is compiled on first use. */
export function fits(type: ResultRecord["type"], value: unknown): boolean {
  return validatorOf(type).Check(value);
}

/** What is wrong with a value that is none, up to a limit. */
export function faultsOf(type: ResultRecord["type"], value: unknown): TLocalizedValidationError[] {
  return validatorOf(type).Errors(value);
}
