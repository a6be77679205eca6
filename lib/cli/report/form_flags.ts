/** Flags that put single forms of the report where a pipeline wants them; `run` and `report` have the same. */
import { type FlagValues, textFlag } from "../flag_kinds.ts";

/** The flags; every form has one. */
export const formFlagParameters = {
  report: textFlag("Also write the page to this file", "file.html"),
  json: textFlag("Also write the JSON document to this file", "file"),
  csv: textFlag("Also write the table of all figures, one a row, to this file", "file"),
  markdown: textFlag("Write the report as Markdown to this file", "file"),
  junit: textFlag("Write the thresholds as JUnit test cases to this file", "file.xml"),
  prometheus: textFlag("Write the figures in Prometheus' text format to this file", "file.prom"),
  otlp: textFlag("Send the metrics to an OpenTelemetry collector, during the run too; or write them to a file", "url"),
  hlog: textFlag("Write response times second by second as an HdrHistogram log to this file", "file"),
} as const;

/** Their values. */
export type FormFlags = FlagValues<typeof formFlagParameters>;
