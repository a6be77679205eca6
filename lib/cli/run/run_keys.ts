/** What the keys do while a run is shown. */
import type { Change } from "../../plan/steering.ts";
import type { Session } from "../../run/session.ts";
import type { TerminalView } from "../../ui/terminal/view.ts";
import type { Interrupts } from "./interrupts.ts";

/** What keys act on. */
export interface KeyTargets {
  session: Session;
  view: TerminalView;
  interrupts: Pick<Interrupts, "interrupt">;
  /** Shows the run as it is now. */
  show(): void;
}

/** Acts on a key; other keys do nothing. */
export function pressKey(key: string, targets: KeyTargets): void {
  if (!Object.hasOwn(KEYS, key)) return;
  KEYS[key]?.(targets);
  targets.show();
}

const raise = (targets: KeyTargets) => changeLoad(targets, 1);
const lower = (targets: KeyTargets) => changeLoad(targets, -1);

const KEYS: Readonly<Record<string, (targets: KeyTargets) => void>> = {
  s: stop,
  p: pauseOrResume,
  "+": raise,
  // The same key without Shift.
  "=": raise,
  "-": lower,
  d: ({ view }) => view.toggle("details"),
  q: ({ interrupts }) => interrupts.interrupt(),
  "?": ({ view }) => view.toggle("help"),
};

/** Unlike an interrupt, it leaves the exit code to the verdict. */
function stop({ session, view }: KeyTargets): void {
  if (session.phase === "ending") return view.say("Already stopping: calls in flight may end. q ends at once.");
  session.stop();
  view.say("Stopping: no new tasks; calls in flight may end. q ends at once.");
}

function pauseOrResume(targets: KeyTargets): void {
  const { paused } = targets.session;
  steer(targets, { type: paused ? "resume" : "pause" }, paused ? "resume" : "pause");
}

function changeLoad(targets: KeyTargets, direction: 1 | -1): void {
  const verb = direction > 0 ? "raise" : "lower";
  const { plan, slots } = targets.session.run;
  const isClosed = plan.loads.length === 1 && plan.loads[0]?.kind === "closed";
  const factor = stepFactor(isClosed ? slots.at(-1)?.users ?? null : null, direction);
  if (factor === 0) return targets.view.say("Cannot lower: one user is left. p pauses the run, s stops it.");
  steer(targets, { type: "scale", factor }, verb);
}

const STEP = 0.1;

/**
 * The factor of a step up or down: a tenth, or one user where a tenth is less; 0 where that would be the last one.
 * @param users of a plan whose only load is closed; null for other plans
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.deepEqual([stepFactor(20, 1), stepFactor(20, -1), stepFactor(4, -1), stepFactor(1, -1)], [1.1, 0.9, 0.75, 0]);
 * assert.equal(stepFactor(null, 1), 1.1);
 * ```
 */
export function stepFactor(users: number | null, direction: 1 | -1): number {
  if (users === null || users === 0 || users * STEP >= 1) return 1 + direction * STEP;
  return (users + direction) / users;
}

function steer({ session, view }: KeyTargets, change: Change, verb: string): void {
  const answer = session.steer(change);
  if ("refused" in answer) view.say(`Cannot ${verb}: ${uncapital(answer.refused)}`);
  else view.say(capital(answer.event.text));
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
const uncapital = (text: string) => text.charAt(0).toLowerCase() + text.slice(1);
