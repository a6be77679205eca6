/** Findings about calls: limits passed, silences, bursts of failures. */
import { formatCount, formatDuration, formatRound } from "../../../plan/units.ts";
import { type FailureData, OUTCOMES } from "../../../measure/interval.ts";
import type { Run } from "../../../result/run.ts";
import { type Moment, silences, type Stretch as Silence } from "../../../verdict/when_and_where.ts";
import { limitsOn } from "../../charts/limits.ts";
import { errorsOf, operationsOf } from "../../figures/figures.ts";
import { percentileBins, percentilesOverTime } from "../../figures/over_time.ts";
import { plainText } from "../../format/escape.ts";
import { againText, type Finding, type Stretch, stretchesOf } from "./finding.ts";

/** Bins in a row that a P95 must be over its limit: a single one may be a handful of calls. */
const LEAST_BINS = 2;

/** Operations whose P95 passes a limit of theirs. */
export function overLimit(run: Run): Finding[] {
  const bins = percentileBins(run);
  return operationsOf(run).flatMap((operation) => {
    const limit = limitsOn(run, operation).find(({ percentile, from_s }) => percentile === 95 && from_s === undefined);
    if (limit === undefined) return [];
    const { values } = percentilesOverTime(run, operation)[95];
    const parts = bins.map(({ start_ms, length_ms }, i) => ({
      from_s: start_ms / 1000,
      to_s: (start_ms + length_ms) / 1000,
      on: (values[i] ?? 0) > limit.value,
    }));
    const bridge_s = bins.reduce((max, { length_ms }) => Math.max(max, length_ms), 0) / 1000;
    const found = stretchesOf(parts, bridge_s).filter(({ parts }) => parts >= LEAST_BINS).sort(longestFirst);
    const [longest] = found;
    if (longest === undefined) return [];
    const inside = values.filter((_, i) => isIn(longest, parts[i]!));
    const peak = inside.reduce<number>((max, value) => Math.max(max, value ?? 0), 0);
    const text = `${operation} is over its limit of ${
      formatRound(formatDuration(limit.value * 1000))
    }; its P95 reaches ${formatDuration(peak * 1000)}${againText(found.length - 1)}.`;
    return [{ ...spanOf(longest), tone: "fail" as const, text, weight: 80 }];
  });
}

const spanOf = ({ from_s, to_s }: Stretch) => ({ from_s, to_s });
const longestFirst = (a: Stretch, b: Stretch) => (b.to_s - b.from_s) - (a.to_s - a.from_s);
const isIn = (stretch: Stretch, part: { from_s: number }) =>
  part.from_s >= stretch.from_s && part.from_s < stretch.to_s;

/** Stretches in which nothing was answered, by any operation or by one. */
export function silent(run: Run): Finding[] {
  const all = silencesOf(run, null);
  const inAll = (one: Silence) => all.some(({ start_ms, end_ms }) => start_ms <= one.start_ms && end_ms >= one.end_ms);
  const single = run.operations.length < 2
    ? []
    : run.operations.flatMap((operation) =>
      told(run, silencesOf(run, operation).filter((one) => !inAll(one)), `no call of ${operation} is answered`)
    );
  return [...told(run, all, "nothing is answered"), ...single];
}

/** The longest of them, with how many more there are. */
function told(run: Run, found: readonly Silence[], what: string): Finding[] {
  const [longest] = found.toSorted((a, b) => (b.end_ms - b.start_ms) - (a.end_ms - a.start_ms));
  if (longest === undefined) return [];
  const { start_ms, end_ms } = longest;
  const ours = stoodStill(run, longest) ? " june-load itself stood still then." : "";
  const text = `For ${formatDuration((end_ms - start_ms) * 1000)} ${what}${againText(found.length - 1)}.${ours}`;
  return [{ from_s: start_ms / 1000, to_s: end_ms / 1000, tone: "fail", text, weight: 90 }];
}

function silencesOf(run: Run, operation: string | null): Silence[] {
  const latency = run.total(operation === null ? {} : { operations: operation }, true).histogram("latency");
  const usual_ms = latency.count === 0 ? 0 : latency.percentile(50) / 1000;
  return silences(momentsOf(run, operation), usual_ms).filter(({ start_ms }) => start_ms < run.load_end_ms);
}

function momentsOf(run: Run, operation: string | null): Moment[] {
  return run.slots.map(({ start_ms, length_ms, series }) => {
    const moment = { start_ms, end_ms: start_ms + length_ms, issued: 0, ended: 0, answered: 0 };
    const own = operation === null ? undefined : series.get(operation);
    for (const { issued, outcomes } of operation === null ? series.values() : own === undefined ? [] : [own]) {
      moment.issued += issued;
      for (const outcome of OUTCOMES) moment.ended += outcomes[outcome];
      moment.answered += outcomes.ok + outcomes.failed;
    }
    return moment;
  });
}

/** june-load stood still for half of it or more: then nobody knows who did not answer. */
function stoodStill(run: Run, { start_ms, end_ms }: Silence): boolean {
  const stood_ms = (run.generator.stalls ?? []).reduce((sum, stall) => {
    const end = Math.min(end_ms, stall.start_ms + stall.length_ms);
    return sum + Math.max(0, end - Math.max(start_ms, stall.start_ms));
  }, 0);
  return stood_ms >= (end_ms - start_ms) / 2;
}

/** Seconds without a failure that may lie inside a burst. */
const BRIDGE_S = 2;
/** A burst holds so many failures, and so large a share of its operation's. */
const LEAST_FAILURES = 5;
const LEAST_SHARE = 0.2;

/** Failures of an operation that came in a burst, or throughout the run. */
export function failing(run: Run): Finding[] {
  return operationsOf(run).flatMap((operation) => {
    const parts = run.slots.map(({ start_ms, length_ms, series }) => {
      const outcomes = series.get(operation)?.outcomes;
      const failed = outcomes === undefined ? 0 : errorsOf(outcomes);
      return { from_s: start_ms / 1000, to_s: (start_ms + length_ms) / 1000, on: failed > 0, failed };
    });
    const all = parts.reduce((sum, { failed }) => sum + failed, 0);
    const bursts = stretchesOf(parts, BRIDGE_S).map((stretch) => ({
      ...stretch,
      failed: parts.reduce((sum, part) => sum + (isIn(stretch, part) ? part.failed : 0), 0),
    })).filter(({ failed }) => failed >= Math.max(LEAST_FAILURES, LEAST_SHARE * all));
    return bursts.sort((a, b) => b.failed - a.failed).slice(0, 2).map((burst): Finding => ({
      ...spanOf(burst),
      tone: "fail",
      text: `${formatCount(burst.failed)} calls of ${operation} fail${reasonText(run.failures, operation, burst)}.`,
      weight: 70 + Math.min(9, burst.failed / 10),
    }));
  });
}

/** `: UNAVAILABLE, connection lost`: the most frequent reason in a stretch. */
function reasonText(failures: readonly FailureData[], operation: string, { from_s, to_s }: Stretch): string {
  const found = failures.find((one) =>
    one.operation === operation && one.first_ms < to_s * 1000 && one.last_ms >= from_s * 1000
  );
  if (found === undefined) return "";
  const example = plainText(found.example, 80);
  return `, most of them with ${plainText(found.type, 60)}${example === "" ? "" : ` (${example})`}`;
}
