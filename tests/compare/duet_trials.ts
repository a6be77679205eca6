/** How often a duet is right, over many whose truth is known. */
import { compareSides } from "../../lib/compare/compare.ts";
import { directionOf } from "../../lib/compare/figures.ts";
import { headlineOf } from "../../lib/compare/headline.ts";
import { PAIRS } from "../../lib/compare/items.ts";
import type { Side } from "../../lib/compare/sides.ts";
import { type DuetBehaviour, duetSides, simulatedDuet } from "./simulated_duet.ts";

/** Duets of one kind. */
export type DuetCase = Omit<DuetBehaviour, "seed">;

/** What became of them. */
export interface DuetTrials {
  duets: number;
  /** Something was called certainly different, however little. */
  different: number;
  /** The headline says that something changed. */
  called: number;
  /** The language model was called certainly slower in a time. */
  found: number;
  /** The same of the same calls, had they not been compared in pairs. */
  foundApart: number;
  differentApart: number;
  /** Median half widths of the intervals of its response time: pair by pair, and at P95 in pairs and apart. */
  margins: { pairs: number; p95: number; p95_apart: number };
  /** Intervals pair by pair that hold the truth. */
  held: number;
}

const MODEL = "llm.chat_stream";

/** Compares `duets` duets. The same seed gives the same counts. */
export function duetTrials(one: DuetCase, duets: number, seed: number): DuetTrials {
  const counts = { different: 0, called: 0, found: 0, foundApart: 0, differentApart: 0, held: 0 };
  const [pairs, p95, p95_apart]: [number[], number[], number[]] = [[], [], []];
  for (let i = 0; i < duets; i++) {
    const [base, other] = duetSides(simulatedDuet({ ...one, seed: seed + i }));
    const paired = outcomeOf(base, other);
    const apart = outcomeOf(base, { ...other, paired: false });
    counts.different += Number(paired.different);
    counts.called += Number(paired.called);
    counts.found += Number(paired.found);
    counts.differentApart += Number(apart.different);
    counts.foundApart += Number(apart.found);
    const truth = (one.slow ?? 1) - 1;
    const byPairs = paired.changeOf(PAIRS.id);
    if (byPairs !== null && byPairs.low <= truth && truth <= byPairs.high) counts.held++;
    for (
      const [list, change] of [
        [pairs, byPairs],
        [p95, paired.changeOf("p95(response_time)")],
        [p95_apart, apart.changeOf("p95(response_time)")],
      ] as const
    ) if (change !== null) list.push((change.high - change.low) / 2);
  }
  const median = (list: number[]) => list.sort((a, b) => a - b)[list.length >> 1] ?? NaN;
  return { duets, ...counts, margins: { pairs: median(pairs), p95: median(p95), p95_apart: median(p95_apart) } };
}

function outcomeOf(base: Side, other: Side) {
  const [pairing] = compareSides(base, [other]).pairings;
  const figures = pairing?.figures ?? [];
  const certain = figures.filter(({ certainty, better }) => certainty === "certain" && better !== null);
  return {
    different: certain.length > 0,
    called: pairing !== undefined && !["NO CHANGE SEEN", "CANNOT TELL"].includes(headlineOf(pairing).status),
    found: certain.some((f) => f.operation === MODEL && f.unit === "us" && directionOf(f) === "worse"),
    changeOf: (id: string) => figures.find((f) => f.operation === MODEL && f.id === id)?.change ?? null,
  };
}
