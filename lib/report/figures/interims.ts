/** What became of interim transcripts, in words. */
import type { Series } from "../../measure/series.ts";
import { formatCount } from "../../plan/units.ts";

/** One part of a sentence; null where no interim results came. */
export function interimsText(total: Series): string | null {
  const [replaced, joined] = [total.counter("interims_replaced"), total.counter("interims_joined")];
  if (replaced === 0 && joined === 0) return null;
  if (joined === 0) return "interim results replaced";
  if (replaced === 0) return "interim results joined";
  return `interim results replaced in ${formatCount(replaced)} calls, joined in ${formatCount(joined)}`;
}
