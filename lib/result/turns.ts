/** Example voice turns, in a list of bounded length. */
import type { TurnExample } from "../measure/interval.ts";

/** Most examples of one operation. */
export const MAX_TURNS = 32;
/** The slowest examples, which are never thinned out. */
const SLOWEST = 8;

/** Adds an example to those of its operation; when there are too many, thins all but the slowest evenly by rank. */
export function keepTurn(turns: TurnExample[], turn: TurnExample): void {
  const at = turns.findIndex((one) => one.voice_to_voice_us < turn.voice_to_voice_us);
  turns.splice(at < 0 ? turns.length : at, 0, turn);
  if (turns.length <= MAX_TURNS) return;
  const kept = turns.filter((_, rank) => rank < SLOWEST || rank % 2 === 0);
  turns.splice(0, turns.length, ...kept);
}
