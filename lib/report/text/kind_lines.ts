/** What matters of each kind of operation, in a line of words: for the terminal and for plain text. */
import type { Distribution } from "../../plan/threshold/threshold.ts";
import { formatCount, formatDuration, formatNumber, formatPercent, formatRate } from "../../plan/units.ts";
import type { Run, Selection } from "../../result/run.ts";
import { type Figure, figureOf, plainPercentile } from "../figures/estimates.ts";
import type { Fact } from "../figures/facts.ts";
import { operationsOf } from "../figures/figures.ts";
import { objectivesText } from "../figures/goodput.ts";
import { kindOf, outputUnit } from "../figures/kinds.ts";
import { hasOpenLoad, reachedIn } from "../figures/load_reached.ts";
import { PACING_LIMIT_US } from "../../measure/pacing.ts";
import { generatorFit } from "../../verdict/generator_fit.ts";
import { knownRecovery } from "../figures/memory.ts";
import { RECOVERY_METRICS, RECOVERY_WORDS } from "../figures/trends.ts";
import { legsOf } from "../figures/turns.ts";

/** A line for each operation that streams, speaks or listens, then goodput and arrivals; only what was measured. */
export function kindLines(run: Run): Fact[] {
  const lines = operationsOf(run).map((name): Fact => {
    const kind = kindOf(run, name);
    const write = kind === null ? null : { llm: llmParts, stt: sttParts, tts: ttsParts, turn: turnParts }[kind];
    return fact(name, write === null ? [] : write(run, name));
  });
  return [...lines, fact("good", goodParts(run)), ...arrivalLines(run), fact("recovery", recoveryParts(run))]
    .filter(({ text }) => text !== "");
}

const fact = (name: string, parts: ReadonlyArray<string | null>): Fact => ({
  name,
  text: parts.filter((part) => part !== null).join(" · "),
});

/** `P95 262 ms`, with n where the sample cannot carry it; null without a value. */
function at(figure: Figure, percentile: number, text: (value: number) => string = formatDuration): string | null {
  const { value, n, sampleSufficient, at_least } = figure;
  if (value === null) return null;
  return `P${percentile} ${at_least ? "≥ " : ""}${text(value)}${sampleSufficient ? "" : ` (n ${formatCount(n)})`}`;
}

/** `first token P50 184 ms, P95 262 ms`; null where nothing was measured. */
function times(
  run: Run,
  where: string | Selection,
  of: Distribution,
  what: string,
  percentiles: number[],
): string | null {
  const selection = typeof where === "string" ? { operations: where } : where;
  const parts = percentiles.map((p) => at(plainPercentile(run, of, p, selection), p)).filter((one) => one !== null);
  return parts.length === 0 ? null : `${what} ${parts.join(", ")}`;
}

function llmParts(run: Run, operations: string): Array<string | null> {
  const unit = outputUnit(run.total({ operations }));
  const one = plainPercentile(run, "token_time", 50, { operations });
  const all = figureOf(run, { kind: "token_rate" }, { operations });
  return [
    times(run, operations, "first_message", "first token", [50, 95]),
    times(run, operations, "gap", "gap", [50, 99]),
    one.value === null || one.value === 0 ? null : `${formatNumber(1e6 / one.value)} ${unit}/s for one user (P50)`,
    unit === null || all.value === null ? null : `${formatNumber(all.value)} ${unit}/s in total`,
  ];
}

function sttParts(run: Run, operations: string): Array<string | null> {
  const wer = figureOf(run, { kind: "wer" }, { operations });
  return [
    times(run, operations, "first_partial", "first partial", [95]),
    times(run, operations, "final_latency", "final after speech", [50, 95]),
    times(run, operations, "response_latency", "transcript after its audio", [95]),
    factorText(run, operations),
    wer.value === null ? null : `WER ${formatPercent(wer.value)} of ${formatCount(wer.n)} words`,
    paceText(run, operations),
  ];
}

