/**
 * The other side of a calibration: it answers at once, sends streams at an even pace, hears speech, and notes when all of
 * it was. It has no queue, no chance and no faults: whatever a client sees beside what it notes is the client's.
 */
import * as asr from "../../../proto/asr.ts";
import * as llm from "../../../proto/llm.ts";
import { StatusCode } from "../../transport/status.ts";
import { HostClock } from "../model/clock.ts";
import type { CallHandler, ServerCall } from "../server/server.ts";
import { WireServer } from "../server/wire_server.ts";
import { type EchoCall, type EchoLog, now_us } from "./log.ts";

/** Messages of a stream. */
export const STREAM_MESSAGES = 25;
/** From one message of a stream to the next; milliseconds. */
export const STREAM_GAP_MS = 20;

const HEALTHY = llm.HealthResponse.encode({ healthy: true });
const HEARD = asr.RecognitionResult.encode({ transcript: "heard", is_final: true, confidence: 1 });
const TOKENS = Array.from({ length: STREAM_MESSAGES }, (_, index) => {
  const is_final = index === STREAM_MESSAGES - 1;
  return llm.GenerationChunk.encode({ token: " word", index, is_final, finish_reason: 0 });
});

/** What a method does once all of a request is there. */
type Answer = (say: (message: Uint8Array) => void, end: () => void) => void;

/** The echo. */
export class Echo {
  readonly #server = new WireServer();
  readonly #clock = new HostClock();
  #log: EchoLog = {};

  constructor() {
    this.#serve(llm.PATHS.healthCheck, answerWith(HEALTHY));
    this.#serve(llm.PATHS.generateStream, (say, end) => this.#stream(say, end));
    this.#serve(asr.PATHS.recognizeStream, answerWith(HEARD));
  }

  /** Listens on a free port of this host; returns the port. */
  listen(): Promise<number> {
    return this.#server.listen({ hostname: "127.0.0.1", port: 0 });
  }

  /** What was noted since the last call. */
  take(): EchoLog {
    const log = this.#log;
    this.#log = {};
    return log;
  }

  /** Ends it and all connections. */
  async close(): Promise<void> {
    this.#clock.stop();
    await this.#server.close();
  }

  #serve(path: string, answer: Answer): void {
    this.#server.handle(path, (call) => {
      const noted: EchoCall = { arrived_us: now_us(), sent_us: [], heard_us: [] };
      (this.#log[path] ??= []).push(noted);
      return handlerOf(call, noted, answer);
    });
  }

  #stream(say: (message: Uint8Array) => void, end: () => void): void {
    const started_ms = this.#clock.now_ms();
    const next = (index: number) => {
      const token = TOKENS[index];
      if (token === undefined) return end();
      say(token);
      this.#clock.at(started_ms + (index + 1) * STREAM_GAP_MS, () => next(index + 1));
    };
    next(0);
  }
}

function answerWith(message: Uint8Array): Answer {
  return (say, end) => {
    say(message);
    end();
  };
}

function handlerOf(call: ServerCall, noted: EchoCall, answer: Answer): CallHandler {
  const say = (message: Uint8Array) => {
    noted.sent_us.push(now_us());
    call.write(message);
  };
  return {
    message: () => void noted.heard_us.push(now_us()),
    halfClose: () => answer(say, () => call.end(StatusCode.OK, "")),
    cancel() {},
    drain() {},
  };
}
