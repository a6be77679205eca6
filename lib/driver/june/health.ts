/** June's HealthCheck, as a task and in the preflight. */
import * as asr from "../../../proto/asr.ts";
import * as llm from "../../../proto/llm.ts";
import * as tts from "../../../proto/tts.ts";
import type { VoiceKind } from "../../plan/plan.ts";
import type { Operation } from "../driver.ts";
import type { Task } from "../rpc/task.ts";
import { healthOperation } from "../rpc/standard_health.ts";
import { oneLine } from "../core/text.ts";

/** A service's report on itself. */
export interface JuneHealth {
  healthy: boolean;
  /** Model, version, voices, context length: one line, empty where it reports none. */
  details: string;
  /** Voices of speech synthesis; empty where it lists none. */
  voices: readonly string[];
}

/** The voice that every server of June's has, listed or not. */
export const DEFAULT_VOICE = "default";

/** The health RPC of one kind of service. */
export interface JuneHealthRpc {
  /** Full name of the service. */
  service: string;
  path: string;
  request: Uint8Array;
  /** @throws {Error} when the bytes are not a health response */
  decode(bytes: Uint8Array): JuneHealth;
}

/** Most voices named in the details; more are only counted. */
const MAX_VOICES = 4;

const part = (label: string, value: string): string[] => value === "" ? [] : [`${label} ${value}`];

function describe(healthy: boolean, parts: string[], voices: readonly string[] = []): JuneHealth {
  return { healthy, details: oneLine(parts.join(", ")), voices };
}

function voices(names: readonly string[]): string[] {
  const more = names.length > MAX_VOICES ? ` and ${names.length - MAX_VOICES} more` : "";
  return part(names.length === 1 ? "voice" : "voices", names.slice(0, MAX_VOICES).join(" ") + more);
}

/** The health RPC by kind of service. */
export const HEALTH_RPCS: Record<VoiceKind, JuneHealthRpc> = {
  stt: {
    service: asr.SERVICE,
    path: asr.PATHS.healthCheck,
    request: asr.HealthRequest.encode({}),
    decode(bytes) {
      const health = asr.HealthResponse.decode(bytes);
      return describe(health.healthy, [...part("model", health.model_name), ...part("version", health.version)]);
    },
  },
  llm: {
    service: llm.SERVICE,
    path: llm.PATHS.healthCheck,
    request: llm.HealthRequest.encode({}),
    decode(bytes) {
      const health = llm.HealthResponse.decode(bytes);
      const context = health.max_context_length > 0 ? String(health.max_context_length) : "";
      const parts = [part("model", health.model_name), part("version", health.version), part("context", context)];
      return describe(health.healthy, parts.flat());
    },
  },
  tts: {
    service: tts.SERVICE,
    path: tts.PATHS.healthCheck,
    request: tts.HealthRequest.encode({}),
    decode(bytes) {
      const health = tts.HealthResponse.decode(bytes);
      const { healthy, version, available_voices } = health;
      return describe(healthy, [...part("version", version), ...voices(available_voices)], available_voices);
    },
  },
};

/** An operation that asks for a service's health. */
export function health(task: Task, kind: VoiceKind): Operation {
  const { path, request, decode } = HEALTH_RPCS[kind];
  return healthOperation(task, { path, request, healthy: (bytes) => decode(bytes).healthy });
}
