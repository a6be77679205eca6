/** `analysis/summary.txt`: the report on one page of plain text. */
import type { Run } from "../result/run.ts";
import { endedCalls, errorRate } from "../measure/series.ts";
import { formatClock, formatCount, formatDuration, formatPercent, formatRate, NO_VALUE } from "../plan/units.ts";
import type { Verdict } from "../verdict/verdict.ts";
import { instantText, percentileName, type Row, rowsOf } from "./figures.ts";
import { plainText } from "./text.ts";
import { textTable } from "./text_table.ts";
import { accounting, gpuFigures, hostFigures, loadText } from "./facts.ts";

/** The verdict, the objectives, the operations, errors and the machine. */
export function renderSummary(run: Run, verdict: Verdict): string {
  const { plan } = run;
  const head = [
    `june-load: ${plainText(plan.scenario)}, ${instantText(run.header.started_at)}`,
    `${loadText(plan)}, ${formatDuration(run.load_end_ms * 1000)}, seed ${plan.seed}`,
    "",
    ...(run.end === null ? [`INCOMPLETE: the result breaks off at ${formatClock(run.elapsed_ms)}`] : []),
    `${verdict.status}: ${plainText(verdict.sentence, 600)}`,
  ];
  const parts = [
    head.map((line) => line + "\n").join(""),
    section("Objectives", objectives(verdict)),
    section("Operations (times: ok calls, warm-up left out)", operationsTable(run)),
    section("Errors", errors(run)),
    section("Machine", machine(run)),
    section("Accounting", accountingLines(run)),
  ];
  return parts.filter((part) => part !== "").join("\n");
}

function section(title: string, body: string): string {
  return body === "" ? "" : `${title}\n${body}`;
}

function objectives(verdict: Verdict): string {
  const rows = verdict.rules.map(({ passed, threshold, observed_text, worst }) => [
    `${passed ? "ok    " : threshold.level === "warn" ? "warn  " : "BROKEN"}  ${threshold.source}`,
    observed_text,
    worst ?? "",
  ]);
  return rows.length === 0 ? "" : textTable(rows);
}

function operationsTable(run: Run): string {
  const { operations, all } = rowsOf(run);
  const { percentiles } = run.plan;
  const head = [
    "operation",
    "calls",
    "share",
    "rate",
    "errors",
    "min",
    "mean",
    ...percentiles.map(percentileName),
    "max",
  ];
  const cells = ({ name, calls, share, rate_per_s, total }: Row) => {
    const latency = total.histogram("latency");
    const time = (us: number) => latency.count === 0 ? NO_VALUE : formatDuration(us);
    return [
      name,
      formatCount(calls),
      formatPercent(share),
      formatRate(rate_per_s),
      formatPercent(errorRate(total.outcomes)),
      time(latency.min),
      time(latency.mean),
      ...percentiles.map((p) => time(latency.percentile(p))),
      time(latency.max),
    ];
  };
  return textTable([head, ...[...operations, all].map(cells)]);
}

function errors(run: Run): string {
  const shown = run.failures.slice(0, 20).map(({ count, type, operation, first_ms, example }) => {
    const details = plainText(example, 160);
    return `${formatCount(count)} ${plainText(type, 80)} ${operation} (first at ${formatClock(first_ms)})${
      details === "" ? "" : `: ${details}`
    }\n`;
  });
  const rest = run.failures.length - shown.length;
  return shown.join("") + (rest > 0 ? `and ${rest} more kinds, in the failures file\n` : "");
}

function machine(run: Run): string {
  return [...hostFigures(run), ...gpuFigures(run)].map(({ name, text }) => `${plainText(name)}: ${text}\n`).join("");
}

function accountingLines(run: Run): string {
  const { issued, outcomes, unaccounted } = accounting(run);
  const parts = outcomes.filter(({ count }) => count > 0).map(({ name, count }) => `${formatCount(count)} ${name}`);
  const sum = parts.length === 0 ? "none" : parts.join(" + ");
  const ended = formatCount(endedCalls(run.total({}, true).outcomes));
  return `${formatCount(issued)} issued = ${ended} ended (${sum}) + ${formatCount(unaccounted)} unaccounted\n`;
}
