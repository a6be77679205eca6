/** A voice turn is calls of three services: its legs beside their streams. */
import { compareAsking, type Compared, type Pair, told } from "./pair.ts";
import type { CallTrace } from "./trace.ts";

/** One call within a turn; microseconds since the run's epoch. */
export interface Leg {
  turn: CallTrace;
  service: "stt" | "llm" | "tts";
  start_us: number;
  first_us: number | null;
  end_us: number;
}

/** The legs of some turns, in no order. */
export function legsOf(turns: readonly CallTrace[]): Leg[] {
  return turns.flatMap((turn) =>
    turn.spans.filter(({ name }) => name !== "speech").map(({ name, start_us, first_us, end_us }) => ({
      turn,
      service: name.split(" ")[0] as Leg["service"],
      start_us: turn.turn_us + start_us,
      first_us: first_us === null ? null : turn.turn_us + first_us,
      end_us: turn.turn_us + end_us,
    }))
  );
}

/** Compares turns, from the pairs of all their legs. */
export function compareTurns(pairs: readonly Pair<Leg>[]): Compared[] {
  const byTurn = Map.groupBy(pairs, ({ call }) => call.turn);
  return [...byTurn].flatMap(([turn, legs]) => [...legs.flatMap(compareLeg), ...compareTurn(turn, legs)]);
}

function compareLeg({ call, stream }: Pair<Leg>): Compared[] {
  const first_us = stream.content_us[0];
  return [
    ...(call.service === "stt" ? compareAsking(call.turn, stream) : []),
    ...(call.first_us === null || first_us === undefined
      ? []
      : [told("leg's first content in", call.first_us, first_us)]),
    told("leg's end", call.end_us, stream.end_us),
  ];
}

/** What a caller waits for: the first audio, which is the first sentence's, and the last. */
function compareTurn({ content_us, end_us }: CallTrace, legs: readonly Pair<Leg>[]): Compared[] {
  const spoken = legs.filter(({ call }) => call.service === "tts").map(({ stream }) => stream);
  const [ours_us, wire_us] = [content_us[0], spoken[0]?.content_us[0]];
  const last_us = Math.max(...legs.map(({ stream }) => stream.end_us));
  return [
    ...(ours_us === undefined || wire_us === undefined ? [] : [told("first content in", ours_us, wire_us)]),
    told("end", end_us, last_us),
  ];
}
