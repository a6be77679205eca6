/**
 * The seam between what is sent and how it is timed. A driver speaks one protocol: it turns inputs into calls and reads
 * replies. It owns no clock: it tells the pool what happened through `Marks`, and the pool times it.
 */
import type { ServicePlan } from "../plan/plan.ts";
import type { Channel } from "../transport/channel.ts";

/** Seeded randomness of one user. */
export interface Random {
  /** Next number, at least 0 and below 1. */
  next(): number;
}

/** Time as the pool sees it: one monotonic epoch for all workers. */
export interface Clock {
  /** Microseconds since the run's epoch. */
  now_us(): number;
  /** Calls `action` once when `due_us` is reached. */
  at(due_us: number, action: () => void): Timer;
}

/** A pending timer. */
export interface Timer {
  cancel(): void;
}

/** How one operation ended. */
export interface OperationEnd {
  outcome: "ok" | "failed" | "timed_out" | "cancelled";
  /** gRPC status code. */
  code: number;
  /**
   * Class under which reports group a failure: a status name (`UNAVAILABLE`), or `semantic:<what>` for an OK status
   * whose content is a failure (`semantic:empty_transcript`). Empty when ok.
   */
  type: string;
  /** The server's words or ours, for the failure's example; hostile until escaped. */
  details: string;
  /** Message bytes, without framing. */
  sent_bytes: number;
  received_bytes: number;
}

/** What a driver reports while an operation runs. The pool reads its clock at each call. */
export interface Marks {
  /** First request bytes were handed to the socket. */
  sent(): void;
  /** The last speech chunk was handed to the stream; `final_latency` counts from here. */
  speechEnd(): void;
  /** A message with content (text, audio, transcript) arrived. The first is the first message; gaps lie between. */
  content(): void;
  /** The operation is over; exactly once. */
  end(end: OperationEnd): void;
}

/** An operation in flight. */
export interface RunningOperation {
  /** Cuts it off; `Marks.end` follows with outcome `cancelled` unless it has ended already. */
  cancel(): void;
}

/** A task of the plan, ready to be started many times: descriptors resolved, constant payloads encoded once. */
export interface Operation {
  /** Name reports group by. */
  readonly name: string;
  /** Its replies are streams: first message and gaps mean something. */
  readonly reply_stream: boolean;
  /** Starts it once, with inputs picked by `random`. */
  start(random: Random, clock: Clock, marks: Marks): RunningOperation;
}

/** What a health check found. */
export interface Health {
  /**
   * `serving`: the service says it is well. `unhealthy`: it says it is not. `connected`: it can be reached but has no
   * health method. `failed`: it was reached and the check failed.
   */
  state: "serving" | "unhealthy" | "connected" | "failed";
  /** What was asked, e.g. `june.asr.SpeechToText/HealthCheck`. */
  asked: string;
  /** Model, version, voices or the error, one line. */
  details: string;
}

/** Asks a service's health over an open channel; never throws for what the server answers. */
export type CheckHealth = (service: ServicePlan, channel: Channel, timeout_ms: number) => Promise<Health>;
