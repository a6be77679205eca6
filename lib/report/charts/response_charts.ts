/** "What happened": how long people waited for each operation, over the same time axis as the load. */
import { type CensoredPercentile, censoredPercentile } from "../../measure/censored.ts";
import { HEADLINE } from "../../plan/threshold/threshold.ts";
import type { Run } from "../../result/run.ts";
import { type Bin, timesByBin } from "../figures/bins.ts";
import { plainPercentile } from "../figures/estimates.ts";
import { percentileName, toMs } from "../figures/figures.ts";
import { isHeldBy, limitsOn, percentileRules } from "./limits.ts";
import { type Chart, type Line, middleOf, type Panel, type Point, stackPanels } from "./panels.ts";

/** Percentiles of one operation, the highest first so that lower ones draw on top. */
const DRAWN = [
  { percentile: 99, color: "blue-1", label_color: "ink-2", width: 1.2 },
  { percentile: 95, color: "blue-3", label_color: "blue-3", width: 2 },
  { percentile: 90, color: "blue-2", label_color: "ink-2", width: 1.2 },
  { percentile: 50, color: "blue-4", label_color: "blue-4", width: 2 },
];
/** Of several operations each, to leave room for all of them. */
const DRAWN_OF_EACH = DRAWN.filter(({ percentile }) => percentile === 95 || percentile === 50);
/** Operations with a panel of their own in the chart of all; the page offers the others by name. */
export const MAX_PANELS = 4;
const HEIGHT = 210;
const HEIGHT_OF_EACH = 92;

/**
 * A panel for each operation, with its own limit and its own axis: one line over all calls would measure their mix. Of many
 * operations those nearest to their limits. Null where nothing was measured.
 */
export function responseChart(run: Run, bins: readonly Bin[]): Chart | null {
  const operations = chosenOperations(run);
  const together = percentileRules(run).some((rule) => rule.operations === null);
  const shown: Array<string | null> = [...(together && operations.length > 1 ? [null] : []), ...operations];
  if (shown.length === 0) return null;
  const [only] = shown;
  if (shown.length === 1 && typeof only === "string") return operationChart(run, bins, only);
  const panels = shown.map((operation) => responsePanel(run, bins, operation, DRAWN_OF_EACH, HEIGHT_OF_EACH));
  return stackPanels(run, panels, "P95 and P50 of each operation's response time over the run's time");
}

/** All percentiles of one operation. */
export function operationChart(run: Run, bins: readonly Bin[], operation: string): Chart {
  const panel = responsePanel(run, bins, operation, DRAWN, HEIGHT);
  return stackPanels(run, [panel], `Percentiles of the response time of ${operation} over the run's time`);
}

/** In the order of the run; of many operations those nearest to a limit, then the slowest. */
function chosenOperations(run: Run): string[] {
  const measured = run.operations.flatMap((operation) => {
    const { value } = plainPercentile(run, HEADLINE, 95, { operations: operation });
    return value === null ? [] : [{ operation, nearness: nearnessOf(run, operation), p95_us: value }];
  });
  const nearest = measured.toSorted((a, b) => b.nearness - a.nearness || b.p95_us - a.p95_us).slice(0, MAX_PANELS);
  return measured.filter((one) => nearest.includes(one)).map(({ operation }) => operation);
}

/** The largest part of a limit that an operation takes; 0 without a limit. */
function nearnessOf(run: Run, operation: string): number {
  const parts = percentileRules(run).filter((rule) => isHeldBy(rule, operation)).map(({ measure, limit, stage }) => {
    if (measure.kind !== "percentile") return 0;
    const selection = { operations: operation, ...(stage !== null && { stage }) };
    return (plainPercentile(run, HEADLINE, measure.percentile, selection).value ?? 0) / limit;
  });
  return Math.max(0, ...parts);
}

function responsePanel(
  run: Run,
  bins: readonly Bin[],
  operation: string | null,
  drawn: typeof DRAWN,
  height: number,
): Panel {
  return {
    title: `response time, ${operation ?? "all calls together"}`,
    unit: "duration_ms",
    height,
    lines: responseLines(bins, operation, drawn),
    limits: limitsOn(run, operation),
  };
}

function responseLines(bins: readonly Bin[], operation: string | null, drawn: typeof DRAWN): Line[] {
  const values = timesByBin(
    bins,
    operation ?? undefined,
    ({ answered, givenUp }) => drawn.map(({ percentile }) => censoredPercentile(answered, givenUp, percentile)),
  );
  return drawn.map(({ percentile, ...look }, line) => ({
    // Names are unique in a chart.
    name: `${operation ?? "all calls"} ${percentileName(percentile)}`,
    label: percentileName(percentile),
    ...look,
    points: bins.map((bin, i) => pointOf(bin, values[i]?.[line] ?? null)),
  }));
}

function pointOf(bin: Bin, found: CensoredPercentile | null): Point {
  if (found === null) return [middleOf(bin), null];
  const value = toMs(found.value_us);
  return found.at_least ? [middleOf(bin), value, "at_least"] : [middleOf(bin), value];
}
