/** The JSON Schema of `june_load_<stamp>.json`, made from the catalogues that the document itself is made from. */
import { OUTCOMES } from "../../measure/interval.ts";
import type { DistributionUnit } from "../../plan/threshold/measure_units.ts";
import { NOTE_KINDS } from "../../measure/interval.ts";
import { LINK_TOTALS } from "../../result/connections.ts";
import { COUNTERS, DISTRIBUTION_NAMES, DISTRIBUTIONS } from "../../plan/threshold/threshold.ts";
import { ENERGY_FIGURES } from "../../verdict/energy.ts";
import { exportUnit } from "../format/base_units.ts";
import { sampleDefs } from "./sample_schema.ts";
import {
  COUNT,
  described,
  each,
  INTEGER,
  list,
  map,
  NUMBER,
  object,
  oneOf,
  orNull,
  ref,
  type Schema,
  TEXT,
  YES_NO,
} from "./schema_words.ts";

/**
 * The schema. Its `format` is that of the document: a reader that knows this number can read every field named here, and
 * must let others pass.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const { properties } = reportJsonSchema(3) as { properties: { format: { const: number } } };
 * assert.equal(properties.format.const, 3);
 * ```
 */
export function reportJsonSchema(format: number): Schema {
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: `The report of june-load, format ${format}`,
    description: "A member that is null was not measured or is not known; it is never 0 for that reason.",
    ...object({ format: { const: format }, ...documentMembers() }),
    $defs: { ...defs(), ...calibrationDefs(), ...ruleDefs(), ...timeDefs(), ...sampleDefs() },
  };
}

function calibrationDefs(): Record<string, Schema> {
  const added = object({ count: COUNT, p50_us: NUMBER, p99_us: NUMBER });
  const spread = object({ count: COUNT, p50_us: NUMBER, p99_us: NUMBER, max_us: NUMBER });
  const capacity = orNull(object({ held_per_s: NUMBER, late_per_s: orNull(NUMBER) }));
  return {
    calibration: object({
      format: INTEGER,
      tool: TEXT,
      deno: TEXT,
      measured_at: TEXT,
      host: object({
        name: TEXT,
        os: TEXT,
        kernel: TEXT,
        cpu_model: orNull(TEXT),
        cpus: INTEGER,
        governor: orNull(TEXT),
      }),
      others_percent: orNull(NUMBER),
      idle: ref("calibrated"),
      busy: orNull(ref("calibrated")),
    }),
    calibrated: object({
      start: spread,
      pacing: spread,
      answer: added,
      first_message: added,
      gap: added,
      call_cpu: orNull(object({ alone_us: NUMBER, together_us: orNull(NUMBER) })),
      calls: capacity,
      frames: capacity,
      chunks: capacity,
    }),
  };
}

function documentMembers(): Record<string, Schema> {
  return {
    tool: described("The version that made the load", TEXT),
    started_at: described("ISO 8601, UTC", TEXT),
    complete: described("false: the result breaks off, because the run was killed or goes on", YES_NO),
    end: orNull(ref("end")),
    elapsed_ms: NUMBER,
    load_end_ms: described("When no new tasks began any more", NUMBER),
    host: object({ name: TEXT, os: TEXT, cpus: INTEGER, memory_bytes: NUMBER }),
    "calibration?": described("What june-load adds on this host, by `june-load calibrate`", ref("calibration")),
    services: list(object({ name: TEXT, address: TEXT, state: TEXT, details: TEXT, "addresses?": COUNT })),
    plan: described("The whole plan, secrets hidden", {
      ...object({
        scenario: TEXT,
        description: TEXT,
        seed: NUMBER,
        duration_ms: NUMBER,
        loads: list({ type: "object" }),
        stages: list({ type: "object" }),
        services: list({ type: "object" }),
        tasks: list({ type: "object" }),
        thresholds: list(ref("threshold")),
        objectives: list({ type: "object" }),
        percentiles: list(NUMBER),
      }),
      additionalProperties: true,
    }),
    "steered?": described(
      "Changes of the load by its user, each with the instant from which it holds; absent: none. The plan is as steered",
      list(object({ at_ms: NUMBER, change: ref("change") })),
    ),
    verdict: ref("verdict"),
    unaccounted: described("Issued calls without an outcome; anything but 0 is a fault of june-load", INTEGER),
    in_flight: COUNT,
    peak_users: orNull(COUNT),
    peak_in_flight: orNull(COUNT),
    total: ref("row"),
    operations: list(ref("row")),
    stages: list(ref("stage")),
    recovery: { ...object({ state: TEXT }), additionalProperties: true },
    drift: map({
      ...object({ stage: orNull(TEXT), change_per_h: orNull(NUMBER), n: COUNT }),
      additionalProperties: true,
    }),
    "p95_rises?": described(
      "When the P95 of the response time rose for longer than chance explains, and what else changed then: correlation",
      list(ref("p95_rise")),
    ),
    turns: list(ref("turn")),
    transcripts: list(ref("transcript")),
    answers: list(object({ operation: TEXT, kind: TEXT, count: NUMBER, of: NUMBER, text: TEXT })),
    generator: ref("generator"),
    connections: list(ref("connections")),
    servers: list(ref("server")),
    failures: list(ref("failure")),
    timeline: list(ref("slot")),
    "energy?": orNull(
      object({ ...energyMembers(), stages: list(object({ name: TEXT, ...optional(energyMembers()) })) }),
    ),
    resources: object({
      host: list(ref("host_sample")),
      gpu: list(ref("gpu_sample")),
      "remote?": list(ref("host_sample")),
    }),
    events: list(ref("event")),
  };
}

