/** A change of the running load: the event it becomes, and the order to the pools. */
import type { Plan } from "../plan/plan.ts";
import { type Change, MAX_CHANGES } from "../plan/steering.ts";
import { formatClock, formatCount, formatDuration, formatPercent, formatRate } from "../plan/units.ts";
import type { SteerOrder } from "../pool/messages.ts";
import type { LateOrder } from "../pool/pool_worker.ts";
import type { EventRecord, SteeredEvent } from "../result/record.ts";
import type { Run } from "../result/run.ts";
import { targetIn } from "../schedule/course.ts";
import { loadIndex, planAt, steer } from "../schedule/steer.ts";
import { whyNot } from "../schedule/steer_refusals.ts";

/** From an order to the instant from which it holds, so that all pools know it by then. Milliseconds. */
export const STEER_MARGIN_MS = 200;

/** What becomes of a change; `order`: null where it is a mark only. */
export type Steered = { refused: string } | { event: SteeredEvent; order: SteerOrder | null };

/**
 * The event and the order of a change asked for at `now_ms`.
 * @param whyNoRoom why the machine has no room for the plan; null: it has
 */
export function steering(
  run: Run,
  change: Change,
  now_ms: number,
  whyNoRoom: (steered: Plan) => string | null = () => null,
): Steered {
  if (run.events.filter(({ kind }) => kind === "steered").length >= MAX_CHANGES) {
    return { refused: `The load was changed ${formatCount(MAX_CHANGES)} times, which is as often as a run may be` };
  }
  if (change.type === "reset_statistics") {
    return {
      event: eventOf(change, now_ms, now_ms, "the user set statistics back: views may count from here"),
      order: null,
    };
  }
  // Each change has an instant of its own.
  const at_ms = Math.max(now_ms + STEER_MARGIN_MS, (run.steered.at(-1)?.at_ms ?? 0) + 1);
  const refused = whyNot(run.steering, change, at_ms);
  if (refused !== null) return { refused };
  const after = steer(run.steering, change, at_ms);
  const cramped = whyNoRoom(after.plan);
  if (cramped !== null) return { refused: cramped };
  const { loads, stages, duration_ms } = after.plan;
  return {
    event: eventOf(change, now_ms, at_ms, textOf(planAt(run.steering, at_ms), after.plan, change, at_ms)),
    order: { type: "steer", at_us: at_ms * 1000, loads, stages, duration_ms, paused: after.paused_ms !== null },
  };
}

/** Most late orders that are told of: with many workers there may be as many to each change. */
export const MAX_LATE_TOLD = 100;

/** Tells of a pool that took a change late. */
export function lateEvent({ part, at_us, late_us }: LateOrder, workers: number): EventRecord {
  const who = workers === 1 ? "june-load's worker" : `worker ${formatCount(part + 1)} of ${formatCount(workers)}`;
  return {
    type: "event",
    t_ms: Math.round((at_us + late_us) / 1000),
    kind: "steered_late",
    text:
      `${who} was busy or blocked and took the change of ${formatClock(at_us / 1000)} ${
        formatDuration(late_us)
      } late; ` +
      "what it started in between followed the plan before",
  };
}

function eventOf(change: Change, t_ms: number, at_ms: number, text: string): SteeredEvent {
  return { type: "event", t_ms, kind: "steered", text, change, at_ms };
}

function textOf(
  before: Plan,
  after: Plan,
  change: Exclude<Change, { type: "reset_statistics" }>,
  at_ms: number,
): string {
  const at = formatClock(at_ms);
  const end = `the load ends at ${formatClock(after.duration_ms)}`;
  switch (change.type) {
    case "target": {
      const index = loadIndex(before.loads, change.load);
      return `the user changed ${changeOf(before, after, index, at_ms)} from ${at} on`;
    }
    case "scale": {
      const changes = before.loads.map((_, index) => changeOf(before, after, index, at_ms));
      return `the user set all that is to come to ${formatPercent(change.factor)} from ${at} on: ${changes.join(", ")}`;
    }
    case "pause":
      return `the user paused the run at ${at}: no new task starts`;
    case "resume":
      return `the user resumed the run at ${at}; ${end}`;
    case "next_stage":
      return `the user skipped the rest of the stage at ${at}; ${end}`;
  }
}

/** `the load from 20 to 40 users`; with several loads, the name of each. */
function changeOf(before: Plan, after: Plan, index: number, at_ms: number): string {
  const loads = [before.loads[index], after.loads[index]].filter((load) => load !== undefined);
  const [from = 0, to = 0] = loads.map((load) => targetIn(load, at_ms));
  const [load] = loads;
  const name = before.loads.length === 1 ? "the load" : `the load ${load?.name}`;
  return load?.kind === "closed"
    ? `${name} from ${formatCount(Math.ceil(from))} to ${formatCount(Math.ceil(to))} users`
    : `${name} from ${formatRate(from)} to ${formatRate(to)}`;
}
