/** Loads on services of known times, and rules whose answer is known. */
import { sound, wav } from "../../sim/sounds.ts";
import type { Service } from "./service.ts";

/** What is called. */
export type Kind = "unary" | "stream" | "speech" | "turn";
/** How: users who wait for each answer, or arrivals that wait for nobody. */
export type Shape = "closed" | "open";

/** Task, its response time against `STEADY` services (milliseconds), and arrivals a second of an open load. */
const KINDS: Record<Kind, { task: string; response_ms: number; per_s: number }> = {
  unary: { task: "llm.generate", response_ms: 200, per_s: 20 },
  stream: { task: "llm.chat_stream", response_ms: 200, per_s: 20 },
  speech: { task: "stt.recognize_stream", response_ms: 202, per_s: 10 },
  turn: { task: "voice_turn", response_ms: 445, per_s: 8 },
};

/** Limits as multiples of the response time, far from it and near. */
const LIMITS = { "far pass": 10, "near pass": 1.6, "near fail": 0.75, "far fail": 0.3 } as const;
/** A rule by how it must come out and how clearly. */
export type Rule = keyof typeof LIMITS;
/** All of them. */
export const RULES = Object.keys(LIMITS) as Rule[];

/** The verdict of an undisturbed run. */
export function truthOf(rule: Rule): "PASS" | "FAIL" {
  return rule.endsWith("pass") ? "PASS" : "FAIL";
}

/** The one rule on a time that a scenario has. */
export function ruleText(kind: Kind, rule: Rule): string {
  return `p95(response_time) < ${Math.round(KINDS[kind].response_ms * LIMITS[rule])}ms`;
}

/** The operation that a verdict must name. */
export function operationOf(kind: Kind): string {
  return KINDS[kind].task;
}

/** A file with one scenario, `trust`. */
export function scenarioFile(
  { addresses: { llm, stt, tts } }: Service,
  { kind, shape, thresholds, seconds, clip }: {
    kind: Kind;
    shape: Shape;
    thresholds: string[];
    seconds: number;
    clip: string;
  },
): Record<string, unknown> {
  const { task, per_s } = KINDS[kind];
  const load = shape === "open" ? { rate: `${per_s}/s` } : { users: 10, spawn_rate: 100, think_time: "100ms-300ms" };
  return {
    services: { grpc: { llm: { host: llm }, stt: { host: stt, clips: clip }, tts: { host: tts } } },
    scenarios: { trust: { ...load, duration: `${seconds}s`, grace: "8s", tasks: { [task]: 1 }, thresholds } },
  };
}

/** A WAV file of speech, as far as a simulator cares; returns its path. */
export async function makeClip(dir: string, seconds: number): Promise<string> {
  const path = `${dir}/clip_${seconds}s.wav`;
  await Deno.writeFile(path, wav(sound(seconds * 1000, 1)));
  return path;
}

/** How long an answer takes against `STEADY` services; milliseconds. */
export function responseOf(kind: Kind): number {
  return KINDS[kind].response_ms;
}
