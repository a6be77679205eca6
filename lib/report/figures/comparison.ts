/** What every form of a comparison is made of, and the parts that they share. */
import type { Comparison, Pairing } from "../../compare/compare.ts";
import { type FigureDifference } from "../../compare/figures.ts";
import type { GateOutcome } from "../../compare/gate.ts";
import { type Headline, headlineOf } from "../../compare/headline.ts";
import type { Side } from "../../compare/sides.ts";
import { changeText, intervalText } from "../../compare/words.ts";
import { endedCalls } from "../../measure/series.ts";
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
  const single = base.runs.length === 1 && pairings.every(({ other }) => other.runs.length === 1);
  return [
    family === 0
      ? "No figure has enough values for an interval."
      : `± is half of a 95 % interval. "Certain" allows for all ${family} comparisons (Holm): of twenty such reports on equal ` +
        'systems at most one says "certain" of anything.',
    single
      ? "Each side is one run: intervals come from how ten stretches of it differ, and know nothing of what changes from one " +
        "run to the next. Repeat both sides in turn (A B A B A B) before acting on a small difference."
      : "Several runs a side: the wider of two intervals counts, from stretches within the runs and from run to run.",
    ...lengthTexts(pairings),
  ];
}
