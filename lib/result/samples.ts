/** Readings of a machine, kept within bounds. */

/** Most resource readings kept in memory, for each kind; above that, earlier ones are thinned out. */
const MAX_SAMPLES = 20_000;

/** Keeps a list bounded by dropping every second reading of each device from its older half; charts need no more. */
export function pushBounded<T>(list: T[], item: T, deviceOf: (item: T) => string): void {
  list.push(item);
  if (list.length <= MAX_SAMPLES) return;
  const half = list.length >> 1;
  const seen = new Map<string, number>();
  const thinned = list.filter((one, i) => {
    const device = deviceOf(one);
    const nth = seen.get(device) ?? 0;
    seen.set(device, nth + 1);
    return i >= half || nth % 2 === 0;
  });
  list.splice(0, list.length, ...thinned);
}
