/** The keys of `metrics` for what machines do meanwhile: this one, and others that are read through a command prefix. */
import { resolve } from "node:path";
import { list, mapOf, oneOrMore, transform } from "../shape/containers.ts";
import { choice, integer, pattern, text } from "../shape/scalars.ts";
import { NAME } from "./common.ts";
import { maybe, object, optional, required, type Shape } from "../shape/shape.ts";
import type { ProcessPlan, RemotePlan, ResourcePlan } from "../../plan/plan.ts";

const resources: Shape<ResourcePlan> = transform(
  oneOrMore(choice("cpu", "memory", "gpu", "database_connections")),
  (items, { at, path }, context) => {
    const asked = items.map(({ value }) => value);
    if (asked.includes("database_connections")) {
      context.problems.warn(at, path, '"database_connections" is not sampled: June has no database any more');
    }
    return { cpu: asked.includes("cpu"), memory: asked.includes("memory"), gpu: asked.includes("gpu") };
  },
);

const gpus: Shape<string[]> = transform(
  oneOrMore(
    pattern(
      "^(\\d{1,3}|(GPU|MIG)-[0-9A-Za-z/-]{1,80}|([0-9a-fA-F]{4,8}:)?[0-9a-fA-F]{2}:[0-9a-fA-F]{2}\\.[0-9a-fA-F])$",
      'the index of a GPU, its UUID or its PCI bus id, such as "0" or "0000:17:00.0"',
    ),
    { min: 1, max: 64 },
  ),
  (items) => [...new Set(items.map(({ value }) => value))],
);

const processKeys = object({
  port: maybe(integer(1, 65_535), "none", "The port it listens on; finding it may need the rights of its user.", 50051),
  name: maybe(text(255), "none", "The name of its process, or of its program.", "tritonserver"),
  pid: maybe(integer(1, 2 ** 31), "none", "The number of its process.", 4711),
  container: maybe(
    pattern("^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$", "the name or id of a container"),
    "none",
    "The name or id of its container, which docker, podman or nerdctl on the PATH must know; an id of 12 digits or more is found without them.",
    "compose-stt-1",
  ),
  cgroup: maybe(
    pattern("^/[^\\0]{0,1000}$", 'the path of a control group, such as "/system.slice/stt.service"'),
    "none",
    "The path of its control group, below /sys/fs/cgroup.",
    "/system.slice/stt.service",
  ),
});

const oneProcess: Shape<ProcessPlan["by"]> = transform(
  processKeys,
  ({ port, name, pid, cgroup, container }, { at, path }, context) => {
    const given: ProcessPlan["by"][] = [
      ...(port.value === null ? [] : [{ kind: "port" as const, port: port.value }]),
      ...(name.value === null ? [] : [{ kind: "name" as const, name: name.value }]),
      ...(pid.value === null ? [] : [{ kind: "pid" as const, pid: pid.value }]),
      ...(container.value === null ? [] : [{ kind: "container" as const, name: container.value }]),
      ...(cgroup.value === null ? [] : [{ kind: "cgroup" as const, path: cgroup.value.replace(/\/+$/, "") }]),
    ];
    const [by] = given;
    if (by !== undefined && given.length === 1) return by;
    context.problems.add(
      at,
      path,
      'Say how to find this process by one of "port", "name", "pid", "container" and "cgroup"',
    );
    return { kind: "pid", pid: 1 };
  },
);

/** What is read of a machine; `which` names it in the documentation. */
export const machine = (which: string) => ({
  resource_utilization: optional(
    resources,
    ["cpu", "memory", "gpu"],
    `Resources of ${which} to sample during the run. \`database_connections\` is accepted, but not sampled.`,
  ),
  processes: optional(
    mapOf(NAME, oneProcess, { max: 16 }),
    {},
    `Services on ${which}, by a name of your own, to read their processor time, memory, threads and descriptors.`,
    { stt: { port: 50052 } },
  ),
  gpus: maybe(
    gpus,
    `all GPUs of ${which}`,
    "GPUs to read, by index, UUID or PCI bus id; a list, or one of them.",
    "0",
  ),
});

/** A command: a program that is a path is relative to the folder of the scenario's file. */
export const via: Shape<string[]> = transform(
  list(pattern("^[^\\0\\r\\n]{1,1000}$", "a word of a command, without a line end"), { min: 1, max: 32 }),
  (items, { at, path }, context) => {
    const [program = "", ...words] = items.map(({ value }) => value);
    const isRelative = /[/\\\\]/.test(program);
    const command = [isRelative ? resolve(context.dir, program) : program, ...words];
    const refused = context.bounds?.command(command) ?? null;
    if (refused === null) return command;
    context.problems.add(at, path, refused);
    return undefined;
  },
);

const oneRemote: Shape<Omit<RemotePlan, "name">> = transform(
  object({
    via: required(
      via,
      ["ssh", "gpu-host"],
      "The words before a command that make it run there, as a list: `[ssh, gpu-host]`, `[docker, exec, stt]`, `[kubectl, exec, pod, --]`. " +
        "june-load runs this program. It may ask nothing, and needs a shell `sh` there.",
    ),
    ...machine("that machine"),
  }),
  ({ via, ...read }) => ({ via: via.value, ...machinePlan(read) }),
);

/** The part of a plan that says what is read of a machine. */
export function machinePlan(
  { resource_utilization, processes, gpus }: {
    resource_utilization: { value: Omit<ResourcePlan, "gpus" | "processes"> };
    processes: { value: readonly { key: string; value: ProcessPlan["by"] }[] };
    gpus: { value: string[] | null };
  },
): ResourcePlan {
  return {
    ...resource_utilization.value,
    ...(gpus.value !== null && { gpus: gpus.value }),
    ...(processes.value.length > 0 &&
      { processes: processes.value.map(({ key, value }) => ({ name: key, by: value })) }),
  };
}

/** Other machines. */
export const remote = optional(
  mapOf(NAME, oneRemote, { max: 16 }),
  {},
  "Other machines and containers to read through a command, by a name of your own, which rules and reports use.",
  { "gpu-host": { via: ["ssh", "gpu-host"] } },
);
