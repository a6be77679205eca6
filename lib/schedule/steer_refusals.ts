/** Changes of a running load that cannot be made, in words. */
import { MAX_RATE_PER_S, MAX_USERS } from "../plan/load_limits.ts";
import type { LoadPlan, Plan } from "../plan/plan.ts";
import type { Change } from "../plan/steering.ts";
import { formatClock, formatCount, formatNumber } from "../plan/units.ts";
import { mostUsers, partOf, peakOf, scaledBy } from "./parts.ts";
import { endOf, loadIndex, planAt, skipOf, type Steering } from "./steer.ts";

/**
 * Why a change cannot be made at an instant; null: it can.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import type { Plan } from "../plan/plan.ts";
 *
 * const courses = [{ kind: "linear", start_ms: 0, end_ms: 5000, from: 10, to: 10 }];
 * const plan = { loads: [{ kind: "closed", name: "users", users: 10, courses }], stages: [] } as unknown as Plan;
 * assert.equal(whyNot({ plan, paused_ms: null }, { type: "resume" }, 1000), "The run is not paused");
 * ```
 */
export function whyNot(run: Steering, change: Change, at_ms: number): string | null {
  const plan = planAt(run, at_ms);
  if (plan.loads.every((load) => endOf(load) <= at_ms)) return "The load has ended: there is nothing left to change";
  switch (change.type) {
    case "target":
      return whyNotTarget(plan, change, at_ms);
    case "scale":
      return whyNotScale(plan, change.factor, at_ms);
    case "pause":
      return run.paused_ms === null ? null : "The run is paused already";
    case "resume":
      return run.paused_ms === null ? "The run is not paused" : null;
    case "next_stage": {
      const hasNext = plan.loads.some((_, load) => skipOf(plan, load, at_ms) > 0);
      return hasNext ? null : "This is the last stage: stop the run to end it now";
    }
    case "reset_statistics":
      return null;
  }
}

function whyNotTarget({ loads }: Plan, { load: name, target }: Change & { type: "target" }, at_ms: number) {
  const load = loads[loadIndex(loads, name)];
  if (load === undefined) {
    const names = loads.map((one) => JSON.stringify(one.name)).join(", ");
    return name === null
      ? `The plan has ${formatCount(loads.length)} loads: name one of ${names}`
      : `The plan has no load ${JSON.stringify(name)}: name one of ${names}`;
  }
  const unit = load.kind === "closed" ? "users" : "arrivals per second";
  if (!Number.isFinite(target) || target < 0) return `The number of ${unit} must be 0 or more`;
  if (load.kind === "closed" && !Number.isInteger(target)) return "The number of users must be whole";
  if (endOf(load) <= at_ms) return `The load ${JSON.stringify(load.name)} has ended at ${formatClock(endOf(load))}`;
  return whyNotReplayed(load, at_ms) ?? whyTooMany(load, target);
}

function whyNotScale({ loads }: Plan, factor: number, at_ms: number): string | null {
  if (!Number.isFinite(factor) || factor <= 0) return "The factor must be above 0";
  for (const load of loads.filter((one) => endOf(one) > at_ms)) {
    const rest = scaledBy(partOf(load.courses, at_ms, Infinity), factor, load.kind === "closed");
    const most = load.kind === "closed" ? mostUsers(rest) : peakOf(rest);
    const refused = whyNotReplayed(load, at_ms) ?? whyTooMany(load, most);
    if (refused !== null) return refused;
  }
  return null;
}

function whyNotReplayed({ name, courses }: LoadPlan, at_ms: number): string | null {
  if (!courses.some(({ kind, end_ms }) => kind === "replay" && end_ms > at_ms)) return null;
  return `The load ${JSON.stringify(name)} replays recorded arrivals, whose times come from a file: they cannot be ` +
    "raised or lowered, only paused, skipped with the stage, or stopped";
}

function whyTooMany({ kind }: LoadPlan, target: number): string | null {
  const most = kind === "closed" ? MAX_USERS : MAX_RATE_PER_S;
  if (target <= most) return null;
  return kind === "closed"
    ? `${formatCount(target)} users are more than june-load takes: at most ${formatCount(most)} a load`
    : `${formatNumber(target)} arrivals per second are more than june-load takes: at most ${formatCount(most)} a load`;
}
