/** Numbers of the usual distributions, drawn out of uniform ones. */

/**
 * Draws a standard normal number out of two uniform ones, in this order. Source: the Box-Muller transform.
 * @param random uniform in [0, 1)
 */
export function drawNormal(random: { next(): number }): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random.next()));
  return radius * Math.cos(2 * Math.PI * random.next());
}

/**
 * Draws a number of the exponential distribution with mean 1 out of one uniform number.
 * @param random uniform in [0, 1)
 */
export function drawExponential(random: { next(): number }): number {
  return -Math.log(1 - random.next());
}
