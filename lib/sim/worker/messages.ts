/** Messages between the simulator's worker and its owner. */
import type { VoiceKind } from "../../plan/plan.ts";
import type { UserErrorKind } from "../../plan/errors.ts";
import type { SimulatorOptions } from "../options.ts";
import type { ServiceStats } from "../simulator.ts";

/** From the owner. */
export type ToSimulator =
  | { kind: "start"; options: Partial<SimulatorOptions> }
  | { kind: "stats" }
  | { kind: "close" };

/** From the worker: one answer to each message. */
export type FromSimulator =
  | { kind: "started"; addresses: Record<VoiceKind, string>; http_address: string | null }
  | { kind: "stats"; stats: Record<VoiceKind, ServiceStats> }
  | { kind: "closed" }
  /** `user`: the user can fix the problem, of this kind. */
  | { kind: "failed"; message: string; user: UserErrorKind | null };
