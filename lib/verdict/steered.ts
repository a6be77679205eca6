/** How a user steered a run, in words: its verdict is about another load than the one its scenario asks for. */
import type { Change } from "../plan/steering.ts";
import { formatClock, formatCount, formatNumber, formatPercent } from "../plan/units.ts";
import type { SteeredEvent } from "../result/record.ts";
import type { Run } from "../result/run.ts";

/** Changes that are told of one by one. */
const MOST_TOLD = 4;

/**
 * `1:12 to 40 users, 2:00 paused, 2:30 resumed`: the changes of a run's load; null: it followed its plan.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { makeRun } from "../../tests/result/make_run.ts"; // sixty made-up seconds
 *
 * const run = makeRun();
 * assert.equal(steeredText(run), null);
 * const change = { type: "target", load: null, target: 40 } as const;
 * run.add({ type: "event", t_ms: 11_800, kind: "steered", text: "more users", change, at_ms: 12_000 });
 * assert.equal(steeredText(run), "0:12 to 40 users");
 * ```
 */
export function steeredText(run: Run): string | null {
  const { steered } = run;
  if (steered.length === 0) return null;
  const told = steered.slice(0, steered.length > MOST_TOLD ? MOST_TOLD - 1 : MOST_TOLD);
  const more = steered.length - told.length;
  const words = told.map((event) => `${formatClock(event.at_ms)} ${changeText(run, event)}`);
  return [...words, ...(more === 0 ? [] : [`and ${formatCount(more)} more changes`])].join(", ");
}

/** One more sentence of a verdict; empty for a run that followed its plan. */
export function steeredSentence(run: Run): string {
  const text = steeredText(run);
  return text === null ? "" : ` The load was steered by hand, and is judged as steered: ${text}.`;
}

function changeText({ header: { plan } }: Run, { change }: SteeredEvent): string {
  switch (change.type) {
    case "target": {
      const { loads } = plan;
      const load = change.load === null ? loads[0] : loads.find(({ name }) => name === change.load);
      const target = load?.kind === "open"
        ? `${formatNumber(change.target)} arrivals/s`
        : `${formatCount(change.target)} users`;
      return `to ${target}${loads.length > 1 && load !== undefined ? ` (${load.name})` : ""}`;
    }
    case "scale":
      return `to ${formatPercent(change.factor)} of what was left`;
    default:
      return SIMPLE[change.type];
  }
}

const SIMPLE: Readonly<Record<Exclude<Change["type"], "target" | "scale">, string>> = {
  pause: "paused",
  resume: "resumed",
  next_stage: "to the next stage",
  reset_statistics: "statistics set back",
};
