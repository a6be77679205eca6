/** The fields of a calibration, in a header and in a file of its own. */
import { type TSchema, Type } from "typebox";
import { Compile, type Validator } from "typebox/compile";
import type { Added, CalibratedHost, Calibration, Capacity, Conditions, Spread } from "../calibration.ts";
import { amount, map, maybe, name, orNull, signed, whole } from "./fields.ts";

const spread = map<Spread>({ count: whole, p50_us: amount, p99_us: amount, max_us: amount });
const added = map<Added>({ count: whole, p50_us: signed, p99_us: signed });
const capacity = orNull(map<Capacity>({ held_per_s: amount, late_per_s: orNull(amount) }));

const conditions = map<Conditions>({
  start: spread,
  pacing: spread,
  answer: added,
  first_message: added,
  gap: added,
  call_cpu: orNull(
    map<NonNullable<Conditions["call_cpu"]>>({ alone_us: amount, together_us: orNull(amount) }),
  ),
  calls: capacity,
  frames: capacity,
  chunks: capacity,
});

/** When something was; ISO 8601, UTC. */
export const timestamp: TSchema = Type.String({
  maxLength: 40,
  pattern: "^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?Z$",
});

/** A whole calibration. */
export const calibration: TSchema = map<Calibration>({
  format: whole,
  tool: name,
  deno: name,
  measured_at: timestamp,
  host: map<CalibratedHost>({
    name,
    os: name,
    kernel: name,
    cpu_model: orNull(name),
    cpus: amount,
    governor: orNull(name),
  }),
  others_percent: orNull(amount),
  idle: conditions,
  busy: orNull(conditions),
});

/** The field of a header. */
export const maybeCalibration: TSchema = maybe(calibration);

let validator: Validator | null = null;

/** Whether a value has the shape of a calibration, and its time is one. */
export function isCalibration(value: unknown): value is Calibration {
  validator ??= Compile(calibration);
  return validator.Check(value) && !Number.isNaN(Date.parse((value as Calibration).measured_at));
}
