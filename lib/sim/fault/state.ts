/** Applies the faults of one service: decides the fate of each call and changes times. */
import type { VoiceKind } from "../../plan/plan.ts";
import type { Metadata } from "../../transport/channel.ts";
import { StatusCode, statusName } from "../../transport/status.ts";
import type { Fault, FaultEffect, FaultKind } from "./fault.ts";
import type { Random } from "../model/random.ts";

/** The fate of a call. */
export type Fate =
  | { kind: "normal" }
  | { kind: "in_band_error" }
  | { kind: "empty" }
  | { kind: "status"; code: number; details: string };

const NORMAL: Fate = { kind: "normal" };
const MINUTE_MS = 60_000;

/** How a refusal of the rate limiter reaches the client; June's has status UNKNOWN with the code in its text. */
export type LimiterForm = "resource_exhausted" | "python_exception";

/** The faults of one service. */
export class FaultState {
  readonly #effects: readonly FaultEffect[];
  readonly #random: Random;
  readonly #limiter: LimiterForm;
  /** Sorted by start, so that one stall can lead to the next. */
  readonly #stalls: readonly Extract<FaultEffect, { kind: "stall" }>[];
  /** Calls per user in the minute that began at `#minute_ms`. */
  readonly #used = new Map<string, number>();
  #minute_ms = 0;

  constructor(faults: readonly Fault[], service: VoiceKind, random: Random, limiter: LimiterForm) {
    this.#effects = faults.filter((fault) => fault.service === null || fault.service === service);
    this.#random = random;
    this.#limiter = limiter;
    this.#stalls = this.#of("stall").sort((a, b) => a.at_ms - b.at_ms);
  }

  /** Whether the service reports that it is healthy. */
  get healthy(): boolean {
    return this.#of("unhealthy").length === 0;
  }

  /** Whether the service refuses connections. */
  get refuses(): boolean {
    return this.#of("refuse").length > 0;
  }

  /** Intervals at which connections are closed. */
  get drop_intervals_ms(): number[] {
    return this.#of("drop_connections_every").map((effect) => effect.every_ms);
  }

  /** Intervals at which connections get GOAWAY. */
  get goaway_intervals_ms(): number[] {
    return this.#of("goaway_every").map((effect) => effect.every_ms);
  }

  /** Decides the fate of a call at its arrival. */
  fate(now_ms: number, metadata: Metadata): Fate {
    for (const effect of this.#effects) {
      switch (effect.kind) {
        case "rate_limit":
          if (this.#overLimit(effect.per_minute, now_ms, metadata)) return this.#limited();
          break;
        case "error_rate":
          if (this.#random.next() < effect.rate) {
            return { kind: "status", code: effect.code, details: `simulated ${statusName(effect.code)}` };
          }
          break;
        case "in_band_error_rate":
          if (this.#random.next() < effect.rate) return { kind: "in_band_error" };
          break;
        case "empty_rate":
          if (this.#random.next() < effect.rate) return { kind: "empty" };
          break;
        // These act elsewhere: on time (`release_ms`, `factor`), on connections, on health.
        case "stall":
        case "slow_start":
        case "latency_factor":
        case "drop_connections_every":
        case "goaway_every":
        case "refuse":
        case "unhealthy":
          break;
        default:
          effect satisfies never;
      }
    }
    return NORMAL;
  }

  /** Factor on the duration of work that begins now. */
  factor(now_ms: number): number {
    let factor = 1;
    for (const effect of this.#effects) {
      if (effect.kind === "latency_factor") factor *= effect.factor;
      if (effect.kind === "slow_start" && now_ms < effect.for_ms) {
        factor *= effect.factor + (1 - effect.factor) * (now_ms / effect.for_ms);
      }
    }
    return factor;
  }

  /** When something due may leave: stalls delay it to their end. */
  release_ms(due_ms: number): number {
    let released_ms = due_ms;
    for (const stall of this.#stalls) {
      const end_ms = stall.at_ms + stall.for_ms;
      if (released_ms >= stall.at_ms && released_ms < end_ms) released_ms = end_ms;
    }
    return released_ms;
  }

  #of<K extends FaultKind>(kind: K): Extract<FaultEffect, { kind: K }>[] {
    return this.#effects.filter((effect): effect is Extract<FaultEffect, { kind: K }> => effect.kind === kind);
  }

  #overLimit(perMinute: number, now_ms: number, metadata: Metadata): boolean {
    if (now_ms - this.#minute_ms >= MINUTE_MS) {
      this.#minute_ms = now_ms - (now_ms % MINUTE_MS);
      this.#used.clear();
    }
    const user = userOf(metadata);
    const used = (this.#used.get(user) ?? 0) + 1;
    this.#used.set(user, used);
    return used > perMinute;
  }

  #limited(): Fate {
    if (this.#limiter === "resource_exhausted") {
      return { kind: "status", code: StatusCode.RESOURCE_EXHAUSTED, details: "Rate limit exceeded" };
    }
    const details = "Unexpected <class 'grpc.aio._call.AioRpcError'>: <AioRpcError of RPC that terminated with: " +
      'status = StatusCode.RESOURCE_EXHAUSTED details = "Rate limit exceeded">';
    return { kind: "status", code: StatusCode.UNKNOWN, details };
  }
}

/** The limiter's bucket, chosen like June's. */
function userOf(metadata: Metadata): string {
  for (const key of ["user_id", "x-user-id", "service_name"]) {
    const value = metadata.find(([name]) => name === key)?.[1];
    if (typeof value === "string") return value;
  }
  return "unknown";
}