/** Of a service, and of each of its addresses; null where a transport cannot know it, and in results of older builds. */
function linkMembers(): Record<string, Schema> {
  return {
    ...each(["connections_peak", "streams_peak", "reconnects_total"], COUNT),
    ...each(["stream_limit", ...LINK_TOTALS], orNull(COUNT)),
    ping: distributionOf("us"),
  };
}

function connections(): Schema {
  return object({
    service: TEXT,
    ...linkMembers(),
    ...each(["moves_total", "waiting_peak"], COUNT),
    wait: distributionOf("us"),
    addresses: list(object({ address: TEXT, ...linkMembers() })),
    notes: list(
      object({
        kind: oneOf(...NOTE_KINDS),
        address: TEXT,
        text: TEXT,
        count: COUNT,
        first_ms: NUMBER,
        last_ms: NUMBER,
      }),
    ),
  });
}

function defs(): Record<string, Schema> {
  const units: readonly DistributionUnit[] = ["us", "ppm", "count"];
  return {
    ...Object.fromEntries(units.map((unit) => [`distribution_${exportUnit(unit)}`, distribution(unit)])),
    outcomes: object(each(OUTCOMES, COUNT)),
    connections: connections(),
    figure: object({
      value: NUMBER,
      unit: TEXT,
      low: orNull(NUMBER),
      high: orNull(NUMBER),
      n: COUNT,
      carried: described("Whether n is large enough to trust the value", YES_NO),
      at_least: described("The true value is this or more", YES_NO),
    }),
    row: object({
      name: TEXT,
      type: TEXT,
      calls: COUNT,
      share: NUMBER,
      rate_per_s: NUMBER,
      issued: COUNT,
      outcomes: ref("outcomes"),
      error_rate: NUMBER,
      sent_bytes: COUNT,
      received_bytes: COUNT,
      messages: COUNT,
      counters: object(each(COUNTERS, NUMBER)),
      figures: map(ref("figure")),
      ...Object.fromEntries(DISTRIBUTION_NAMES.map((name) => [name, distributionOf(DISTRIBUTIONS[name].unit)])),
      failed_latency: distributionOf("us"),
    }),
    stage: object({
      name: TEXT,
      load: COUNT,
      start_ms: NUMBER,
      end_ms: NUMBER,
      warm_up: YES_NO,
      "ramp?": YES_NO,
      asked: described("The load that the plan asks for, in words", TEXT),
      reached: orNull(object({ offered_per_s: NUMBER, begun_per_s: NUMBER, dropped: COUNT })),
      total: ref("row"),
      operations: list(ref("row")),
    }),
  };
}

const distributionOf = (unit: DistributionUnit) => orNull(ref(`distribution_${exportUnit(unit)}`));

function distribution(base: DistributionUnit): Schema {
  const unit = exportUnit(base);
  const percentiles = (values: Schema) => ({
    type: "object",
    patternProperties: { "^p[0-9.]+$": values },
    additionalProperties: false,
  });
  return object({
    count: COUNT,
    [`mean_${unit}`]: NUMBER,
    [`min_${unit}`]: NUMBER,
    [`max_${unit}`]: NUMBER,
    [`percentiles_${unit}`]: percentiles(NUMBER),
    [`intervals_${unit}`]: percentiles(orNull({ type: "array", items: NUMBER, minItems: 2, maxItems: 2 })),
    [`at_least_${unit}?`]: percentiles(NUMBER),
    hdr_v2: described(
      "HdrHistogram's V2 compressed form, base64, in base units (microseconds, millionths, counts)",
      TEXT,
    ),
  });
}

