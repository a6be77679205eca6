/** The columns of the fixtures: what june-load asks a driver for that knows little more. */
import { AMOUNT_FIELDS, type GpuColumn } from "../../../lib/resources/gpu/gpu_fields.ts";

export const BASIC: readonly GpuColumn[] = [
  ...(["timestamp", "index", "uuid", "name"] as const),
  ...AMOUNT_FIELDS.slice(0, 9).map(([field]) => field),
  "mig.mode.current" as const,
].map((field) => ({ field, spelling: field }));
