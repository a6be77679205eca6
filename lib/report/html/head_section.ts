/** The top of the page: what was run, the verdict, the objectives and six figures. */
import { errorRate } from "../../measure/series.ts";
import {
  formatClock,
  formatCount,
  formatDuration,
  formatNumber,
  formatPercent,
  formatRate,
  writeDuration,
} from "../../plan/units.ts";
import type { Run } from "../../result/run.ts";
import type { RuleOutcome, Verdict } from "../../verdict/verdict.ts";
import { type Bin, binsOf, percentileBinLength } from "../bins.ts";
import { cappedSeconds } from "../charts/gpu_bands.ts";
import { gpusOf, loadText, meanOf } from "../facts.ts";
import { errorsOf, instantText, type Row } from "../figures.ts";
import { plainText } from "../text.ts";
import { type Markup, markup } from "./markup.ts";

/** Title and the facts of the run in one line. */
export function headerSection(run: Run, version: string): Markup {
  const { plan, header } = run;
  const services = plan.services.map(({ name, address }) => `${name} ${address}`).join(" · ");
  const facts = [
    instantText(header.started_at),
    formatDuration(run.load_end_ms * 1000),
    loadText(plan),
    services,
    `seed ${plan.seed}`,
    version,
  ];
  return markup`<header>
<div class="brand">june-load</div>
<h1>${plainText(plan.scenario)}</h1>
<div class="meta">${facts.map((fact) => markup`<span>${plainText(fact)}</span>`)}</div>
${incompleteBanner(run)}</header>
`;
}

function incompleteBanner(run: Run): Markup | null {
  if (run.end !== null) return null;
  return markup`<p class="banner"><b>Incomplete.</b> The result breaks off at ${formatClock(run.elapsed_ms)}, without an
end mark: june-load was killed, or is still running. Everything up to there is shown.</p>
`;
}

/** PASS, FAIL or INVALID with its sentence, then every objective. */
export function verdictSection(verdict: Verdict): Markup {
  const { status, sentence, rules } = verdict;
  const table = rules.length === 0 ? null : markup`<table class="rules">
<thead><tr><th scope="col"><span hidden>Held</span></th><th scope="col">Objective</th>
<th scope="col" class="optional">Worst operation</th><th scope="col" class="n">Observed</th>
<th scope="col" class="n optional">Margin to the limit</th></tr></thead>
<tbody>
${rules.map(ruleRow)}</tbody>
</table>
`;
  return markup`<section class="verdict ${status.toLowerCase()}" id="verdict"><b>${status}</b><p>${
    plainText(sentence, 600)
  }</p></section>
${table}`;
}

function ruleRow(rule: RuleOutcome): Markup {
  const { passed, threshold, observed_text, worst, n } = rule;
  const [tone, mark, word] = passed
    ? ["pass", "✓", "holds"]
    : threshold.level === "warn"
    ? ["warn", "!", "broken, a warning only"]
    : ["fail", "✕", "broken"];
  return markup`<tr class="${tone}"><td class="mark" title="${word}">${mark}</td><td><code>${threshold.source}</code></td>
<td class="optional"><small>${worst}</small></td><td class="n" title="from ${
    formatCount(n)
  } values">${observed_text}</td>
<td class="bar optional">${marginBar(rule)}</td></tr>
`;
}

/** Where the limit stands in a bar of 100 units; what lies right of it is beyond a `<` limit. */
const LIMIT_AT = 200 / 3;

function marginBar({ ratio, threshold }: RuleOutcome): Markup | null {
  if (ratio === null) return null;
  const width = Math.max(0.5, Math.min(100, ratio * LIMIT_AT)).toFixed(1);
  const label = `${formatPercent(ratio)} of the limit in ${threshold.source}`;
  return markup`<svg class="margin" viewBox="0 0 100 16" preserveAspectRatio="none" role="img" aria-label="${label}">
<rect class="track" y="4" width="100" height="8"/><rect class="value" y="4" width="${width}" height="8"/>
<line class="limit" x1="66.7" x2="66.7" y1="0" y2="16" vector-effect="non-scaling-stroke"/></svg>`;
}

/** Six figures that sum the run up. */
export function figuresSection(run: Run, all: Row): Markup {
  const latency = all.total.histogram("latency");
  const first = all.total.histogram("first_message");
  const gap = all.total.histogram("gap");
  const errors = errorsOf(all.total.outcomes);
  const time = (histogram: typeof latency, p: number) =>
    histogram.count === 0 ? "–" : formatDuration(histogram.percentile(p));
  const error_rate = all.calls === 0 ? "–" : formatPercent(errorRate(all.total.outcomes));
  const figures = [
    figure("calls", formatCount(all.calls), `${formatCount(run.unaccounted)} unaccounted`),
    peakFigure(run, all),
    figure("P95, all calls", time(latency, 95), `P50 ${time(latency, 50)}`),
    figure("P95 first message", time(first, 95), gap.count === 0 ? "no streams" : `gap P99 ${time(gap, 99)}`),
    figure("errors", error_rate, `${formatCount(errors)} calls`),
    machineFigure(run),
  ];
  return markup`<dl class="figures">
${figures}</dl>
`;
}

function figure(name: string, value: string, aside: string): Markup {
  return markup`<div><dt>${name}</dt><dd class="value">${value}</dd><dd class="aside">${aside}</dd></div>
`;
}

function peakFigure(run: Run, all: Row): Markup {
  const bin_ms = percentileBinLength(run);
  const rate = (bin: Bin) => bin.outcomes.ok / (bin.length_ms / 1000);
  const peak = binsOf(run, bin_ms).reduce((max, bin) => Math.max(max, rate(bin)), 0);
  return figure(
    `peak rate over ${writeDuration(bin_ms * 1000)}`,
    formatRate(peak),
    `mean ${formatRate(all.rate_per_s)}`,
  );
}

function machineFigure(run: Run): Markup {
  const percent = (value: number | null) => value === null ? "–" : `${formatNumber(value)} %`;
  const gpus = gpusOf(run);
  const use = meanOf(run.gpu.map((sample) => sample.utilization_percent));
  if (use === null) {
    const cpu = run.host.map((sample) => sample.cpu_percent);
    return figure("CPU here, mean", percent(meanOf(cpu)), "no GPU readings");
  }
  const capped = Math.max(...gpus.map(cappedSeconds));
  const name = gpus.length === 1 ? `GPU ${gpus[0]?.[0]?.index ?? 0}, mean use` : `${gpus.length} GPUs, mean use`;
  return figure(name, percent(use), capped > 0 ? `power-capped ${formatDuration(capped * 1e6)}` : "never power-capped");
}
