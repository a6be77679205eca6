/** The top of the page: the bar, the run's facts, the verdict, the objectives, and the figures of each kind of service. */
import { gpuLabel } from "../../../measure/gpus.ts";
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
import { damageText } from "../../../result/damage.ts";
import type { Run } from "../../../result/run.ts";
import { steeredText } from "../../../verdict/steered.ts";
import type { RuleOutcome, Verdict } from "../../../verdict/verdict.ts";
import { binsOf, percentileBinLength } from "../../figures/bins.ts";
import { slowedSpans } from "../../../verdict/change/marks.ts";
import { gpuReadings } from "../../../result/gpu_readings.ts";
import { lengthWithin } from "../../../result/spans.ts";
import { operationColors } from "../../charts/colors.ts";
import { nearnessOf } from "../../charts/response_charts.ts";
import { type ComparisonReport, sideName } from "../../figures/comparison.ts";
import { loadText, looseEnds, meanOf } from "../../figures/facts.ts";
import { figureOf } from "../../figures/estimates.ts";
import { instantText, type Row } from "../../figures/figures.ts";
import { type KeyFigure, keyFigures, type KindFigures } from "../../figures/key_figures.ts";
import { repeatShare } from "../../figures/repeats.ts";
import { plainText } from "../../format/escape.ts";
import { type Markup, markup } from "../markup.ts";
import { rulesTable } from "./rules.ts";
import { waitSection } from "./wait.ts";

/** Marks of the three verdicts. */
const MARKS: Record<Verdict["status"], string> = { PASS: "✓", FAIL: "✕", INVALID: "?" };

/** A part of the page that the contents name. */
export interface Content {
  id: string;
  name: string;
}

/** The bar that stays in sight: verdict, contents, search, theme. */
export function barSection(run: Run, { status }: Verdict, contents: readonly Content[]): Markup {
  return barOf(status.toLowerCase(), `${MARKS[status]} ${status}`, run.plan.scenario, contents);
}

/** The bar of any page: a word in its tone, what it is of, contents, search, theme. */
export function barOf(tone: string, word: string, name: string, contents: readonly Content[]): Markup {
  return markup`<header class="bar ${tone}"><div>
<div class="id"><span class="word">${word}</span><h1>${plainText(name)}</h1></div>
<nav aria-label="Contents">${contents.map(({ id, name }) => markup`<a href="#${id}">${name}</a>`)}</nav>
<label hidden><span class="skip">Search the page</span><input class="find" id="find" type="search" placeholder="Search   press /"></label>
<span id="found" role="status"></span>
<button class="tool" id="theme" type="button" hidden>Light / dark</button>
</div></header>
`;
}

