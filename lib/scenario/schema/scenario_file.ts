/** The whole scenario file as one declaration, from which decoder, JSON Schema and documentation follow. */
import { mapOf, oneOrMore, transform } from "../shape/containers.ts";
import { boolean, choice, duration, number, ratio, text } from "../shape/scalars.ts";
import { scenario } from "./scenario.ts";
import { NAME } from "./common.ts";
import { pages } from "./pages.ts";
import { services } from "./services.ts";
import { maybe, object, optional, required, type Shape } from "../shape/shape.ts";
import { machine, remote } from "./machines.ts";
import { OUTPUT_FORMATS, type OutputFormat } from "../../plan/plan.ts";

const percentiles: Shape<number[]> = transform(
  oneOrMore(number(0, 100, { above: true }), { min: 1, max: 20 }),
  (items) => [...new Set(items.map(({ value }) => value))].toSorted((a, b) => a - b),
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
  ...machine("this machine"),
  remote,
  pages,
  service_pages: optional(
    choice("auto", "off"),
    "auto",
    "Whether june-load looks for a page of metrics beside each service it calls: Triton's and Riva's at port 8002, of OpenAI's interface at `/metrics`, `/v1/metrics` and `/prometheus/metrics`. `off`: no.",
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
