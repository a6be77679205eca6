/** A driver on the workbench: one operation over a fake channel and clock, its marks written down. */
import assert from "node:assert/strict";
import type { Marks, Operation, OperationEnd, RunningOperation } from "../../lib/driver/driver.ts";
import type { Clip, Inputs } from "../../lib/driver/inputs/inputs.ts";
import { prepareJune } from "../../lib/driver/june/prepare.ts";
import type { ServicePlan } from "../../lib/plan/plan.ts";
import { type TaskName, TASKS } from "../../lib/plan/tasks.ts";
import { task } from "../plans.ts";
import { FakeChannel } from "./fake_channel.ts";
import { FakeClock } from "./fake_clock.ts";
import { callStart } from "./call_start.ts";

/** Service plans by kind, with the defaults that tests start from. */
export const SERVICES = {
  stt: service("stt", { kind: "stt", pacing: "real_time", chunk_ms: 100, language: "en" }),
  llm: service("llm", { kind: "llm", max_tokens: 128, temperature: 0.5, system: "" }),
  tts: service("tts", { kind: "tts", voice: "default", language: "en", prebuffer_ms: 0, max_parallel_sentences: 100 }),
} as const;

function service(kind: "stt" | "llm" | "tts", options: ServicePlan["options"]): ServicePlan {
  return {
    name: kind,
    kind,
    protocol: "june",
    settings: null,
    address: "fake:1",
    connections: 1,
    timeout_ms: 30_000,
    transparent_retry: true,
    metadata: [],
    tls: null,
    inputs: [],
    options,
  };
}

/** A clip of `ms` milliseconds whose first `speech_ms` are speech. */
export function clip(ms: number, speech_ms: number): Clip {
  const pcm = new Uint8Array(32 * ms).map((_, at) => at % 251);
  return { name: "clip.wav", pcm, text: speech_ms > 0 ? "hello" : "", speech_samples: 16 * speech_ms };
}

const INPUTS = {
  stt: { kind: "stt", clips: [clip(450, 250)] },
  llm: { kind: "llm", prompts: ["Hi?"], chats: [[{ role: "user", content: "Hello" }]] },
  tts: { kind: "tts", sentences: ["Good day."] },
} as const satisfies Record<string, Inputs>;

/** Marks as they came: `sent`, `speech_end@<us>`, `content`, `end`. */
export class MarkList implements Marks {
  readonly names: string[] = [];
  /** What `text` was told; nobody listens where a test does not ask for it. */
  readonly pieces: string[] = [];
  readonly text?: (piece: string) => void;
  /** Audio of each content mark; microseconds. */
  readonly audio_us: number[] = [];
  /** Lateness of each paced chunk; microseconds. */
  readonly late_us: number[] = [];
  /** The part of it that nobody else held them back. */
  readonly own_us: number[] = [];
  /** How long the asking takes by design; microseconds. */
  asking_us = 0;
  /** Latency of each transcript after the audio it covers; microseconds. */
  readonly responses_us: number[] = [];
  /** Of each answer's first text, whether reasoning came before it. */
  readonly answers: boolean[] = [];
  /** Audio that was added to the piece before it; microseconds. */
  readonly more_us: number[] = [];
  result: OperationEnd | null = null;

  constructor(readonly clock: FakeClock, listen: boolean) {
    if (listen) this.text = (piece) => void this.pieces.push(piece);
  }

  sent(): void {
    this.names.push("sent");
  }

  lacking(errno: string): void {
    this.names.push(`lacking ${errno}`);
  }

  asking(length_us: number): void {
    this.asking_us = length_us;
  }

  speechEnd(): void {
    this.names.push(`speech_end@${this.clock.now_us()}`);
  }

  content(audio_us = 0): void {
    this.names.push("content");
    this.audio_us.push(audio_us);
  }

  answer(reasoned: boolean): void {
    this.answers.push(reasoned);
  }

  more(audio_us: number): void {
    this.more_us.push(audio_us);
  }

  paced(late_us: number, own_us: number): void {
    this.late_us.push(late_us);
    this.own_us.push(own_us);
  }

  responded(latency_us: number): void {
    this.responses_us.push(latency_us);
  }

  end(end: OperationEnd): void {
    assert.equal(this.result, null, "a second end");
    this.result = end;
    this.names.push("end");
  }
}

/** What a test may vary. */
export interface Setup {
  /** The driver's; June's where absent. */
  prepare?: typeof prepareJune;
  service?: Partial<ServicePlan>;
  inputs?: Inputs;
  channel?: FakeChannel;
  clock?: FakeClock;
  /** Listens to what replies say. */
  listen?: boolean;
  /** The text that is sent instead of an input. */
  given?: string;
}

/** An operation and all that surrounds it. */
export interface Bench {
  operation: Operation;
  channel: FakeChannel;
  clock: FakeClock;
  marks: MarkList;
  running: RunningOperation;
}

/** Prepares a task and starts it once. */
export function start(name: TaskName, setup: Setup = {}): Bench {
  const [kind] = TASKS[name].services;
  if (kind === "call") throw new Error("No task of this name has a service of its own kind");
  const { channel = new FakeChannel(), clock = new FakeClock(), inputs = INPUTS[kind], prepare = prepareJune } = setup;
  const plan = { ...SERVICES[kind], ...setup.service };
  const operation = prepare(task(name), plan, channel, inputs);
  const marks = new MarkList(clock, setup.listen ?? false);
  const running = operation.start(callStart(clock, marks, { givenText: setup.given ?? null }));
  return { operation, channel, clock, marks, running };
}

/** The end of an operation; fails the test while it has none. */
export function endOf({ marks }: Bench): OperationEnd {
  assert.ok(marks.result, "the operation has not ended");
  return marks.result;
}

/** Starts a task, answers with messages and a status OK, and returns its end. */
export function answered(name: TaskName, replies: readonly Uint8Array[], setup: Setup = {}): OperationEnd {
  const bench = start(name, setup);
  bench.clock.advanceTo(10_000_000);
  for (const reply of replies) bench.channel.call.reply(reply);
  bench.channel.call.end();
  return endOf(bench);
}