/** The facts of the run in one line, and whether it is whole. */
export function factsLine(run: Run, version: string): Markup {
  const { plan, header } = run;
  const services = plan.services.map(({ name, address }) => `${name} ${address}`).join(" · ");
  const facts = [
    instantText(header.started_at),
    formatDuration(run.load_end_ms * 1000),
    loadText(plan),
    ...(run.steered.length === 0 ? [] : [`steered by hand: ${steeredText(run)}`]),
    services,
    `seed ${plan.seed}`,
    `june-load ${version}`,
  ];
  return markup`<p class="where">${facts.map((fact) => markup`<span>${plainText(fact)}</span>`)}</p>
${incompleteBanner(run)}`;
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

/** PASS, FAIL or INVALID with its sentence, then every objective beside the figures of each kind of service. */
export function verdictSection(
  run: Run,
  verdict: Verdict,
  all: Row,
  version: string,
  baseline?: ComparisonReport,
): Markup {
  const { status, sentence, rules } = verdict;
  // What decided it, then in grey what else there is to know.
  const [first = "", ...rest] = plainText(sentence, 1000).split(/(?<=[.])\s+(?=[A-Z"])/);
  const more = [...rest, sureText(status, rules)].filter((text) => text !== "").join(" ");
  return markup`<section class="verdict ${status.toLowerCase()}" id="verdict" aria-label="Verdict">
${factsLine(run, version)}<p class="say"><b>${status}</b> ${first}${more === "" ? null : markup` <em>${more}</em>`}</p>
<div class="top">
${rulesTable(rules, run.plan.strict)}${figuresSection(run, all, baseline)}</div>
</section>
`;
}

/** How many of the objectives that hold are certain; of a PASS the sentence says it. */
function sureText(status: Verdict["status"], rules: readonly RuleOutcome[]): string {
  const held = rules.filter(({ passed, undecided }) => passed && undecided === null);
  const certain = held.filter(({ unproven, data }) => unproven === null && data !== "too little").length;
  if (status !== "FAIL" || held.length === 0) return "";
  if (certain === held.length) return held.length === 1 ? "It holds for certain." : "They hold for certain.";
  return `For certain: ${certain === 0 ? "none" : formatCount(certain)} of these ${formatCount(held.length)}.`;
}

/** The figures of each kind of service, and in a line those of the whole run. */
export function figuresSection(run: Run, all: Row, baseline?: ComparisonReport): Markup {
  const base = baseline?.comparison.base;
  const before = base?.runs.at(-1)?.run ?? null;
  const kinds = keyFigures(run, before);
  const was = base === undefined || before === null
    ? null
    : markup` Grey: ${sideName(base)}, ${instantText(before.header.started_at)}.`;
  return markup`<div class="sums"><div class="kinds">
${kinds.map((kind) => kindFigure(run, kind))}</div>
${waitSection(run)}<p class="note">Each of the slowest operation of its kind, warm-up left out.${was}</p>
<p class="note totals">${totals(run, all).map((text) => markup`<span>${text}</span>`)}</p></div>
`;
}

function kindFigure(run: Run, { title, operations, slowest, main, others }: KindFigures): Markup {
  const color = operationColors(run).get(slowest === "" ? operations[0] ?? "" : slowest) ?? "op-0";
  const over = operations.some((name) => nearnessOf(run, name) > 1) ? " over" : "";
  const who = operations.length > 1 && slowest !== "" ? markup`, ${breakable(slowest)}` : null;
  return markup`<div class="kind"><h2><i class="swatch ${color}"></i>${title}</h2>
<p class="big${over}">${main.text}</p><p class="what">${main.name}${
    main.was === null ? null : markup`, was ${main.was}`
  }${who}</p>
<dl>${others.map(row)}</dl></div>
`;
}

function row({ name, text, was }: KeyFigure): Markup {
  return markup`<div><dt>${name}</dt><dd>${text}</dd>${
    was === null ? null : markup`<dd class="was">${was}</dd>`
  }</div>`;
}

/** A name that may break after its dots and underscores, where a phone has no room for it. */
function breakable(name: string): Markup {
  const parts = plainText(name, 80).split(/(?<=[._/])/);
  return markup`${parts.map((part, i) => i === 0 ? part : markup`<wbr>${part}`)}`;
}

/** Figures of the whole run in words. */
function totals(run: Run, all: Row): string[] {
  const errors = all.calls === 0 ? NO_VALUE : formatPercent(errorRate(all.total));
  return [
    `${formatCount(all.calls)} calls, ${looseEnds(run)}`,
    peakText(run, all),
    `${errors} failed (${formatCount(errorCalls(all.total))} calls${repeatsText(all)})`,
    ...goodText(run),
    machineText(run),
  ];
}

function repeatsText({ total }: Row): string {
  const share = repeatShare(total);
  return share === 0 ? "" : `; ${formatPercent(share)} of all were repeats`;
}

function peakText(run: Run, all: Row): string {
  const bin_ms = percentileBinLength(run);
  const peak = binsOf(run, bin_ms).reduce((max, bin) => Math.max(max, bin.outcomes.ok / (bin.length_ms / 1000)), 0);
  return `${formatRate(all.rate_per_s)} on average, ${formatRate(peak)} at most over ${writeDuration(bin_ms * 1000)}`;
}

function goodText(run: Run): string[] {
  if (run.plan.objectives.length === 0) return [];
  const { value: good_per_s } = figureOf(run, { kind: "goodput" }, {});
  const { value: share } = figureOf(run, { kind: "good_rate" }, {});
  if (good_per_s === null) return [];
  return [`goodput ${formatRate(good_per_s)}${share === null ? "" : `, ${formatPercent(share)} of calls`}`];
}

function machineText(run: Run): string {
  const percent = (value: number | null) => value === null ? NO_VALUE : `${formatNumber(value)} %`;
  const gpus = gpuReadings(run);
  const use = meanOf(run.gpu.devices.flatMap((gpu) => gpu.column("utilization_percent")));
  if (use === null) {
    return `CPU here ${percent(meanOf(run.host.column("cpu_percent")))} on average; no GPU readings`;
  }
  const capped_ms = Math.max(
    ...gpus.map(({ readings }) => lengthWithin(slowedSpans(readings, "power_capped"))),
  );
  const name = gpus.length === 1 ? gpuLabel(gpus[0]!.first) : `${gpus.length} GPUs`;
  const held = capped_ms > 0 ? `power-capped ${formatDuration(capped_ms * 1000)}` : "never power-capped";
  return `${name} ${percent(use)} busy on average, ${held}`;
}
