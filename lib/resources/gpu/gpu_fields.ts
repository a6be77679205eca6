/** The fields requested from nvidia-smi, what each becomes, and how the request fits what a driver knows. */
import type { GpuSample } from "../../measure/resource.ts";

/** Readings of a GPU that are numbers. */
export type Amount = Exclude<keyof GpuSample, "type" | "t_ms" | "host" | "index" | "uuid" | "name" | "processes">;

/** What is known of a field that is a number. */
interface AmountFacts {
  /** Where its value goes. Fields of one key stand in for each other: the first with a value counts, or they are summed. */
  key: Amount;
  /** Units of the reading in one of nvidia-smi's. */
  scale?: number;
  /** Adds to what other fields of the key have. */
  summed?: true;
}

const MEBIBYTE = 1024 * 1024;

/** Fields that are numbers, under their newest spelling. Sources: `nvidia-smi --help-query-gpu` of drivers 525 to 610. */
const AMOUNTS = {
  "utilization.gpu": { key: "utilization_percent" },
  "utilization.memory": { key: "memory_utilization_percent" },
  "memory.used": { key: "memory_used_bytes", scale: MEBIBYTE },
  "memory.total": { key: "memory_total_bytes", scale: MEBIBYTE },
  "power.draw": { key: "power_w" },
  "enforced.power.limit": { key: "power_limit_w" },
  "temperature.gpu": { key: "temperature_c" },
  "clocks.current.sm": { key: "sm_clock_mhz" },
  "clocks_event_reasons.active": { key: "clock_event_mask" },
  "power.draw.average": { key: "power_w" },
  "power.draw.instant": { key: "power_w" },
  "memory.reserved": { key: "memory_reserved_bytes", scale: MEBIBYTE },
  "temperature.memory": { key: "memory_temperature_c" },
  "clocks.current.memory": { key: "memory_clock_mhz" },
  "clocks.max.sm": { key: "sm_clock_max_mhz" },
  "fan.speed": { key: "fan_percent" },
  "utilization.encoder": { key: "encoder_percent" },
  "utilization.decoder": { key: "decoder_percent" },
  "pcie.link.gen.gpucurrent": { key: "pcie_generation" },
  "pcie.link.width.current": { key: "pcie_width" },
  "ecc.errors.corrected.volatile.total": { key: "ecc_corrected_total" },
  "ecc.errors.uncorrected.volatile.total": { key: "ecc_uncorrected_total" },
  "clocks_event_reasons_counters.sw_power_cap": { key: "power_capped_us" },
  "clocks_event_reasons_counters.sw_thermal_slowdown": { key: "heat_slowed_us", summed: true },
  "clocks_event_reasons_counters.hw_thermal_slowdown": { key: "heat_slowed_us", summed: true },
  "clocks_event_reasons_counters.hw_power_brake_slowdown": { key: "power_braked_us" },
  // NVML's counter, millijoules since the driver was loaded. No nvidia-smi up to driver 610 prints it.
  "total_energy_consumption": { key: "energy_j", scale: 0.001 },
} as const satisfies Record<string, AmountFacts>;

/** Name of a field that is a number. */
export type AmountField = keyof typeof AMOUNTS;
/** All of them with what they become, in the order of the request. */
export const AMOUNT_FIELDS = Object.entries(AMOUNTS) as [AmountField, AmountFacts][];

/** Fields that are words, and where they stand in the request. */
const FIRST_WORDS = ["timestamp", "index", "uuid", "name"] as const;
const LAST_WORDS = ["mig.mode.current", "pstate", "pci.bus_id", "gpu_recovery_action"] as const;
/** Name of a field. */
export type GpuField = AmountField | typeof FIRST_WORDS[number] | typeof LAST_WORDS[number];

/** Fields in the order of the request. */
export const GPU_FIELDS: readonly GpuField[] = [
  ...FIRST_WORDS,
  ...AMOUNT_FIELDS.map(([field]) => field),
  ...LAST_WORDS,
];

/** Fields that every driver of the last ten years knows; requested when a refusal names no field. */
const LEAST_FIELDS: readonly GpuField[] = [
  ...FIRST_WORDS,
  "utilization.gpu",
  "memory.used",
  "memory.total",
  "power.draw",
];

