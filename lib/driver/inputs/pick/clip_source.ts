/** Recordings, drawn one for each call and read when they are. */
import type { CallInputs, Clip, InputPick, Source } from "../inputs.ts";
import { Picker } from "./picker.ts";
import type { Order } from "../order.ts";

/** What one worker keeps of the recordings of one service; bytes of audio. Requests made of them come on top. */
const KEPT_BYTES = 64 * 1024 * 1024;

/**
 * The recordings of a service.
 * @param load reads one of them by its number
 */
export function clipSource(order: Order, load: (entry: number) => Clip, ledger: CallInputs): Source<Clip> {
  const make = (entry: number): InputPick<Clip> => ({ input: load(entry), limit: null, kept: true });
  const picker = new Picker(order, make, ({ input }) => input.pcm.length, KEPT_BYTES);
  const next: Source<Clip>["next"] = (random) => {
    const { value, repeated } = picker.pick(random);
    ledger.call?.drawn({ words: null, repeated });
    return value;
  };
  return {
    next,
    given: (_text, random) => next(random),
    *all() {
      for (const { input } of picker.all()) yield input;
    },
  };
}
