/** How often a comparison is right, over many pairs of runs whose truth is known. */
import { compareSides } from "../../lib/compare/compare.ts";
import { directionOf } from "../../lib/compare/figures.ts";
import { headlineOf } from "../../lib/compare/headline.ts";
import type { Side } from "../../lib/compare/sides.ts";
import { type Behaviour, simulatedSide } from "./simulated.ts";

/** Pairs of one kind. */
export interface TrialCase extends Omit<Behaviour, "seed"> {
  /** Runs of each side; 1 where it is left out. */
  runs?: number;
}

/** What became of them. */
export interface Trials {
  pairs: number;
  /** Something was called certainly different, however little. */
  different: number;
  /** The headline says that something changed. */
  called: number;
  /** The language model was called certainly worse in a time. */
  found: number;
  /** Median half width of the interval of its P95 of response time, as a share. */
  margin: number;
}

const MODEL = "llm.chat_stream";

/** Compares `pairs` pairs; the slower side is `slow`, `errors` that of the case. The same seed gives the same counts. */
export function trialsOf(one: TrialCase, pairs: number, seed: number): Trials {
  const { runs = 1, slow = 1, errors = 0, ...rest } = one;
  const margins: number[] = [];
  let [different, called, found] = [0, 0, 0];
  for (let pair = 0; pair < pairs; pair++) {
    const side = (name: string, first: number, change: Partial<Behaviour>): Side => ({
      name,
      runs: Array.from({ length: runs }, (_, i) => simulatedSide({ ...rest, ...change, seed: first + i })),
    });
    const from = seed + pair * 2 * runs;
    const { pairings: [pairing] } = compareSides(side("base", from, {}), [side("new", from + runs, { slow, errors })]);
    if (pairing === undefined) continue;
    const { figures } = pairing;
    if (!["NO CHANGE SEEN", "CANNOT TELL"].includes(headlineOf(pairing).status)) called++;
    const certain = figures.filter(({ certainty, better }) => certainty === "certain" && better !== null);
    if (certain.length > 0) different++;
    if (certain.some((f) => f.operation === MODEL && f.unit === "us" && directionOf(f) === "worse")) found++;
    const change = figures.find((f) => f.operation === MODEL && f.id === "p95(response_time)")?.change;
    if (change) margins.push((change.high - change.low) / 2);
  }
  return { pairs, different, called, found, margin: margins.sort((a, b) => a - b)[margins.length >> 1] ?? NaN };
}