/** Asked only of a driver that lists them, since a refusal costs a start. */
const ONLY_IF_LISTED: readonly GpuField[] = ["total_energy_consumption"];

/** Worth a word where a driver lacks them; the others are nice to have. */
const TOLD: readonly GpuField[] = [
  ...FIRST_WORDS,
  ...AMOUNT_FIELDS.slice(0, 9).map(([field]) => field),
  "mig.mode.current",
];

/** Other spellings of a field, tried in turn when the first is refused. */
const OTHER_SPELLINGS: Partial<Record<GpuField, readonly string[]>> = {
  "clocks_event_reasons.active": ["clocks_throttle_reasons.active"],
  "clocks.current.sm": ["clocks.sm"],
  "clocks.current.memory": ["clocks.mem"],
  "enforced.power.limit": ["power.limit"],
  "pcie.link.gen.gpucurrent": ["pcie.link.gen.current"],
};

/** One column of the request. */
export interface GpuColumn {
  field: GpuField;
  /** As requested. The printed header may differ, so columns are matched by position only. */
  spelling: string;
}

/** The request to a driver of which nothing is known: all fields. */
export const FULL_REQUEST: readonly GpuColumn[] = GPU_FIELDS
  .filter((field) => !ONLY_IF_LISTED.includes(field))
  .map((field) => ({ field, spelling: field }));

/**
 * The fields that `nvidia-smi --help-query-gpu` lists: quoted at the start of a line, with their other names.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const help = '"index"\nZero based index of the GPU.\n\n"clocks.current.sm" or "clocks.sm"\nFrequency of "SM".\n';
 * assert.deepEqual([...listedFields(help.split("\n"))], ["index", "clocks.current.sm", "clocks.sm"]);
 * ```
 */
export function listedFields(lines: readonly string[]): Set<string> {
  const quoted = lines.filter((line) => line.startsWith('"')).slice(0, LISTED_MAX);
  return new Set(
    quoted.flatMap((line) => [...line.slice(0, 400).matchAll(/"([\w.]+)"/g)].map(([, name]) => name as string)),
  );
}

/** More fields than any driver lists. */
const LISTED_MAX = 2000;

/** The request to a driver that lists its fields: those of ours among them; all of ours where the list is none. */
export function requestFor(listed: ReadonlySet<string>): readonly GpuColumn[] {
  if (!LEAST_FIELDS.every((field) => listed.has(field))) return FULL_REQUEST;
  return GPU_FIELDS.flatMap((field): GpuColumn[] => {
    const spelling = [field, ...OTHER_SPELLINGS[field] ?? []].find((name) => listed.has(name));
    return spelling === undefined ? [] : [{ field, spelling }];
  });
}

/**
 * The name in `Field "x" is not a valid field to query.`, or null for any other text.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.equal(refusedField('Field "memory.bus" is not a valid field to query.'), "memory.bus");
 * ```
 */
export function refusedField(text: string): string | null {
  return /^Field "([^"]+)" is not a valid field to query/.exec(text)?.[1] ?? null;
}

/**
 * The request to try after a refusal: another spelling of the field, then no such field; the smallest request when the
 * refused name is not one of ours. Null when nothing is left to try.
 */
export function nextRequest(columns: readonly GpuColumn[], refused: string | null): readonly GpuColumn[] | null {
  const at = columns.findIndex(({ spelling }) => spelling === refused);
  const column = columns[at];
  if (column === undefined) return leastRequest(columns);
  const spellings = [column.field, ...OTHER_SPELLINGS[column.field] ?? []];
  const spelling = spellings[spellings.indexOf(column.spelling) + 1];
  if (spelling !== undefined) return columns.with(at, { field: column.field, spelling });
  // Without it, rows of different GPUs look the same.
  return column.field === "index" ? null : columns.toSpliced(at, 1);
}

function leastRequest(columns: readonly GpuColumn[]): readonly GpuColumn[] | null {
  const least = columns.filter(({ field }) => LEAST_FIELDS.includes(field));
  return least.length < columns.length ? least : null;
}

/** Fields of weight that this request lacks. */
export function missingFields(columns: readonly GpuColumn[]): GpuField[] {
  return TOLD.filter((field) => !columns.some((column) => column.field === field));
}
