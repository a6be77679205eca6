/** Voice turns: the time each leg takes, and the examples to show. */
import type { TurnExample } from "../../measure/interval.ts";
import type { Distribution } from "../../plan/threshold/threshold.ts";
import type { Series } from "../../measure/series.ts";

/** The legs of a turn in the order in which they happen. */
const LEGS = [
  { of: "turn_stt", name: "speech to text", title: "End of speech to the final transcript" },
  { of: "turn_llm", name: "language model", title: "From there to the first sentence of the answer" },
  { of: "turn_tts", name: "text to speech", title: "From there to the first audio of the answer" },
] as const satisfies ReadonlyArray<{ of: Distribution; name: string; title: string }>;

/** The time of one leg. */
export interface Leg {
  of: typeof LEGS[number]["of"];
  name: string;
  title: string;
  /** Microseconds. */
  mean_us: number;
  /** Part of the mean turn, 0 to 1: means add up exactly, percentiles do not. */
  share: number;
}

/** The legs of the turns in a series; empty without a turn. */
export function legsOf(total: Series): Leg[] {
  const sum_us = LEGS.reduce((sum, { of }) => sum + total.histogram(of).mean, 0);
  if (sum_us === 0) return [];
  return LEGS.map((leg) => {
    const mean_us = total.histogram(leg.of).mean;
    return { ...leg, mean_us, share: mean_us / sum_us };
  });
}

/** An example turn and why it was chosen. */
export interface ShownTurn {
  title: string;
  turn: TurnExample;
}

/** From an operation's example turns: the one nearest to its median, and the slowest. */
export function shownTurns(turns: readonly TurnExample[], operation: string, total: Series): ShownTurn[] {
  const own = turns.filter((turn) => turn.operation === operation)
    .toSorted((a, b) => a.voice_to_voice_us - b.voice_to_voice_us || a.start_ms - b.start_ms);
  const slowest = own.at(-1);
  if (slowest === undefined) return [];
  const median_us = total.histogram("voice_to_voice").percentile(50);
  const far = (turn: TurnExample) => Math.abs(turn.voice_to_voice_us - median_us);
  const typical = own.reduce((best, turn) => far(turn) < far(best) ? turn : best);
  const shown = [{ title: "A typical turn", turn: typical }, { title: "The slowest turn kept", turn: slowest }];
  return typical === slowest ? shown.slice(1) : shown;
}
