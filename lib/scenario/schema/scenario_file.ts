/** The whole scenario file as one declaration, from which decoder, JSON Schema and documentation follow. */
import { mapOf, oneOrMore, transform } from "../shape/containers.ts";
import { boolean, choice, duration, integer, number, pattern, ratio, text } from "../shape/scalars.ts";
import { scenario } from "./scenario.ts";
import { NAME } from "./common.ts";
import { pages } from "./pages.ts";
import { services } from "./services.ts";
import { maybe, object, optional, required, type Shape } from "../shape/shape.ts";
import { OUTPUT_FORMATS, type OutputFormat, type ProcessPlan, type ResourcePlan } from "../../plan/plan.ts";

const percentiles: Shape<number[]> = transform(
  oneOrMore(number(0, 100, { above: true }), { min: 1, max: 20 }),
  (items) => [...new Set(items.map(({ value }) => value))].toSorted((a, b) => a - b),
);

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
  cgroup: maybe(
    pattern("^/[^\\0]{0,1000}$", 'the path of a control group, such as "/system.slice/stt.service"'),
    "none",
    "The path of its control group, below /sys/fs/cgroup.",
    "/system.slice/stt.service",
  ),
});

const oneProcess: Shape<ProcessPlan["by"]> = transform(
  processKeys,
  ({ port, name, pid, cgroup }, { at, path }, context) => {
    const given: ProcessPlan["by"][] = [
      ...(port.value === null ? [] : [{ kind: "port" as const, port: port.value }]),
      ...(name.value === null ? [] : [{ kind: "name" as const, name: name.value }]),
      ...(pid.value === null ? [] : [{ kind: "pid" as const, pid: pid.value }]),
      ...(cgroup.value === null ? [] : [{ kind: "cgroup" as const, path: cgroup.value.replace(/\/+$/, "") }]),
    ];
    const [by] = given;
    if (by !== undefined && given.length === 1) return by;
    context.problems.add(at, path, 'Say how to find this process by one of "port", "name", "pid" and "cgroup"');
    return { kind: "pid", pid: 1 };
  },
);

const metrics = object({
  latency: optional(
    object({
      percentiles: optional(
        percentiles,
        [50, 75, 90, 95, 99],
        "Percentiles in tables, each above 0 and at most 100.",
      ),
    }),
    {},
    "How reports show latencies.",
  ),
  throughput: optional(
    object({
      window: optional(duration("1s", "1h"), "1m", "Length of the sliding window for averages in throughput charts."),
    }),
    {},
    "How reports show throughput.",
  ),
  error_rate: optional(
    object({ threshold: optional(ratio, 0.01, "Limit of the default rule for the error rate.") }),
    {},
    "How june-load judges failures.",
  ),
  resource_utilization: optional(
    resources,
    ["cpu", "memory", "gpu"],
    "Resources to sample during the run. `database_connections` is accepted, but not sampled.",
  ),
  processes: optional(
    mapOf(NAME, oneProcess, { max: 16 }),
    {},
    "Services on this machine, by a name of your own, to read their processor time, memory, threads and descriptors.",
    { stt: { port: 50052 } },
  ),
  pages,
  service_pages: optional(
    choice("auto", "off"),
    "auto",
    "Whether june-load looks for a page of metrics beside each service it calls: Triton's and Riva's at port 8002, of OpenAI's interface at `/metrics`, `/v1/metrics` and `/prometheus/metrics`. `off`: no.",
  ),
  gpus: maybe(
    gpus,
    "all GPUs of this machine",
    "GPUs to read, by index, UUID or PCI bus id; a list, or one of them.",
    "0",
  ),
});

const formats: Shape<OutputFormat[]> = transform(
  oneOrMore(choice(...OUTPUT_FORMATS)),
  (items) => [...new Set(items.map(({ value }) => value))],
);

const reports = object({
  output_dir: optional(
    text(4_000),
    "reports",
    "Folder for `<scenario>/<timestamp>/`; relative to the current folder.",
  ),
  format: optional(
    formats,
    ["html", "json", "csv"],
    "Files of the report. `analysis/` and `result.ndjson` are always written.",
  ),
  include_charts: optional(boolean, true, "Draw the charts of `analysis/` as PNG files."),
  comparison_baseline: maybe(
    text(4_000),
    "no comparison",
    "Baseline of the comparison: the path of an earlier result, or the name of a scenario; then its latest result in `output_dir`.",
    "baseline",
  ),
});

/** A scenario file. */
export const scenarioFile = object({
  services: optional(services, {}, "The services to call."),
  scenarios: required(
    mapOf(NAME, scenario, { min: 1, max: 100 }),
    { baseline: { users: 10, duration: "5m" } },
    "The scenarios, by name; `june-load run --scenario NAME` runs one.",
  ),
  metrics: optional(metrics, {}, "What to measure and show."),
  reports: optional(reports, {}, "The files of a report."),
});

/** A decoded scenario file. */
export type FileSettings = NonNullable<ReturnType<typeof scenarioFile.decode>>;
