/** The first line of a result: plan, machine and program. */
import { type Plan, redactPlan } from "../plan/plan.ts";
import type { Calibration } from "../result/calibration.ts";
import { type HeaderRecord, type InputRecord, RESULT_FORMAT, type ServiceRecord } from "../result/record.ts";

/** The contents of the header besides the machine and the time. */
export interface HeaderOptions {
  plan: Plan;
  /** Name and version of the program: `june-load 1.0.0`. */
  tool: string;
  /** The results of the preflight. */
  services: readonly ServiceRecord[];
  /** The input files and their contents, counted. */
  inputs?: InputRecord[];
  /** The newest that holds for this host; null: there is none. */
  calibration?: Calibration | null;
}

/** Describes this machine and the plan, without its secrets. */
export function headerFor(
  { plan, tool, services, inputs = [], calibration = null }: HeaderOptions,
  now: Date,
): HeaderRecord {
  return {
    type: "header",
    format: RESULT_FORMAT,
    tool,
    started_at: now.toISOString(),
    host: {
      name: Deno.hostname(),
      os: `${Deno.build.os} ${Deno.build.arch}`,
      cpus: navigator.hardwareConcurrency,
      memory_bytes: Deno.systemMemoryInfo().total,
    },
    plan: redactPlan(plan),
    services: services.map(({ name, address, state, details, addresses }) => ({
      name,
      address,
      state,
      details,
      ...addresses !== undefined && { addresses },
    })),
    ...(inputs.length > 0 && { inputs }),
    ...(calibration !== null && { calibration }),
  };
}