function factorText(run: Run, operations: string): string | null {
  const factor = at(
    plainPercentile(run, "real_time_factor", 95, { operations }),
    95,
    (ppm) => formatNumber(ppm / 1e6),
  );
  return factor === null ? null : `real-time factor ${factor}`;
}

function paceText(run: Run, operations: string): string | null {
  const { value } = plainPercentile(run, "pacing_error", 99, { operations });
  return value === null || value <= PACING_LIMIT_US
    ? null
    : `NOT SPOKEN IN REAL TIME: P99 ${formatDuration(value)} late`;
}

function ttsParts(run: Run, operations: string): Array<string | null> {
  const stalled = figureOf(run, { kind: "stalled" }, { operations });
  const played = stalled.value === null ? null : [
    `stalled ${formatPercent(stalled.value)} of ${formatCount(stalled.n)} played calls`,
    ...(stalled.value === 0 ? [] : [times(run, operations, "needed_prebuffer", "needs a prebuffer of", [95])]),
  ].join(", ");
  return [times(run, operations, "first_message", "first audio", [50, 95]), factorText(run, operations), played];
}

function turnParts(run: Run, operations: string): Array<string | null> {
  const legs = legsOf(run.total({ operations })).map(({ name, share }) => `${name} ${formatPercent(share)}`);
  return [
    times(run, operations, "voice_to_voice", "voice to voice", [50, 95]),
    legs.length === 0 ? null : legs.join(", "),
  ];
}

function goodParts(run: Run): Array<string | null> {
  const { objectives } = run.plan;
  if (objectives.length === 0) return [];
  const goodput = figureOf(run, { kind: "goodput" }, {});
  const share = figureOf(run, { kind: "good_rate" }, {});
  if (goodput.value === null || share.value === null) return [];
  return [`${formatRate(goodput.value)}, ${formatPercent(share.value)} of calls`, objectivesText(objectives)];
}

/** Where the generator may not have kept up, warnings too; nothing where all is well. */
export function generatorLine(run: Run): Fact[] {
  if (run.slots.length === 0) return [];
  const checks = generatorFit(run).filter(({ state }) => state !== "ok");
  return [fact("generator", checks.map(({ name, value }) => `${name}: ${value}`))].filter(({ text }) => text !== "");
}

/** One for each stage of an open load, warm-up left out. */
function arrivalLines(run: Run): Fact[] {
  if (!hasOpenLoad(run)) return [];
  return run.plan.stages.filter(({ warm_up }) => !warm_up).map((stage) => {
    const reached = reachedIn(run, stage);
    if (reached === null) return fact("", []);
    const { offered_per_s, begun_per_s, dropped } = reached;
    return fact(run.plan.stages.length === 1 ? "arrivals" : `arrivals ${stage.name}`, [
      `offered ${formatRate(offered_per_s)}, begun ${formatRate(begun_per_s)}, ${formatCount(dropped)} dropped`,
      times(run, { stage: stage.name }, "start_delay", "waited", [99]),
    ]);
  });
}

/** What came after a spike; the reason where a rule asks for it and it is unknown. */
function recoveryParts(run: Run): string[] {
  const recovery = knownRecovery(run);
  if (recovery.state === "unknown") {
    const asked = run.plan.thresholds.some(({ measure }) => measure.kind === "recovery_time");
    return asked ? [`unknown: ${recovery.why}`] : [];
  }
  const times = RECOVERY_METRICS.map((metric) => {
    const { recovery_ms } = recovery.metrics[metric];
    const back = recovery_ms === null ? "not back" : recovery_ms === 0 ? "at once" : formatDuration(recovery_ms * 1000);
    return `${RECOVERY_WORDS[metric].name} ${back}`;
  });
  const { spike, before, peak_excess } = recovery;
  const peak = peak_excess === null ? [] : [`worst P95 ${formatNumber(peak_excess)} times that of ${before}`];
  return [`${recovery.state} from ${spike}`, times.join(", "), ...peak];
}
