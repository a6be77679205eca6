/** Calls that got no good answer, in words: how many of how many, what became of them, and why in the server's own words. */
import type { FailureData, Outcome } from "../measure/interval.ts";
import { OUTCOMES } from "../measure/interval.ts";
import { endedCalls, errorCalls, judgedCalls, type Series } from "../measure/series.ts";
import { matchesGlob } from "../plan/glob.ts";
import { formatCount } from "../plan/units.ts";
import type { Run, Selection } from "../result/run.ts";

/** Longest part of a server's words that a sentence quotes; characters. */
const QUOTED = 90;
/** Share of the failures from which one kind of them needs no "mostly". */
const NEARLY_ALL = 0.95;

/** What the calls of each outcome did; `ok` calls are none of ours. */
const WHAT: Record<Exclude<Outcome, "ok">, string> = {
  failed: "failed",
  timed_out: "timed out",
  cancelled: "were cancelled by june-load",
  dropped: "were dropped before they could start",
  unfinished: "were still without an answer when the run ended",
};

/** `llm.chat_stream calls`, `calls`. */
function nounOf(operations: string | undefined): string {
  return operations === undefined || operations === "*" ? "calls" : `${operations} calls`;
}

const whereIn = ({ stage }: Selection) => stage === undefined ? "" : ` in stage ${stage}`;

/**
 * The errors of a selection: `24 of 120 llm.chat_stream calls failed`; with what became of them where it was not the same.
 * Null where there was none.
 */
export function describeErrors(run: Run, selection: Selection): string | null {
  const total = run.total(selection);
  const errors = errorCalls(total);
  if (errors === 0) return null;
  const { failed, timed_out } = total.outcomes;
  const kinds = [
    { count: failed, what: WHAT.failed },
    { count: timed_out, what: WHAT.timed_out },
    { count: total.counter("overdue"), what: "got no answer before the run ended" },
  ].filter(({ count }) => count > 0);
  const calls = `${formatCount(errors)} of ${formatCount(judgedCalls(total))} ${nounOf(selection.operations)}`;
  const [only] = kinds;
  const where = whereIn(selection);
  if (kinds.length === 1 && only !== undefined) return `${calls}${where} ${only.what}`;
  return `${calls}${where} failed (${kinds.map(({ count, what }) => `${formatCount(count)} ${what}`).join(", ")})`;
}

/**
 * What became of the calls of a selection of which none was ok: `120 of 120 calls failed: UNAVAILABLE: ...`. Null where one
 * was ok, or none was issued.
 */
export function describeNoneOk(run: Run, selection: Selection): string | null {
  const total = run.total(selection);
  const ended = endedCalls(total.outcomes);
  if (total.outcomes.ok > 0 || ended === 0) return null;
  const errors = describeErrors(run, selection);
  const most = mostFrequent(total);
  if (errors !== null && errorCalls(total) >= total.outcomes[most]) return `${errors}${reasonFor(run, selection)}`;
  const count = total.outcomes[most];
  return `${formatCount(count)} of ${formatCount(ended)} ${nounOf(selection.operations)}${whereIn(selection)} ${
    WHAT[most]
  }`;
}

function mostFrequent({ outcomes }: Series): Exclude<Outcome, "ok"> {
  const others = OUTCOMES.filter((outcome) => outcome !== "ok");
  return others.reduce((most, one) => outcomes[one] > outcomes[most] ? one : most);
}

/** `: UNAVAILABLE: connection to 127.0.0.1:50051 lost`, the commonest failure in a selection; empty where none is known. */
export function reasonFor(run: Run, selection: Selection): string {
  const failures = run.failures.filter((failure) => isIn(run, failure, selection));
  const countOf = (group: readonly FailureData[]) => group.reduce((sum, { count }) => sum + count, 0);
  // One cause may strike several operations.
  const groups = [...Map.groupBy(failures, ({ type, pattern }) => `${type}\n${pattern}`).values()];
  const [most] = groups.toSorted((a, b) => countOf(b) - countOf(a));
  const [first] = most ?? [];
  if (most === undefined || first === undefined) return "";
  const words = quoted(first.example);
  const mostly = countOf(most) < NEARLY_ALL * countOf(failures) ? "mostly " : "";
  return `: ${mostly}${[quoted(first.type), words].filter((text) => text !== "").join(": ")}`;
}

/** Failures know no stage, but when they were first and last seen. */
function isIn(run: Run, { operation, first_ms, last_ms }: FailureData, { operations, stage }: Selection): boolean {
  if (operations !== undefined && !matchesGlob(operations, operation)) return false;
  const stages = run.plan.stages.filter(({ name, warm_up }) => stage === undefined ? !warm_up : name === stage);
  return stages.some(({ start_ms }) => last_ms >= start_ms) && (stage === undefined ||
    stages.some(({ end_ms }) => first_ms <= end_ms + run.plan.grace_ms));
}

/** A server's words on one line and cut; without a full stop, for the sentence goes on. */
function quoted(text: string): string {
  const line = text.replace(/[\p{C}\s]+/gu, " ").trim().replace(/\.$/, "");
  const characters = [...line];
  return characters.length <= QUOTED ? line : `${characters.slice(0, QUOTED - 1).join("")}…`;
}
