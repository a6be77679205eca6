/** The top of the page: the run's facts, the verdict, the objectives and six figures. */
import { gpuLabel, readingsByGpu } from "../../../measure/gpus.ts";
import { HEADLINE } from "../../../plan/threshold/threshold.ts";
import { errorCalls, errorRate } from "../../../measure/series.ts";
import {
  formatClock,
  formatCount,
  formatDuration,
  formatNumber,
  formatPercent,
  formatRate,
  writeDuration,
} from "../../../plan/units.ts";
import type { Distribution } from "../../../plan/threshold/threshold.ts";
import type { Run } from "../../../result/run.ts";
import type { Verdict } from "../../../verdict/verdict.ts";
import { type Bin, binsOf, percentileBinLength } from "../../figures/bins.ts";
import { cappedSeconds } from "../../charts/gpu_bands.ts";
import { figureOf, percentileFigure, plainPercentile } from "../../figures/estimates.ts";
import { loadText, looseEnds, meanOf } from "../../figures/facts.ts";
import { instantText, type Row } from "../../figures/figures.ts";
import { repeatShare } from "../../figures/repeats.ts";
import { plainText } from "../../format/escape.ts";
import { type Markup, markup } from "../markup.ts";
import { rulesTable } from "./rules.ts";

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
export function verdictSection(run: Run, verdict: Verdict): Markup {
  const { status, sentence, rules } = verdict;
  return markup`<section class="verdict ${status.toLowerCase()}" id="verdict"><b>${status}</b><p>${
    plainText(sentence, 1000)
  }</p></section>
${rulesTable(rules, run.plan.strict)}`;
}

/** The figures that summarise the run: six, and goodput where the plan has objectives. */
export function figuresSection(run: Run, all: Row): Markup {
  const latencyAt = (p: number) => {
    const { value, at_least } = percentileFigure(run, HEADLINE, p, {});
    return value === null ? "–" : `${at_least ? "≥ " : ""}${formatDuration(value)}`;
  };
  const errorShare = all.calls === 0 ? "–" : formatPercent(errorRate(all.total));
  const figures = [
    figure("calls", formatCount(all.calls), looseEnds(run)),
    peakFigure(run, all),
    figure("P95, all calls", latencyAt(95), `P50 ${latencyAt(50)}`),
    ...goodFigure(run),
    responseFigure(run, all),
    figure("errors", errorShare, `${formatCount(errorCalls(all.total))} calls${repeatsAside(all)}`),
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

function repeatsAside({ total }: Row): string {
  const share = repeatShare(total);
  return share === 0 ? "" : `; ${formatPercent(share)} of all were repeats`;
}

/** How long a person waits for the first output, by the kinds of service that were called. */
function responseFigure(run: Run, all: Row): Markup {
  const p95 = (of: Distribution, operations?: string) =>
    plainPercentile(run, of, 95, operations === undefined ? {} : { operations });
  const at = (value: number | null) => value === null ? "–" : formatDuration(value);
  const aside = (of: Distribution, percentile: number, operations: string) =>
    `P${percentile} ${at(plainPercentile(run, of, percentile, { operations }).value)}`;
  const turn = p95("voice_to_voice");
  if (turn.value !== null) return figure("P95 voice to voice", at(turn.value), aside("voice_to_voice", 50, "*"));
  const token = p95("first_message", "llm.*");
  if (token.value !== null) return figure("P95 first token", at(token.value), `gap ${aside("gap", 99, "llm.*")}`);
  const audio = p95("first_message", "tts.*");
  if (audio.value !== null) return figure("P95 first audio", at(audio.value), aside("first_message", 50, "tts.*"));
  const final = p95("final_latency");
  if (final.value !== null) return figure("P95 after the last word", at(final.value), aside("final_latency", 50, "*"));
  const service = all.values.histogram("service_time");
  return figure("P95 service time", service.count === 0 ? "–" : at(service.percentile(95)), "from the actual start");
}

function goodFigure(run: Run): Markup[] {
  if (run.plan.objectives.length === 0) return [];
  const { value: good_per_s } = figureOf(run, { kind: "goodput" }, {});
  const { value: share } = figureOf(run, { kind: "good_rate" }, {});
  if (good_per_s === null) return [];
  return [figure("goodput", formatRate(good_per_s), share === null ? "" : `${formatPercent(share)} of calls`)];
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
  const gpus = readingsByGpu(run.gpu);
  const use = meanOf(run.gpu.map((sample) => sample.utilization_percent));
  if (use === null) {
    const cpu = run.host.map((sample) => sample.cpu_percent);
    return figure("CPU here, mean", percent(meanOf(cpu)), "no GPU readings");
  }
  const capped = Math.max(...gpus.map(cappedSeconds));
  const name = gpus.length === 1 ? `${gpuLabel(gpus[0]![0])}, mean use` : `${gpus.length} GPUs, mean use`;
  return figure(name, percent(use), capped > 0 ? `power-capped ${formatDuration(capped * 1e6)}` : "never power-capped");
}
