/** The first line of a result: what is run, where and by what. */
import { type Plan, redactPlan } from "../plan/plan.ts";
import { type HeaderRecord, type InputRecord, RESULT_FORMAT, type ServiceRecord } from "../result/record.ts";

/** What the header holds besides the machine and the time. */
export interface HeaderOptions {
  plan: Plan;
  /** Name and version of the program: `june-load 1.0.0`. */
  tool: string;
  /** What preflight found. */
  services: readonly ServiceRecord[];
  /** What was read of the files of inputs. */
  inputs?: InputRecord[];
}

/** Describes this machine and the plan, without its secrets. */
export function headerFor({ plan, tool, services, inputs = [] }: HeaderOptions, now: Date): HeaderRecord {
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
    services: services.map(({ name, address, state, details }) => ({ name, address, state, details })),
    ...(inputs.length > 0 && { inputs }),
  };
}
