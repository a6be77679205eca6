/** The fields requested from nvidia-smi, their names, and the request after a driver refuses one. */

/** Fields in the order of the request, under their newest spelling. */
const GPU_FIELDS = [
  "timestamp",
  "index",
  "uuid",
  "name",
  "utilization.gpu",
  "utilization.memory",
  "memory.used",
  "memory.total",
  "power.draw",
  "enforced.power.limit",
  "temperature.gpu",
  "clocks.current.sm",
  "clocks_event_reasons.active",
  "mig.mode.current",
] as const;
/** Name of a field. */
export type GpuField = typeof GPU_FIELDS[number];

/** Fields that every driver of the last ten years knows; requested when a refusal names no field. */
const LEAST_FIELDS: readonly GpuField[] = [
  "timestamp",
  "index",
  "uuid",
  "name",
  "utilization.gpu",
  "memory.used",
  "memory.total",
  "power.draw",
];

/** Other spellings of a field, tried in turn when the first is refused. */
const OTHER_SPELLINGS: Partial<Record<GpuField, readonly string[]>> = {
  "clocks_event_reasons.active": ["clocks_throttle_reasons.active"],
  "clocks.current.sm": ["clocks.sm"],
  "enforced.power.limit": ["power.limit"],
};

/** One column of the request. */
export interface GpuColumn {
  field: GpuField;
  /** As requested. The printed header may differ, so columns are matched by position only. */
  spelling: string;
}

/** The first request: all fields. */
export const FULL_REQUEST: readonly GpuColumn[] = GPU_FIELDS.map((field) => ({ field, spelling: field }));

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

/** Fields of the full request that this request lacks. */
export function missingFields(columns: readonly GpuColumn[]): GpuField[] {
  return GPU_FIELDS.filter((field) => !columns.some((column) => column.field === field));
}