function ruleDefs(): Record<string, Schema> {
  const interval = orNull(object({ low: NUMBER, high: NUMBER }));
  return {
    threshold: object({
      source: described("The rule as it is written", TEXT),
      measure: { type: "object", additionalProperties: true },
      operations: orNull(TEXT),
      stage: orNull(TEXT),
      comparison: oneOf("<", "<=", ">", ">="),
      limit: NUMBER,
      level: oneOf("fail", "warn", "abort"),
      "abort_after_ms?": NUMBER,
    }),
    rule: object({
      threshold: ref("threshold"),
      passed: YES_NO,
      observed: orNull(NUMBER),
      observed_text: TEXT,
      worst: orNull(TEXT),
      n: COUNT,
      ratio: orNull(NUMBER),
      interval,
      data: { enum: ["enough", "too little", null] },
      unsure: orNull(TEXT),
      unproven: orNull(object({ more_ms: orNull(NUMBER) })),
      "left_out?": list(TEXT),
      undecided: orNull({ ...object({ kind: TEXT }), additionalProperties: true }),
      inapplicable: orNull(object({ operations: list(TEXT), all: YES_NO, needs: TEXT, instead: orNull(TEXT) })),
    }),
    verdict: object({
      status: oneOf("PASS", "FAIL", "INVALID"),
      sentence: TEXT,
      rules: list(ref("rule")),
      certainty: orNull(object({ certain: COUNT, rules: COUNT, run_ms: orNull(NUMBER), too_near: list(TEXT) })),
    }),
    check: object({
      name: TEXT,
      value: TEXT,
      state: oneOf("ok", "unknown", "warn", "invalid"),
      advice: TEXT,
    }),
  };
}

function timeDefs(): Record<string, Schema> {
  const known = orNull(NUMBER);
  const figures = { issued: COUNT, outcomes: ref("outcomes"), p50_ms: known, p95_ms: known, p99_ms: known };
  const stall = { start_ms: NUMBER, length_ms: NUMBER, "workers?": list(COUNT), "starved?": YES_NO };
  return {
    generator: object({
      due: COUNT,
      begun: COUNT,
      start_lag: distributionOf("us"),
      loop_lag_ms: NUMBER,
      busiest_pool_ratio: known,
      gc_pause_ms: known,
      clock_step_ms: known,
      stalls: list(object(stall)),
      checks: list(ref("check")),
    }),
    end: object({ type: TEXT, t_ms: NUMBER, reason: TEXT, text: TEXT, unaccounted: INTEGER }),
    event: object({
      type: TEXT,
      t_ms: NUMBER,
      kind: TEXT,
      text: TEXT,
      "rule?": TEXT,
      "stalls?": object({ count: COUNT, longest_ms: NUMBER }),
      "change?": ref("change"),
      "at_ms?": NUMBER,
    }),
    change: {
      ...object({ type: TEXT, "load?": orNull(TEXT), "target?": NUMBER, "factor?": NUMBER }),
    },
    p95_rise: p95Rise(),
    failure: object({
      operation: TEXT,
      outcome: oneOf("failed", "timed_out"),
      code: INTEGER,
      type: TEXT,
      pattern: TEXT,
      example: TEXT,
      count: COUNT,
      first_ms: NUMBER,
      last_ms: NUMBER,
    }),
    slot: object({
      start_ms: NUMBER,
      length_ms: NUMBER,
      users: orNull(COUNT),
      in_flight: COUNT,
      loop_lag_ms: NUMBER,
      ...figures,
      operations: map(object(figures)),
      connections: list(object({
        service: TEXT,
        ...each(CONNECTION_COUNTERS, COUNT),
        ...optional({ opening: COUNT, ...each(["stream_limit", ...LINK_TOTALS], orNull(COUNT)) }),
      })),
    }),
  };
}

/** When the P95 rose, and what else changed then. */
function p95Rise(): Schema {
  return object({
    at_ms: NUMBER,
    until_ms: NUMBER,
    operation: TEXT,
    also: list(TEXT),
    before_ms: NUMBER,
    after_ms: NUMBER,
    load: orNull(object({ of: oneOf("users", "arrivals"), before: NUMBER, after: NUMBER, stage: orNull(TEXT) })),
    happened: list(object({ name: TEXT, start_ms: NUMBER })),
    moved: list(object({
      id: TEXT,
      label: TEXT,
      unit: TEXT,
      before: NUMBER,
      after: NUMBER,
      standardised: NUMBER,
    })),
    looked_at: COUNT,
    text: TEXT,
  });
}

/** Of the devices together; joules, null where it is not known (`why`). */
function energyMembers(): Record<string, Schema> {
  return {
    of: oneOf("gpu", "cpu"),
    devices: COUNT,
    method: oneOf("counter", "power"),
    coverage: NUMBER,
    length_ms: NUMBER,
    ...each(ENERGY_FIGURES.map((name) => `${name}_j`), orNull(NUMBER)),
    idle_w: orNull(NUMBER),
    idle_j: orNull(NUMBER),
    why: orNull(TEXT),
  };
}

const optional = (members: Record<string, Schema>) =>
  Object.fromEntries(Object.entries(members).map(([name, schema]) => [`${name}?`, schema]));

const CONNECTION_COUNTERS = ["connections", "streams_in_flight", "waiting", "reconnects_total", "moves_total"];
