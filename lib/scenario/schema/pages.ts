/** The keys of pages of metrics. */
import { type MetricsPagePlan, PAGE_PRESETS } from "../../plan/metrics_page.ts";
import { list, mapOf, transform } from "../shape/containers.ts";
import { endpoint, HTTP } from "../shape/endpoint.ts";
import { choice, duration, pattern } from "../shape/scalars.ts";
import { maybe, object, optional, required, type Shape } from "../shape/shape.ts";
import { NAME } from "./common.ts";
import { via } from "./machines.ts";
import { auth, headers, reportTwoTokens, tls, tlsOf } from "./security.ts";

/** Where pages are, unless the URL has a port: Prometheus' exporters, of GPUs. */
const DEFAULT_PORT = 9400;

const page: Shape<Omit<MetricsPagePlan, "name">> = transform(
  object({
    url: required(
      endpoint(DEFAULT_PORT, HTTP),
      "http://gpu-host:9400/metrics",
      "Where the page is. Without a path: `/metrics`.",
    ),
    preset: maybe(
      choice(...PAGE_PRESETS),
      "whatever the page is recognised as",
      "What makes the page; june-load then says where it is something else.",
      "dcgm",
    ),
    series: maybe(
      list(pattern("^[a-zA-Z_:][a-zA-Z0-9_:.]{0,127}$", 'the name of a metric, such as "my_queue_length"'), {
        min: 1,
        max: 32,
      }),
      "none",
      "Metrics besides, by name: gauges as they are, counters per second, of histograms the mean and the 95th percentile.",
      ["my_queue_length"],
    ),
    headers: maybe(headers, "none", "Headers of each request; their values are never shown."),
    auth: maybe(auth, "none", "The source of a token, as of a service."),
    tls: maybe(tls, "as in the URL", "TLS of the connection, as of a service."),
    via: maybe(
      via,
      "none",
      "The words before a command that make it run where the page can be reached, as in `remote`; curl or wget then fetches it there. Not with `headers`, `auth` and `tls`.",
      ["ssh", "gpu-host"],
    ),
    interval: optional(duration("200ms", "1h"), "1s", "Time from one reading to the next."),
    timeout: optional(duration("100ms", "1m"), "2s", "Longest time for a page."),
  }),
  (given, place, context) => {
    reportTwoTokens(given.auth, given.headers, context);
    for (const [key, { value }] of Object.entries({ headers: given.headers, auth: given.auth, tls: given.tls })) {
      if (given.via.value === null || value === null) continue;
      const problem = `A page behind a command is fetched by curl or wget there: leave out "${key}"`;
      context.problems.add(place.at, place.path, problem);
    }
    const { address, path, query } = given.url.value;
    const whole = (path === "" ? "/metrics" : path) + (query === "" ? "" : `?${query}`);
    return {
      address,
      path: whole,
      tls: tlsOf(given.url.value, given.tls, context),
      headers: given.headers.value ?? [],
      ...(given.auth.value !== null && { auth: given.auth.value }),
      ...(given.preset.value !== null && { preset: given.preset.value }),
      ...(given.via.value !== null && { via: given.via.value }),
      ...(given.series.value !== null && { series: given.series.value.map(({ value }) => value) }),
      interval_ms: given.interval.value,
      timeout_ms: given.timeout.value,
    };
  },
);

/** Pages of metrics, by a name of one's own. */
export const pages = optional(
  transform(
    mapOf(NAME, page, { max: 16 }),
    (entries) => entries.map(({ key, value }): MetricsPagePlan => ({ name: key, ...value })),
  ),
  {},
  "Pages of metrics in Prometheus' format to read beside the run, by a name of your own; one with the name of a service takes the place of the page that is looked for beside it.",
  { gpus: { url: "http://gpu-host:9400/metrics" } },
);
