/** Checks of the machine that made the load. None decides by itself: what a shortage did to calls shows as stalls. */
import { formatCount, formatPercent } from "../../plan/units.ts";
import type { Run } from "../../result/run.ts";
import { type FitCheck, ok, unknown } from "./check.ts";
import { type HostReading, meanOfKnown, measuredSamples } from "./measured.ts";
import {
  coresText,
  HOST_BUSY_PERCENT,
  STEAL_PERCENT,
  SWAPPED_PAGES_PER_S,
  THROTTLED_PERCENT,
  tightestLimit,
} from "./remedy.ts";

/** Fewer readings than these say nothing. */
const MIN_READINGS = 5;

/** How one figure of the machine is judged. */
interface MachineCheck {
  name: string;
  /** The switch under `resources` with which it is read. */
  needs: "cpu" | "memory";
  read(sample: HostReading): number | null;
  /** Its mean above this warns. */
  limit: number;
  /** Of the mean and the largest reading. */
  value(mean: number, most: number, samples: readonly HostReading[]): string;
  /** What a value above the limit means. */
  meaning: string;
  /** A reading that shows that june-load was not concerned. */
  harmless?(sample: HostReading): boolean;
}

const share = (percent: number) => formatPercent(percent / 100);

const CHECKS: readonly MachineCheck[] = [
  {
    name: "processor of this machine",
    needs: "cpu",
    read: ({ cpu_percent }) => cpu_percent,
    limit: HOST_BUSY_PERCENT,
    value: (mean, most) => `${share(mean)} of all cores busy, ${share(most)} at most`,
    meaning: "june-load may have had to wait for a core",
  },
  {
    name: "processor time taken by the hypervisor",
    needs: "cpu",
    read: ({ steal_percent }) => steal_percent,
    limit: STEAL_PERCENT,
    value: (mean, most) => most === 0 ? "none" : `${share(mean)}, ${share(most)} at most`,
    meaning: "june-load may have stood still when the machine had no processor",
  },
  {
    name: "CPU limit of this container",
    needs: "cpu",
    read: ({ throttled_percent }) => throttled_percent,
    limit: THROTTLED_PERCENT,
    value: limitText,
    meaning: "june-load stood still until its next time slice",
  },
  {
    name: "swapping",
    needs: "memory",
    read: ({ swapped_pages_per_s }) => swapped_pages_per_s,
    limit: SWAPPED_PAGES_PER_S,
    value: (mean, most) =>
      most === 0
        ? "none"
        : `${formatCount(Math.round(mean))} pages/s, ${formatCount(Math.round(most))} pages/s at most`,
    meaning: "june-load may have waited for its own memory",
    harmless: ({ own_major_faults_per_s }) => own_major_faults_per_s === 0,
  },
];

/**
 * All of them, in the order of a report.
 * @param remedy what to change
 */
export function machineChecks(run: Run, remedy: () => string): FitCheck[] {
  const samples = measuredSamples(run);
  return CHECKS.map(({ name, needs, read, limit, value, meaning, harmless }): FitCheck => {
    if (!run.plan.resources[needs]) return unknown(name, `not read: \`resources\` leaves out ${needs}`);
    const known = samples.map(read).filter((one) => typeof one === "number");
    const mean = meanOfKnown(known);
    if (mean === null) return unknown(name, "not known");
    const seen = value(mean, known.reduce((most, one) => Math.max(most, one), 0), samples);
    const concerned = harmless === undefined || !samples.every(harmless);
    if (mean > limit && concerned) return { name, value: seen, state: "warn", advice: `${meaning}; ${remedy()}` };
    return known.length < MIN_READINGS ? unknown(name, `${seen}, in too few readings to say`) : ok(name, seen);
  });
}

function limitText(mean: number, most: number, samples: readonly HostReading[]): string {
  const cores = tightestLimit(samples);
  if (cores === null) return most === 0 ? "none" : heldBack(mean);
  return `${coresText(cores)}, ${most === 0 ? "never held back" : heldBack(mean)}`;
}

function heldBack(percent: number): string {
  return `held back in ${share(percent)} of the time slices`;
}
