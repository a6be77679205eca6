/** What matters of each kind of operation, in a line of words: for the terminal and for plain text. */
import { UNITS } from "../../plan/threshold/measure_units.ts";
import { type DistributionLine, lineText, type OperationKind } from "../../plan/threshold/shown.ts";
import { type Distribution, DISTRIBUTIONS } from "../../plan/threshold/threshold.ts";
import { formatCount, formatDuration, formatNumber, formatPercent, formatRate } from "../../plan/units.ts";
import type { Run, Selection } from "../../result/run.ts";
import { type Figure, figureOf, plainPercentile } from "../figures/estimates.ts";
import type { Fact } from "../figures/facts.ts";
import { operationsOf } from "../figures/figures.ts";
import { objectivesText, operationsWithoutObjective } from "../figures/goodput.ts";
import { kindOf, outputUnit } from "../figures/kinds.ts";
import { interimsText } from "../figures/interims.ts";
import { hasOpenLoad, reachedIn } from "../figures/load_reached.ts";
import { PACING_LIMIT_US } from "../../measure/pacing.ts";
import { answerFindings } from "../../verdict/answers.ts";
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
function at(figure: Figure, percentile: number, text: (value: number) => string): string | null {
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
  percentiles: readonly number[],
): string | null {
  const selection = typeof where === "string" ? { operations: where } : where;
  const { write } = UNITS[DISTRIBUTIONS[of].unit];
  const parts = percentiles.map((p) => at(plainPercentile(run, of, p, selection), p, write))
    .filter((one) => one !== null);
  return parts.length === 0 ? null : `${what} ${parts.join(", ")}`;
}

/** The line of a distribution for a kind of operation, as the catalogue has it. */
function line<K extends OperationKind>(run: Run, operations: string, kind: K, of: DistributionLine<K>): string | null {
  const { text, percentiles } = lineText(of, kind);
  return times(run, operations, of, text, percentiles);
}

/** What a line says, in this order; the compiler finds what the catalogue has and this leaves out. */
type Parts<K extends OperationKind, More extends string = never> = Record<DistributionLine<K> | More, string | null>;

function llmParts(run: Run, operations: string): Array<string | null> {
  const unit = outputUnit(run.total({ operations }));
  const one = plainPercentile(run, "token_time", 50, { operations });
  const all = figureOf(run, { kind: "token_rate" }, { operations });
  const parts: Parts<"llm", "user_rate" | "token_rate"> = {
    first_message: line(run, operations, "llm", "first_message"),
    first_answer: run.total({ operations }).counter("reasoned_answers") > 0
      ? line(run, operations, "llm", "first_answer")
      : null,
    gap: line(run, operations, "llm", "gap"),
    user_rate: one.value === null || one.value === 0
      ? null
      : `${formatNumber(1e6 / one.value)} ${unit}/s for one user (P50)`,
    token_rate: unit === null || all.value === null ? null : `${formatNumber(all.value)} ${unit}/s in total`,
  };
  return Object.values(parts);
}

function sttParts(run: Run, operations: string): Array<string | null> {
  const wer = figureOf(run, { kind: "wer" }, { operations });
  const parts: Parts<"stt", "wer" | "interims" | "pace"> = {
    first_partial: line(run, operations, "stt", "first_partial"),
    final_latency: line(run, operations, "stt", "final_latency"),
    response_latency: line(run, operations, "stt", "response_latency"),
    real_time_factor: line(run, operations, "stt", "real_time_factor"),
    wer: wer.value === null
      ? null
      : `WER ${formatPercent(wer.value)} of ${formatCount(wer.n)} words${basicText(run, operations)}`,
    interims: interimsText(run.total({ operations })),
    pace: paceText(run, operations),
  };
  return Object.values(parts);
}

/** What the basic rules give, where that is another figure. */
function basicText(run: Run, operations: string): string {
  const [wer, basic] = (["wer", "wer_basic"] as const).map((kind) => figureOf(run, { kind }, { operations }).value);
  if (basic === null || basic === undefined || basic === wer) return "";
  return ` (${formatPercent(basic)} by basic rules)`;
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
    ...(stalled.value === 0 ? [] : [line(run, operations, "tts", "needed_prebuffer")]),
  ].join(", ");
  const parts: Parts<"tts"> = {
    first_message: line(run, operations, "tts", "first_message"),
    real_time_factor: line(run, operations, "tts", "real_time_factor"),
    needed_prebuffer: played,
  };
  return Object.values(parts);
}

function turnParts(run: Run, operations: string): Array<string | null> {
  const legs = legsOf(run.total({ operations })).map(({ name, share }) => `${name} ${formatPercent(share)}`);
  const parts: Parts<"turn", "legs"> = {
    voice_to_voice: line(run, operations, "turn", "voice_to_voice"),
    legs: legs.length === 0 ? null : legs.join(", "),
  };
  return Object.values(parts);
}

function goodParts(run: Run): Array<string | null> {
  const { objectives } = run.plan;
  if (objectives.length === 0) return [];
  const goodput = figureOf(run, { kind: "goodput" }, {});
  const share = figureOf(run, { kind: "good_rate" }, {});
  const without = operationsWithoutObjective(run.plan);
  const unjudged = without.length === 0 ? null : `no objective applies to ${without.join(", ")}`;
  if (goodput.value === null || share.value === null) return [unjudged];
  return [`${formatRate(goodput.value)}, ${formatPercent(share.value)} of calls`, objectivesText(objectives), unjudged];
}

/** Where the generator may not have kept up, warnings too, and what nobody can say; nothing where all is well. */
export function generatorLine(run: Run): Fact[] {
  if (run.slots.length === 0) return [];
  const checks = generatorFit(run);
  const warned = checks.filter(({ state }) => state === "warn" || state === "invalid");
  const open = checks.filter(({ state }) => state === "unknown").map(({ name }) => name);
  const parts = [
    ...warned.map(({ name, value }) => `${name}: ${value}`),
    ...(open.length === 0 ? [] : [`unknown: ${open.join(", ")}`]),
  ];
  return [fact("generator", parts)].filter(({ text }) => text !== "");
}

/** What is odd about answers that count as ok; nothing where all were as they should be. */
export function answerLines(run: Run): Fact[] {
  return answerFindings(run).map(({ text }) => fact("answers", [text]));
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
