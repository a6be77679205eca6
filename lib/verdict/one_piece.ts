/** Rules on the times within a stream, whose replies came in one piece: something between buffers them. */
import { type Distribution, isDistributionMeasure, type Measure } from "../plan/threshold/threshold.ts";
import type { Series } from "../measure/series.ts";
import type { Run, Selection } from "../result/run.ts";
import type { OnePiece, RuleOutcome } from "./verdict.ts";

/** Share of the ok calls below which a few buffered replies change no answer. */
export const TOLERATED_PIECES = 0.1;

/** Times between the messages of a reply, and what follows from them. */
const WITHIN_STREAMS: ReadonlySet<Distribution> = new Set([
  "gap",
  "gap_max",
  "token_time",
  "stall",
  "needed_prebuffer",
]);

/** Whether so many replies came in one piece that times within streams say nothing. */
export function isBuffered(total: Series): boolean {
  return total.counter("one_piece") > TOLERATED_PIECES * total.outcomes.ok;
}

/** What leaves a rule open that holds only because nothing came between the first message and the last; else null. */
export function undecidedByPieces(
  run: Run,
  { threshold: { measure }, passed, observed }: RuleOutcome,
  selection: Selection,
): OnePiece | null {
  if (!passed || observed === null || !readsStreams(measure)) return null;
  const total = run.total(selection);
  return isBuffered(total) ? { kind: "one piece", whole: total.counter("one_piece"), calls: total.outcomes.ok } : null;
}

function readsStreams(measure: Measure): boolean {
  return isDistributionMeasure(measure) ? WITHIN_STREAMS.has(measure.of) : measure.kind === "stalled";
}
