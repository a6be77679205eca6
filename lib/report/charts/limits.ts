/** Limits that rules set on a percentile: drawn only where the rule holds. */
import { matchesGlob } from "../../plan/glob.ts";
import { type Distribution, HEADLINE, type Threshold } from "../../plan/threshold/threshold.ts";
import type { Run } from "../../result/run.ts";
import { formatDuration, formatRound } from "../../plan/units.ts";
import { percentileName, toMs } from "../figures/figures.ts";

/** A dashed horizontal line at a limit; of a rule on one stage over that stage only. */
export interface Limit {
  /** `limit of P95: 2 s`. */
  name: string;
  value: number;
  from_s?: number;
  to_s?: number;
  percentile: number;
}

/** More would hide the lines. */
const MAX_LIMITS = 4;

/** Rules that hold a percentile of a distribution below a limit; those on the response time by default. */
export function percentileRules({ plan }: Pick<Run, "plan">, of: Distribution = HEADLINE): Threshold[] {
  return plan.thresholds.filter(({ measure, comparison }) =>
    measure.kind === "percentile" && measure.of === of && comparison.startsWith("<")
  );
}

/**
 * The limits of one operation, or of all calls together where `operation` is null. A rule that each operation holds by
 * itself is none of all together. For the distributions of voice turns, which are of one kind, all rules count.
 */
export function limitsOn(run: Pick<Run, "plan">, operation: string | null, of: Distribution = HEADLINE): Limit[] {
  const limits = new Map<string, Limit>();
  for (const rule of percentileRules(run, of)) {
    const { measure, operations, stage, limit } = rule;
    const binds = of !== HEADLINE || (operation === null ? operations === null : isHeldBy(rule, operation));
    if (!binds || measure.kind !== "percentile") continue;
    const key = `${limit} ${stage}`;
    if (limits.has(key)) continue;
    const known = run.plan.stages.find(({ name }) => name === stage);
    const span = known === undefined ? {} : { from_s: known.start_ms / 1000, to_s: known.end_ms / 1000 };
    const { percentile } = measure;
    const name = `limit of ${percentileName(percentile)}: ${formatRound(formatDuration(limit))}`;
    limits.set(key, { name, value: toMs(limit), percentile, ...span });
  }
  // The one on P95, which every chart draws, stands for the others.
  const far = ({ percentile }: Limit) => Math.abs(percentile - 95);
  return [...limits.values()].sort((a, b) => far(a) - far(b) || a.value - b.value).slice(0, MAX_LIMITS);
}

/** Whether an operation must hold a rule by itself. */
export function isHeldBy({ operations }: Threshold, operation: string): boolean {
  return operations !== null && matchesGlob(operations, operation);
}
