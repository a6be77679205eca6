/** Queueing theory: how long calls stay in a service of one slot, first come first served, with Poisson arrivals. */

/** The time from arrival to departure, in the steady state. */
export interface Sojourn {
  mean_ms: number;
  /** @param percentile above 0, below 100 */
  percentile_ms(percentile: number): number;
}

/**
 * M/M/1: exponential service times.
 *
 * Source: the sojourn is exponential with mean s / (1 - load) (Kleinrock, Queueing Systems I, 1975, section 5.12).
 * @param load share of the time in which the slot is busy, above 0 and below 1
 */
export function mm1(service_ms: number, load: number): Sojourn {
  const mean_ms = service_ms / (1 - load);
  return { mean_ms, percentile_ms: (percentile) => -mean_ms * Math.log(1 - percentile / 100) };
}

/**
 * M/D/1: every service takes the same time.
 *
 * Source: mean by Pollaczek and Khinchine, s + load s / (2 (1 - load)); percentiles from `waitsAtMost`.
 */
export function md1(service_ms: number, load: number): Sojourn {
  const waits = waitsAtMost(load);
  const percentile_ms = (percentile: number) => {
    let [low, high] = [0, 1];
    while (waits(high) < percentile / 100) high *= 2;
    while (high - low > 1e-9 * high) {
      const middle = (low + high) / 2;
      if (waits(middle) < percentile / 100) low = middle;
      else high = middle;
    }
    return service_ms * (1 + high);
  };
  return { mean_ms: service_ms * (1 + load / (2 * (1 - load))), percentile_ms };
}

/**
 * The share of calls of M/D/1 that wait at most `services` service times.
 *
 * Crommelin's formula (1932), in Franx's form (2001), which adds positive terms only and so keeps its digits at any load:
 * with k the whole number above `services` and u = load (k - services), the sum over j below k of
 * P[at most k - 1 - j wait] e^-u u^j / j!.
 */
export function waitsAtMost(load: number): (services: number) => number {
  const line = waitingAtMost(load);
  return (services) => {
    const k = Math.floor(services) + 1;
    const u = load * (k - services);
    let sum = 0;
    for (let j = 0, weight = Math.exp(-u); j < k; weight *= u / ++j) sum += line(k - 1 - j) * weight;
    return sum;
  };
}

/**
 * The share of time in which at most n calls wait in M/D/1. The number in the system follows from the balance between
 * states below and from n on: with a(m) the chance of m or more arrivals in one service,
 * p(n) e^-load = p(0) a(n) + the sum over i from 1 to n - 1 of p(i) a(n - i + 1).
 */
function waitingAtMost(load: number): (n: number) => number {
  const in_system = [1 - load];
  const tails = [1];
  const at_most = [1 - load];
  let chance = Math.exp(-load);
  const extend = (): void => {
    const n = in_system.length;
    tails.push(Math.max(0, (tails[n - 1] as number) - chance));
    chance *= load / n;
    let flow = (in_system[0] as number) * (tails[n] as number);
    for (let i = 1; i < n; i++) flow += (in_system[i] as number) * (tails[n - i + 1] as number);
    const share = flow * Math.exp(load);
    in_system.push(share);
    at_most.push((at_most[n - 1] as number) + share);
  };
  return (n) => {
    while (in_system.length <= n + 1) extend();
    // One call is served, so n wait when n + 1 are there.
    return at_most[n + 1] as number;
  };
}
