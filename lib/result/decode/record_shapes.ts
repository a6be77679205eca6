/** The lines of a result by their type, compiled once. */
import { type TSchema, Type } from "typebox";
import { Compile, type Validator } from "typebox/compile";
import type { TLocalizedValidationError } from "typebox/error";
import { Settings } from "typebox/system";
import type { GpuSample, HostSample } from "../../measure/resource.ts";
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
  only,
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

const event = map<EventRecord>({
  type: only("event"),
  t_ms: instant,
  kind: name,
  text,
  rule: maybe(text),
  stalls: maybe(map<NonNullable<EventRecord["stalls"]>>({ count, longest_ms: length })),
});

const host = map<HostSample>({
  type: only("host"),
  t_ms: instant,
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
});

const gpu = map<GpuSample>({
  type: only("gpu"),
  t_ms: instant,
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
});

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
