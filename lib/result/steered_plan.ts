/** The plan of a run as its user steered it: the fold of the run's changes. */
import type { Plan } from "../plan/plan.ts";
import { MAX_CHANGES } from "../plan/steering.ts";
import { planAt, steer, type Steering } from "../schedule/steer.ts";
import { whyNot } from "../schedule/steer_refusals.ts";
import type { EventRecord, SteeredEvent } from "./record.ts";

/** Whether an event is a change of the load. */
export function isSteered(event: EventRecord): event is SteeredEvent {
  return event.kind === "steered" && event.change !== undefined && event.at_ms !== undefined;
}

/**
 * Takes the changes of a run as its result holds them.
 *
 * @example A run of 5 s, paused after 1 s and still so after 3 s.
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const courses = [{ kind: "linear", start_ms: 0, end_ms: 5000, from: 10, to: 10 }];
 * const stages = [{ name: "hold", load: 0, start_ms: 0, end_ms: 5000, warm_up: false }];
 * const plan = { loads: [{ kind: "closed", name: "users", users: 10, courses }], stages, duration_ms: 5000 };
 * const steered = new SteeredPlan(plan as unknown as Plan);
 * const what = { type: "event", kind: "steered", text: "paused", change: { type: "pause" } } as const;
 * steered.add({ ...what, t_ms: 800, at_ms: 1000 });
 * steered.reach(3000);
 * assert.deepEqual([steered.plan.duration_ms, steered.plan.pauses], [7000, [{ start_ms: 1000, end_ms: 3000 }]]);
 * ```
 */
export class SteeredPlan {
  /** What changed the load, in order. */
  readonly changes: SteeredEvent[] = [];
  #steering: Steering;
  #plan: Plan;
  #load_ends_ms: number[] | null = null;
  /** The instant of the last change. */
  #changed_ms = 0;
  #reached_ms = 0;

  constructor(plan: Plan) {
    this.#steering = { plan, paused_ms: null };
    this.#plan = plan;
  }

  /** The plan; of a run that is paused as though it had gone on at the last instant known. */
  get plan(): Plan {
    return this.#plan;
  }

  /** How the run stands, for the next change. */
  get steering(): Steering {
    return this.#steering;
  }

  /** The instant of the last change; milliseconds. */
  get changed_ms(): number {
    return this.#changed_ms;
  }

  /** When the load that each stage belongs to ends; milliseconds. */
  get load_ends_ms(): readonly number[] {
    const { stages } = this.#plan;
    return this.#load_ends_ms ??= stages.map(({ load }) =>
      Math.max(...stages.filter((one) => one.load === load).map(({ end_ms }) => end_ms))
    );
  }

  /** Takes a change; what june-load would have refused, as in the result of a stranger, changes nothing. */
  add(event: SteeredEvent): void {
    const { change, at_ms } = event;
    if (at_ms < this.#changed_ms || this.changes.length >= MAX_CHANGES) return;
    if (change.type === "reset_statistics" || whyNot(this.#steering, change, at_ms) !== null) return;
    this.changes.push(event);
    this.#changed_ms = at_ms;
    this.#steering = steer(this.#steering, change, at_ms);
    this.#show();
  }

  /** The run is known up to this instant. */
  reach(now_ms: number): void {
    if (now_ms <= this.#reached_ms) return;
    this.#reached_ms = now_ms;
    if (this.#steering.paused_ms !== null) this.#show();
  }

  #show(): void {
    this.#plan = planAt(this.#steering, this.#reached_ms);
    this.#load_ends_ms = null;
  }
}
