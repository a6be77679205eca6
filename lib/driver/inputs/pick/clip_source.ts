/** Recordings: each call picks one, which is then read. */
import type { Clip, InputPick, Source } from "../inputs.ts";
import { Picker } from "./picker.ts";
import type { Order } from "../order.ts";

/** Audio that one worker keeps for one service; bytes. Requests made from it are not included. */
const KEPT_BYTES = 64 * 1024 * 1024;

/**
 * The recordings of a service.
 * @param load reads one of them by its number
 */
export function clipSource(order: Order, load: (entry: number) => Clip): Source<Clip> {
  const make = (entry: number): InputPick<Clip> => ({ input: load(entry), limit: null, kept: true });
  const picker = new Picker(order, make, ({ input }) => input.pcm.length, KEPT_BYTES);
  const next: Source<Clip>["next"] = ({ random, inputs }) => {
    const { value, repeated } = picker.pick(random);
    inputs?.picked({ words: null, repeated });
    return value;
  };
  return {
    next,
    given: (_text, context) => next(context),
    *all() {
      for (const { input } of picker.all()) yield input;
    },
  };
}
