/** The timeline of a voice turn: a bar for each span, to scale. */
import type { TurnExample } from "../../measure/interval.ts";

/** Width of the drawing in its own units. */
export const WATERFALL_WIDTH = 1000;

/** One bar; positions in units of the drawing. */
export interface WaterfallBar {
  name: string;
  /** CSS class, after the kind of service. */
  kind: string;
  x: number;
  width: number;
  /** Position of the first content; null without content. */
  first_x: number | null;
  start_us: number;
  first_us: number | null;
  end_us: number;
}

/** The bars of a turn and the two instants between which voice to voice is measured. */
export interface Waterfall {
  bars: WaterfallBar[];
  /** End of speech and first audio; null where the turn has no such span. */
  heard_x: number | null;
  answered_x: number | null;
}

/** Most spans shown: a long answer has one for each sentence. */
const MAX_BARS = 14;

/** Lays a turn out. */
export function waterfallOf({ spans, voice_to_voice_us }: TurnExample): Waterfall {
  const length_us = Math.max(1, ...spans.map(({ end_us }) => end_us));
  const x = (us: number) => Math.round(1e3 * WATERFALL_WIDTH * us / length_us) / 1e3;
  const speech = spans.find(({ name }) => name === "speech");
  const bars = spans.slice(0, MAX_BARS).map(({ name, start_us, first_us, end_us }) => ({
    name,
    kind: name.split(" ")[0] ?? "",
    x: x(start_us),
    width: Math.max(2, x(end_us) - x(start_us)),
    first_x: first_us === null ? null : x(first_us),
    start_us,
    first_us,
    end_us,
  }));
  if (speech === undefined) return { bars, heard_x: null, answered_x: null };
  return { bars, heard_x: x(speech.end_us), answered_x: x(Math.min(length_us, speech.end_us + voice_to_voice_us)) };
}
