/** Redirects a plan to the simulator, started or not. */
import { VISITORS_DESCRIPTORS } from "../../live/gate/gate.ts";
import type { Plan } from "../../plan/plan.ts";
import { readLimits } from "../../resources/limits.ts";
import { checkPrograms, missingPrograms } from "../../run/remote_programs.ts";
import { checkRoom, isScarce, needsOf, roomWarnings, whyNoRoom } from "../../run/machine_room.ts";
import type { Loaded } from "../../scenario/load.ts";
import { type Addresses, simulated } from "../sim/simulated.ts";

/** What a plan shows of a simulator that only a real run starts. */
const SIMULATED = "the built-in simulator";
/** The addresses of a simulator that does not run. */
export const NOT_STARTED: Addresses = {
  addresses: { llm: SIMULATED, stt: SIMULATED, tts: SIMULATED },
  http_address: SIMULATED,
};

/**
 * The plan with every service at the simulator.
 * @throws {UserError} kind `config` for a service that the simulator cannot stand for
 */
export function aimed({ plan, warnings }: Loaded, simulator: Addresses): Loaded {
  const aimed = simulated(plan, simulator);
  return { plan: aimed.plan, warnings: [...warnings, ...aimed.warnings] };
}

/** What this machine lets a plan open. */
export interface Room {
  warnings: string[];
  isScarce: boolean;
  /** @throws {UserError} where it is too little */
  check(): void;
  /** Why there is none for the plan once it was steered; null: there is. */
  whyNoRoom(steered: Plan): string | null;
}

/**
 * What this machine lets the plan open.
 * @param served the live page is served beside the run
 */
export function roomFor(plan: Plan, simulated: boolean, served: boolean): Room {
  const limits = readLimits();
  const count = (plan: Plan) => needsOf(plan, limits.open ?? 0, simulated, served ? VISITORS_DESCRIPTORS : 0);
  const needs = count(plan);
  return {
    warnings: [...roomWarnings(needs, limits), ...missingPrograms(plan)],
    isScarce: isScarce(needs, limits),
    check: () => {
      checkRoom(plan, needs, limits);
      checkPrograms(plan);
    },
    whyNoRoom: (steered) => whyNoRoom(needs, count(steered), limits),
  };
}
