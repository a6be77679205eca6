/** What callers of each kind of service felt, in a handful of figures; never one figure over unlike things. */
import { errorCalls } from "../../measure/series.ts";
import { endedCalls } from "../../measure/series.ts";
import type { OperationKind } from "../../plan/threshold/shown.ts";
import { type Distribution, HEADLINE } from "../../plan/threshold/threshold.ts";
import { formatDuration, formatNumber, formatPercent, NO_VALUE } from "../../plan/units.ts";
import type { Run } from "../../result/run.ts";
import { figureOf, figureText, plainPercentile } from "./estimates.ts";
import { operationsOf } from "./figures.ts";
import { kindOf, outputUnit } from "./kinds.ts";
import { type Slowest, slowestOf } from "./slowest.ts";

/** One figure, with what it was in an earlier run. */
export interface KeyFigure {
  name: string;
  text: string;
  /** Of the baseline; null without one, or where it had none. */
  was: string | null;
}

/** The figures of one kind of service. */
export interface KindFigures {
  title: string;
  /** Operations of this kind. */
  operations: string[];
  /** The one that people wait longest for; empty where nothing was measured. */
  slowest: string;
  main: KeyFigure;
  others: KeyFigure[];
}

type Kind = OperationKind | "other";

const TITLES: Record<Kind, string> = {
  llm: "Language model",
  stt: "Speech to text",
  tts: "Text to speech",
  turn: "Voice turn",
  other: "Other calls",
};

/** Reads a figure of some operations of a run; null where it was not measured. */
type Reader = (run: Run, operations: readonly string[]) => string | null;

const slowest = (of: Distribution, percentile = 95): Reader => (run, operations) => {
  const found = slowestOf(run, { of, percentile, operations });
  return found === null ? null : figureText(found.figure, formatDuration);
};

const sum = (run: Run, operations: readonly string[], read: (total: ReturnType<Run["total"]>) => number) =>
  operations.reduce((total, name) => total + read(run.total({ operations: name })), 0);

const failed: Reader = (run, operations) => {
  const calls = sum(run, operations, ({ outcomes }) => endedCalls(outcomes));
  return calls === 0 ? null : formatPercent(sum(run, operations, errorCalls) / calls);
};

const good: Reader = (run, operations) => {
  if (run.plan.objectives.length === 0) return null;
  const shares = operations.map((name) => figureOf(run, { kind: "good_rate" }, { operations: name }).value)
    .filter((value) => value !== null);
  return shares.length === 0 ? null : formatPercent(Math.min(...shares));
};

const share =
  (part: "word_errors" | "stalled_calls", whole: "reference_words" | "played_calls"): Reader => (run, operations) => {
    const of = sum(run, operations, (total) => total.counter(whole));
    return of === 0 ? null : formatPercent(sum(run, operations, (total) => total.counter(part)) / of);
  };

/** Of the operation whose answers come slowest. */
const perSecond: Reader = (run, operations) => {
  const rates = operations.flatMap((name) => {
    const { value } = plainPercentile(run, "token_time", 50, { operations: name });
    return value === null || value === 0 ? [] : [1e6 / value];
  });
  return rates.length === 0 ? null : formatNumber(Math.min(...rates));
};

/** Names of a figure may depend on what was counted. */
type Name = string | ((run: Run, operations: readonly string[]) => string);

const unitName: Name = (run, operations) =>
  operations.every((name) => outputUnit(run.total({ operations: name })) === "words") ? "Words/s" : "Tokens/s";

/** The figures of each kind, in the order shown; the first that was measured is the main one. */
const FIGURES: Record<Kind, { main: Array<[Name, Reader]>; others: Array<[Name, Reader]> }> = {
  llm: {
    main: [["response time P95", slowest(HEADLINE)]],
    others: [["First token P95", slowest("first_message")], [unitName, perSecond], ["Good", good], ["Failed", failed]],
  },
  stt: {
    main: [["response time P95", slowest(HEADLINE)]],
    others: [
      ["First partial P95", slowest("first_partial")],
      ["Word errors", share("word_errors", "reference_words")],
      ["Good", good],
      ["Failed", failed],
    ],
  },
  tts: {
    main: [["response time P95", slowest(HEADLINE)]],
    others: [
      ["First audio P95", slowest("first_message")],
      ["Stalled", share("stalled_calls", "played_calls")],
      ["Good", good],
      ["Failed", failed],
    ],
  },
  turn: {
    main: [["last word to first sound, P95", slowest(HEADLINE)]],
    others: [["Median", slowest(HEADLINE, 50)], ["Good", good], ["Failed", failed]],
  },
  other: {
    main: [["response time P95", slowest(HEADLINE)]],
    others: [["Median", slowest(HEADLINE, 50)], ["Good", good], ["Failed", failed]],
  },
};

/**
 * The figures of each kind of service that the run calls; beside each what it was in an earlier run.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { makeRun } from "../../../tests/result/make_run.ts"; // sixty made-up seconds
 *
 * const titles = keyFigures(makeRun(), null).map(({ title }) => title);
 * assert.deepEqual(titles, ["Language model", "Speech to text", "Text to speech"]);
 * ```
 */
export function keyFigures(run: Run, baseline: Run | null): KindFigures[] {
  const byKind = Map.groupBy(operationsOf(run), (name): Kind => kindOf(run, name) ?? "other");
  const kinds = (Object.keys(TITLES) as Kind[]).filter((kind) => byKind.has(kind));
  return kinds.map((kind) => kindFigures(run, baseline, kind, byKind.get(kind) ?? []));
}

function kindFigures(run: Run, baseline: Run | null, kind: Kind, operations: string[]): KindFigures {
  const { main, others } = FIGURES[kind];
  const figure = ([name, read]: [Name, Reader]): KeyFigure | null => {
    const text = read(run, operations);
    if (text === null) return null;
    const was = baseline === null ? null : read(baseline, operations);
    return { name: typeof name === "string" ? name : name(run, operations), text, was };
  };
  const found: Slowest | null = slowestOf(run, { operations });
  const [first] = main.map(figure).filter((one) => one !== null);
  return {
    title: TITLES[kind],
    operations,
    slowest: found?.operation ?? "",
    main: first ?? { name: "nothing measured", text: NO_VALUE, was: null },
    others: others.map(figure).filter((one) => one !== null),
  };
}
