/** What every form of a comparison is made of, and the parts that they share. */
import type { Comparison, Pairing } from "../../compare/compare.ts";
import { type FigureDifference } from "../../compare/figures.ts";
import type { GateOutcome } from "../../compare/gate.ts";
import { type Headline, headlineOf } from "../../compare/headline.ts";
import type { Side } from "../../compare/sides.ts";
import { changeText, intervalText } from "../../compare/words.ts";
import { endedCalls } from "../../measure/series.ts";
import { HEADLINE } from "../../plan/threshold/threshold.ts";
import { formatCount, formatDuration } from "../../plan/units.ts";
import { instantText } from "./figures.ts";
import { plainText } from "../format/escape.ts";

/** A comparison to show. */
export interface ComparisonReport {
  comparison: Comparison;
  /** In the order of the rules, side by side. */
  gates: readonly GateOutcome[];
  /** june-load's version. */
  version: string;
}

/** Each pairing with its headline. */
export function headed({ comparison: { pairings } }: ComparisonReport): { pairing: Pairing; headline: Headline }[] {
  return pairings.map((pairing) => ({ pairing, headline: headlineOf(pairing) }));
}

/** `3 runs from 2026-11-23 14:00:00 UTC, 5 min, 12,345 calls, PASS`. */
export function sideText({ runs }: Side): string {
  const calls = runs.reduce((sum, { run }) => sum + endedCalls(run.total().outcomes), 0);
  const [first] = runs.map(({ run }) => run.header.started_at).sort();
  const lengths = new Set(runs.map(({ run }) => formatDuration(run.load_end_ms * 1000)));
  const verdicts = [...new Set(runs.map(({ verdict }) => verdict.status))].join(", ");
  const many = runs.length === 1 ? "" : `${runs.length} runs from `;
  return `${many}${instantText(first ?? "")}, ${[...lengths].join(" and ")}, ${formatCount(calls)} calls, ${verdicts}`;
}

/** The name of a side, made safe to show. */
export function sideName({ name }: Side): string {
  return plainText(name, 120);
}

/** How a rule of the gate fared, in a word, and the mark before it. */
export const GATE_WORDS: Readonly<Record<GateOutcome["state"], { mark: string; word: string }>> = {
  broken: { mark: "✕", word: "certain" },
  unsure: { mark: "~", word: "not certain" },
  holds: { mark: "✓", word: "certain" },
  nothing: { mark: "?", word: "nothing to read" },
};

/** `llm.chat_stream +12.1 % (+9.2 % to +15 %)`. */
export function gateText({ worst }: GateOutcome): string {
  if (worst === null) return "no such figure on either side";
  const name = plainText(worst.operation ?? "");
  return worst.change === null ? `${name}: no interval` : `${name} ${changeText(worst)} (${intervalText(worst)})`;
}

/** Figures grouped by operation, in their order. */
export function byOperation(figures: readonly FigureDifference[]): [name: string, figures: FigureDifference[]][] {
  return [...Map.groupBy(figures, ({ operation }) => plainText(operation ?? "machines"))];
}

/** What the columns of both sides are called: those of a duet by their names, for neither was there before the other. */
export function columnNames(base: Side, other: Side): [base: string, other: string] {
  return other.paired === true ? [sideName(base), sideName(other)] : ["baseline", "new"];
}

/** How runs of unequal length are compared. */
function lengthTexts(pairings: readonly Pairing[]): string[] {
  const found = pairings.flatMap(({ mismatches }) =>
    mismatches.filter(({ what }) => /^length( of stages)?$/.test(what))
  );
  if (found.length === 0) return [];
  return [
    found.some(({ blocks }) => blocks)
      ? "The stages are not of the same length, so a figure of the whole run mixes other loads on each side: only figures " +
        "of one stage, stage by stage, are of like calls."
      : "The runs are not of the same length, at one level of load: each figure is of the whole of its own run but warm-up, " +
        "and rates are per second. What changes with time alone, such as a cache that fills, shows as a difference, too.",
  ];
}

/** What the intervals rest on, and what they cannot know; one sentence each. */
export function methodTexts({ comparison: { base, pairings, family } }: ComparisonReport): string[] {
  const certain = family === 0
    ? "No figure has enough values for an interval."
    : `± is half of a 95 % interval. "Certain" allows for all ${family} comparisons (Holm): of twenty such reports on equal ` +
      'systems at most one says "certain" of anything.';
  const duet = pairings.find(({ other }) => other.paired === true);
  if (duet !== undefined) return [certain, ...duetTexts(base, duet)];
  const single = base.runs.length === 1 && pairings.every(({ other }) => other.runs.length === 1);
  return [
    certain,
    single
      ? "Each side is one run: intervals come from how ten stretches of it differ, and know nothing of what changes from one " +
        "run to the next. Repeat both sides in turn (A B A B A B) before acting on a small difference."
      : "Several runs a side: the wider of two intervals counts, from stretches within the runs and from run to run.",
    ...lengthTexts(pairings),
  ];
}

function duetTexts({ runs }: Side, { figures }: Pairing): string[] {
  const one = runs.length === 1;
  return [
    `A duet: each call went to both sides at the same instant with the same input, the first at random. Intervals come from ${
      one
        ? "how the differences vary over stretches of time"
        : "stretches of time and from duet to duet, the wider of the two"
    }, so that what disturbed both cancels. Both sides worked at the same time: where they share a GPU or processor each ` +
    "slows the other, and differences look smaller than they are apart.",
    ...gainText(figures),
  ];
}

/** By how much pairing narrowed the intervals of response times: of the figure that leads, and of the widest. */
function gainText(figures: readonly FigureDifference[]): string[] {
  const gains = figures.flatMap(({ id, change, unpaired }) => {
    if (!change || !unpaired || !id.includes(HEADLINE) || change.high === change.low) return [];
    return [(unpaired.high - unpaired.low) / (change.high - change.low)];
  }).sort((a, b) => a - b);
  const gain = gains[gains.length >> 1];
  if (gain === undefined) return [];
  const rounded = Number(gain.toPrecision(2));
  return [
    gain < 1.1
      ? "Pairing narrowed the intervals of response times little: there was not much that disturbed both."
      : `Without pairs the intervals of response times would be ${rounded} times as wide (median), and two runs one after ` +
        `the other would need ${formatCount(gain ** 2)} times as long to say as much.`,
  ];
}
