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
  NO_VALUE,
  writeDuration,
} from "../../../plan/units.ts";
import type { OperationKind } from "../../../plan/threshold/shown.ts";
import type { Distribution } from "../../../plan/threshold/threshold.ts";
import { damageText } from "../../../result/damage.ts";
import type { Run } from "../../../result/run.ts";
import type { Verdict } from "../../../verdict/verdict.ts";
import { type Bin, binsOf, percentileBinLength } from "../../figures/bins.ts";
import { cappedSeconds } from "../../charts/gpu_bands.ts";
import { figureOf, figureText, plainPercentile } from "../../figures/estimates.ts";
import { kindOf } from "../../figures/kinds.ts";
import { type Slowest, slowestOf } from "../../figures/slowest.ts";
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
  const why = run.damage === null
    ? "without an\nend mark: june-load was killed, or is still running"
    : `because\n${damageText(run.damage)}`;
  return markup`<p class="banner"><b>Incomplete.</b> The result breaks off at ${
    formatClock(run.elapsed_ms)
  }, ${why}. Everything up to there is shown.</p>
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
  const slowest = slowestOf(run);
  const errorShare = all.calls === 0 ? "–" : formatPercent(errorRate(all.total));
  const figures = [
    figure("calls", formatCount(all.calls), looseEnds(run)),
    peakFigure(run, all),
    slowestFigure(run, slowest),
    ...goodFigure(run),
    firstFigure(run, slowest),
    figure("errors", errorShare, `${formatCount(errorCalls(all.total))} calls${repeatsAside(all)}`),
    machineFigure(run),
  ];
  return markup`<dl class="figures">
${figures}</dl>
`;
}

function figure(name: string, value: string, aside: string | Markup): Markup {
  return markup`<div><dt>${name}</dt><dd class="value">${value}</dd><dd class="aside">${aside}</dd></div>
`;
}

function repeatsAside({ total }: Row): string {
  const share = repeatShare(total);
  return share === 0 ? "" : `; ${formatPercent(share)} of all were repeats`;
}

/** The response time of the operation that people wait longest for: over all calls it would measure their mix. */
function slowestFigure(run: Run, slowest: Slowest | null): Markup {
  const name = run.operations.length > 1 ? "P95 response time, slowest operation" : "P95 response time";
  return slowest === null ? figure(name, NO_VALUE, "nothing measured") : timeFigure(run, name, HEADLINE, slowest);
}

/** What else a person waits for, by the kinds of service called. */
const FIRSTS: ReadonlyArray<{ name: string; of: Distribution; kind: OperationKind }> = [
  { name: "P95 response time of a voice turn", of: HEADLINE, kind: "turn" },
  { name: "P95 first token", of: "first_message", kind: "llm" },
  { name: "P95 first audio", of: "first_message", kind: "tts" },
  { name: "P95 first partial", of: "first_partial", kind: "stt" },
];

/** How long a person waits for the first output, of the slowest operation of its kind; null where nothing has one. */
function firstFigure(run: Run, slowest: Slowest | null): Markup | null {
  for (const { name, of, kind } of FIRSTS) {
    const operations = run.operations.filter((operation) => kindOf(run, operation) === kind);
    const found = slowestOf(run, { of, operations });
    const shown = of === HEADLINE && found?.operation === slowest?.operation;
    if (found !== null && !shown) return timeFigure(run, name, of, found);
  }
  return null;
}

function timeFigure(run: Run, name: string, of: Distribution, { operation, figure: p95 }: Slowest): Markup {
  const p50 = figureText(plainPercentile(run, of, 50, { operations: operation }), formatDuration);
  return figure(name, figureText(p95, formatDuration), markup`${breakable(operation)}, P50 ${p50}`);
}

/** A name that may break after its dots and underscores, where a phone has no room for it. */
function breakable(name: string): Markup {
  const parts = plainText(name, 80).split(/(?<=[._])/);
  return markup`${parts.map((part, i) => i === 0 ? part : markup`<wbr>${part}`)}`;
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
