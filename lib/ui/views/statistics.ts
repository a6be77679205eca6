/** The table of statistics that the page shows, with Locust's columns and ours: of the whole run, and since the last reset. */
import { Failures } from "../../measure/failures.ts";
import type { FailureData, IntervalData } from "../../measure/interval.ts";
import { errorCalls, errorRate, judgedCalls, Series } from "../../measure/series.ts";
import { HEADLINE } from "../../plan/threshold/threshold.ts";
import { kindOf } from "../../report/figures/kinds.ts";
import type { Run } from "../../result/run.ts";
import { isSteered } from "../../result/steered_plan.ts";
import { censoredValue } from "../../verdict/censoring.ts";
import { valuesOf } from "../../verdict/ramps.ts";

/** One operation. */
export interface StatisticsRow {
  name: string;
  /** Calls that ended. */
  calls: number;
  failed: number;
  /** 0 to 1; null without calls. */
  error_rate: number | null;
  /** Of the response time; null where no call has ended. */
  min_us: number | null;
  mean_us: number | null;
  p50_us: number | null;
  p90_us: number | null;
  p95_us: number | null;
  p99_us: number | null;
  max_us: number | null;
  /** Percentiles, by their title, whose true value is this or more: calls timed out. */
  at_least: string[];
  /** Null also for a voice turn, whose first message comes after the clip that the user speaks. */
  first_p95_us: number | null;
  /** Mean size of what a call received. */
  received_mean_bytes: number | null;
}

/** Failures and operations since an instant. */
export interface SinceView {
  /** Milliseconds since the start of the run. */
  at_ms: number;
  operations: StatisticsRow[];
  failures: FailureData[];
}

/** A row for each operation of the run. */
export function statisticsOf(run: Run): StatisticsRow[] {
  return run.operations.map((name) => {
    const selection = { operations: name };
    const total = run.total(selection);
    const counted = valuesOf(run, selection);
    return statisticsRow(run, name, total, counted === selection ? total : run.total(counted));
  });
}

/** @param values of the calls whose times count: without ramps, where a plan has stages beside */
function statisticsRow(run: Run, name: string, total: Series, values: Series): StatisticsRow {
  const calls = judgedCalls(total);
  const times = values.histogram(HEADLINE);
  const first = values.histogram("first_message");
  const at = (percentile: number) => censoredValue(values, { kind: "percentile", percentile, of: HEADLINE });
  const [p50, p90, p95, p99] = [at(50), at(90), at(95), at(99)];
  const max = censoredValue(values, { kind: "max", of: HEADLINE });
  const titled = { P50: p50, P90: p90, P95: p95, P99: p99, Max: max };
  return {
    name,
    calls,
    failed: errorCalls(total),
    error_rate: calls === 0 ? null : errorRate(total),
    min_us: times.count === 0 ? null : times.min,
    mean_us: times.count === 0 ? null : times.mean,
    p50_us: p50?.value_us ?? null,
    p90_us: p90?.value_us ?? null,
    p95_us: p95?.value_us ?? null,
    p99_us: p99?.value_us ?? null,
    max_us: max?.value_us ?? null,
    at_least: Object.entries(titled).flatMap(([title, found]) => found?.at_least === true ? [title] : []),
    first_p95_us: first.count === 0 || kindOf(run, name) === "turn" ? null : first.percentile(95),
    received_mean_bytes: calls === 0 ? null : total.received_bytes / calls,
  };
}

/**
 * Counts from the last reset of a run's statistics on: added up second by second, so that it costs the same however long
 * ago that was.
 */
export class SinceReset {
  #at_ms: number | null = null;
  readonly #totals = new Map<string, Series>();
  readonly #failures = new Failures();

  constructor(readonly run: Run) {}

  /** Adds a second, which the run already holds. Call it once for each, in order. */
  second({ index, series, failures }: IntervalData): void {
    const reset = this.run.events.findLast((event) => isSteered(event) && event.change.type === "reset_statistics");
    if (reset?.at_ms === undefined) return;
    if (reset.at_ms !== this.#at_ms) {
      this.#at_ms = reset.at_ms;
      this.#totals.clear();
      this.#failures.clear();
    }
    // The second in which it happened counts for neither.
    if (index * 1000 < reset.at_ms) return;
    for (const data of series) {
      const total = this.#totals.get(data.operation) ?? new Series();
      total.mergeData(data);
      this.#totals.set(data.operation, total);
    }
    for (const failure of failures) this.#failures.merge(failure);
  }

  /** Both tables; null without a reset. */
  view(): SinceView | null {
    if (this.#at_ms === null) return null;
    const operations = this.run.operations.map((name) => {
      const total = this.#totals.get(name) ?? new Series();
      return statisticsRow(this.run, name, total, total);
    });
    return { at_ms: this.#at_ms, operations, failures: this.#failures.list() };
  }
}
