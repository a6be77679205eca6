/** Options of a simulator. Plain data, which can be sent to a worker. */
import type { VoiceKind } from "../plan/plan.ts";
import type { Fault } from "./fault/fault.ts";
import { OPENAI_DEFAULTS, type OpenAiBehaviour } from "./http/openai_behaviour.ts";
import type { ModelChanges, ProfileName } from "./model/model.ts";
import type { Transcript } from "./model/transcripts.ts";

/** Ports of June's services in its documents. */
export const DEFAULT_PORTS: Readonly<Record<VoiceKind, number>> = { llm: 50051, stt: 50052, tts: 50053 };
/** Port of June's former gateway. */
export const DEFAULT_HTTP_PORT = 8000;

/** All options; `simulatorOptions` fills in the defaults. */
export interface SimulatorOptions {
  /** Address to listen on. Default 127.0.0.1, which should be enough. */
  hostname: string;
  /** Port of each service; 0: one that is free. Default 50051 (llm), 50052 (stt), 50053 (tts). */
  ports: Record<VoiceKind, number>;
  /** Port of the HTTP fronts (gateway with its WebSocket, OpenAI); 0: one that is free. Default null: none are served. */
  http_port: number | null;
  /** How the HTTP fronts' OpenAI server behaves. Default: as vLLM today, without a key. */
  openai: OpenAiBehaviour;
  /** Default `ideal`. */
  profile: ProfileName;
  /** Seed of every random choice. Default 1. */
  seed: number;
  /** Replace parts of the profile's queueing models. Default none. */
  models: ModelChanges;
  /** Default none. */
  faults: Fault[];
  /** Clips whose words the recogniser knows. Default none: it invents words in proportion to the length. */
  transcripts: Transcript[];
  /** Serve grpc.health.v1 too. Default: with profile `ideal`; June's own servers have none. */
  grpc_health: boolean;
  /**
   * Send each answer at its exact instant, never early and at most some 0.2 ms late, at the cost of one busy core: to
   * prove june-load's own accuracy. Default false: within about a millisecond.
   */
  precise: boolean;
}

/**
 * Fills in the defaults.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.equal(simulatorOptions({ profile: "june" }).grpc_health, false);
 * assert.deepEqual(simulatorOptions({}).ports, { llm: 50051, stt: 50052, tts: 50053 });
 * ```
 */
export function simulatorOptions(given: Partial<SimulatorOptions>): SimulatorOptions {
  const profile = given.profile ?? "ideal";
  return {
    hostname: "127.0.0.1",
    ports: { ...DEFAULT_PORTS },
    http_port: null,
    openai: OPENAI_DEFAULTS,
    seed: 1,
    models: {},
    faults: [],
    transcripts: [],
    grpc_health: profile === "ideal",
    precise: false,
    ...given,
    profile,
  };
}
