/** A finished run as plain data. Numbers and strings are as in the live view. */
import { gpuLabel, readingsByGpu } from "../../measure/gpus.ts";
import { formatBytes, formatPercent } from "../../plan/units.ts";
import { connectionTotals } from "../../report/figures/facts.ts";
import { repeatsText } from "../../report/figures/repeats.ts";
import { knownRises, riseText } from "../../report/figures/what_changed.ts";
import { answerLines, generatorLine, kindLines } from "../../report/text/kind_lines.ts";
import type { Run } from "../../result/run.ts";
import type { Verdict } from "../../verdict/verdict.ts";
import { type LatencyColumn, type OperationRow, operationRow } from "./operation_row.ts";
import { type RuleView, ruleView } from "./rule_view.ts";

/** Calls that failed in the same way, counted. */
export interface ErrorView {
  count: number;
  /** Status name or semantic failure. */
  type: string;
  operation: string;
  /** Milliseconds since the start of the run. */
  first_ms: number;
  /** The server's message; may be empty. */
  example: string;
}

/** A finished run. */
export interface SummaryView {
  /** `PASS`, `FAIL`, `INVALID`. */
  verdict: string;
  tone: "pass" | "fail" | "warn";
  scenario: string;
  duration_ms: number;
  calls: number;
  /** Issued calls minus the sum of their outcomes; a value other than 0 is a bug of june-load. */
  unaccounted: number;
  /** Calls cut off by the end of the run. */
  unfinished: number;
  /** Calls that were in flight when the run broke off; null for one that has ended. */
  in_flight: number | null;
  /** The result in one or two sentences. */
  sentence: string;
  /** Advice when the run says nothing about the service; may be empty. */
  advice: readonly string[];
  rules: readonly RuleView[];
  latency_columns: readonly LatencyColumn[];
  operations: readonly OperationRow[];
  /** All operations together; null when there is only one or none. */
  total: OperationRow | null;
  /** The main figures of each operation as text; ` · ` separates its parts. */
  details: ReadonlyArray<{ name: string; text: string }>;
  /** Most frequent first. */
  errors: readonly ErrorView[];
  /** How many calls were repeats after a refusal, in words; empty when none was. */
  repeats: string;
  /** Services with calls that were retried on another connection, and their number. */
  moved: ReadonlyArray<{ service: string; calls: number }>;
  /** When the P95 rose and what else changed then, in sentences; may be empty. */
  changes: readonly string[];
  /** Parts of the line about the machine: `GPU 0 97 % in spike`, `host CPU 41 %`; may be empty. */
  machine: readonly string[];
  /** Path of the page or of the folder; empty when nothing was written. */
  report_path: string;
  exit_code: number;
  /** Meaning of the exit code; may be empty. */
  exit_meaning: string;
}

const FAMILIAR_RANKS: Readonly<Record<string, number>> = { p95: 1, p50: 2, p99: 3 };

/** Columns of the summary, in this order: mean, the plan's percentiles, max, P95 of the first message. */
export function summaryColumns(percentiles: readonly number[]): LatencyColumn[] {
  const titles = percentiles.map((percentile) => `p${percentile}`);
  return [
    { title: "mean", rank: 6 },
    ...titles.map((title) => ({ title, rank: FAMILIAR_RANKS[title] ?? 7 })),
    { title: "max", rank: 5 },
    { title: "first p95", rank: 4 },
  ];
}

/**
 * The view for the last screen of a run.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { makeRun } from "../../../tests/result/make_run.ts"; // sixty made-up seconds
 * import { evaluate } from "../../verdict/evaluate.ts";
 *
 * const run = makeRun();
 * const outcome = { report_path: "report.html", exit_code: 0, exit_meaning: "", advice: [] };
 * const view = summaryView(run, evaluate(run), outcome);
 * assert.deepEqual([view.verdict, view.operations.length], ["PASS", 3]);
 * ```
 */
export function summaryView(
  run: Run,
  verdict: Verdict,
  outcome: { report_path: string; exit_code: number; exit_meaning: string; advice: readonly string[] },
): SummaryView {
  const { percentiles, scenario } = run.plan;
  const rows = run.operations.map((name) => operationRow(run, name, percentiles, true, verdict));
  return {
    verdict: verdict.status,
    tone: verdict.status === "PASS" ? "pass" : verdict.status === "FAIL" ? "fail" : "warn",
    scenario,
    duration_ms: run.load_end_ms,
    calls: run.total({}, true).issued,
    unaccounted: run.unaccounted,
    unfinished: run.total({}, true).outcomes.unfinished,
    in_flight: run.end === null ? run.in_flight : null,
    sentence: verdict.sentence,
    rules: verdict.rules.map((rule) => finished(ruleView(rule))),
    latency_columns: summaryColumns(percentiles),
    operations: rows,
    total: rows.length > 1 ? operationRow(run, null, percentiles, true, verdict) : null,
    details: [...kindLines(run), ...answerLines(run), ...generatorLine(run)],
    errors: run.failures.map(errorView),
    repeats: repeatsText(run.total()),
    moved: connectionTotals(run).filter(({ moves_total }) => moves_total > 0).map((one) => ({
      service: one.service,
      calls: one.moves_total,
    })),
    changes: knownRises(run).map(riseText),
    machine: machineLine(run),
    ...outcome,
  };
}

/** After the end, a rule without data has failed. */
const finished = (rule: RuleView): RuleView => rule.state === "unknown" ? { ...rule, state: "fail" } : rule;

function errorView(failure: Run["failures"][number]): ErrorView {
  const { count, type, operation, first_ms, example } = failure;
  return { count, type, operation, first_ms, example };
}

function machineLine(run: Run): string[] {
  const parts: string[] = [];
  for (const samples of readingsByGpu(run.gpu)) {
    const use = mean(samples.map((sample) => sample.utilization_percent));
    const power = mean(samples.map((sample) => sample.power_w));
    if (use !== null) {
      parts.push(`${gpuLabel(samples[0])} ${Math.round(use)} %${power === null ? "" : ` ${Math.round(power)} W`}`);
    }
  }
  const cpu = mean(run.host.column("cpu_percent"));
  const own = mean(run.host.column("own_cpu_percent"));
  // Older builds wrote 0 where it could not be read.
  const memory = run.host.column("own_memory_bytes").reduce<number>((peak, bytes) => Math.max(peak, bytes ?? 0), 0);
  if (cpu !== null) parts.push(`host CPU ${formatPercent(cpu / 100)}`);
  if (own !== null) {
    parts.push(`june-load ${(own / 100).toFixed(2)} cores, ${memory === 0 ? "memory unknown" : formatBytes(memory)}`);
  }
  return parts;
}

function mean(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((a, b) => a + b, 0) / known.length;
}
