/**
 * The interface between protocols and timing. A driver speaks one protocol: it turns inputs into calls and reads
 * replies. It has no clock of its own: it reports events through `Marks`, and the pool times them.
 */
import type { WordErrors } from "../measure/word_error.ts";
import type { ModelCounts } from "../measure/server_statistics.ts";
import type { ShortageErrno } from "../plan/shortages.ts";
import type { TaskPlan } from "../plan/plan.ts";
import type { ChannelStats, ConnectFault } from "../transport/channel.ts";
import type { Inputs, PickContext } from "./inputs/inputs.ts";

export type { Random } from "./core/random.ts";
export type { UserIdentity } from "./core/user.ts";

/** Time as the pool sees it: one monotonic epoch for all workers. */
export interface Clock {
  /** Microseconds since the run's epoch. */
  now_us(): number;
  /**
   * The same for what came in: all that one read of a socket brought has one time, and what is handled later did not come
   * later. Never before a time that `now_us` has given. Absent: the clock keeps no such time; see `cameAt`.
   */
  came_us?(): number;
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
  /** The server's text or ours, for the failure's example; hostile until escaped. */
  details: string;
  /** Message bytes, without framing. */
  sent_bytes: number;
  received_bytes: number;
  /**
   * The service refused the call, or the connection to it was lost or never opened: a user pauses before the next task.
   * Absent: no.
   */
  readonly refused?: boolean;
  /** How long the service asks refused callers to wait; absent: it does not say. Microseconds. */
  readonly retry_after_us?: number;
  /** The content of an ok call, where the driver knows it. Read it once, after the clock: it may be computed then. */
  readonly content?: Content | undefined;
}

/** The content of an ok call. An absent field is not known or does not apply. */
export interface Content {
  /** Length of the generated text, in the server's own tokens or, where it reports none, in words. */
  output?: { count: number; unit: "tokens" | "words" };
  prompt_tokens?: number;
  /** Words of the text sent, where the inputs come from the user's files or settings. */
  prompt_words?: number;
  /** The same input was sent before, in this run. */
  repeated_input?: boolean;
  /** Length of the audio sent for recognition; microseconds. */
  audio_sent_us?: number;
  /** The transcript compared with the words of the clip. */
  words?: HeardWords;
  /** A voice turn, leg by leg. */
  turn?: Turn;
  /** What a reader of the call's figures must know; absent: nothing. */
  notes?: readonly AnswerNote[];
}

/**
 * Something odd about an answer that is ok all the same.
 *
 * - `no_content`: it ended as a good answer ends, without content.
 * - `no_finish_reason`: a language model's answer ended without saying why.
 * - `absurd_usage`: the server counts tokens in a way that cannot be true beside the text, so words were counted.
 * - `text_repeated`: each message repeated the whole text so far; only the rest of each was counted.
 * - `interims_replaced`, `interims_joined`: what became of the interim results of a transcript. Nothing odd.
 */
export const ANSWER_NOTES = [
  "no_content",
  "no_finish_reason",
  "absurd_usage",
  "text_repeated",
  "interims_replaced",
  "interims_joined",
] as const;
/** Name of a note. */
export type AnswerNote = typeof ANSWER_NOTES[number];

/** Errors of a transcript. */
export interface HeardWords extends WordErrors {
  /** What was said, and what was understood of it; absent without errors. */
  texts?: { said: string; heard: string };
}

/** One turn of a conversation: end of speech to first audio, split exactly into its legs; microseconds. */
export interface Turn {
  stt_us: number;
  llm_us: number;
  tts_us: number;
  /** What happened when, for the waterfall of an example; from the turn's start, rising by start. */
  spans: TurnSpan[];
}

/** One bar of a turn's waterfall; microseconds from the start of the turn. */
export interface TurnSpan {
  /** `speech`, `stt`, `llm`, `tts 1`, `tts 2`, ... */
  name: string;
  start_us: number;
  /** When its first content came; null: no content came. */
  first_us: number | null;
  end_us: number;
}

/**
 * What a driver reports while an operation runs. The pool reads its clock at each report, so a driver reports as soon as
 * something happens. `end` comes exactly once and last. All marks may come before `start` returns.
 *
 * @example What a unary call reports.
 * ```ts
 * import assert from "node:assert/strict";
 * const reported: string[] = [];
 * const marks: Marks = {
 *   sent: () => reported.push("sent"),
 *   speechEnd: () => reported.push("speechEnd"),
 *   content: (audio_us = 0) => reported.push(`content, ${audio_us} us of audio`),
 *   paced: (late_us, own_us) => reported.push(`paced, ${late_us} us late, ${own_us} us of them our own`),
 *   end: ({ outcome }) => reported.push(outcome),
 * };
 * marks.sent();
 * marks.content(20_000);
 * marks.end({ outcome: "ok", code: 0, type: "", details: "", sent_bytes: 12, received_bytes: 640 });
 * assert.deepEqual(reported, ["sent", "content, 20000 us of audio", "ok"]);
 * ```
 */
export interface Marks {
  /**
   * The first request bytes were handed to the socket. `service_time` counts from the first such report. A call that
   * ends before it has a connection does not report it.
   */
  sent(): void;
  /**
   * The call waits for a connection that this machine cannot open: it lacks a local port, a descriptor or memory. Whatever
   * the call waits for it from now on, and its failure, are june-load's own. May come again.
   */
  lacking?(errno: ShortageErrno): void;
  /**
   * Asking takes time by design: speech paced in real time ends this long after the call's intended start. Response time
   * counts from there. Set where it is recorded; reported before the first request bytes; microseconds.
   */
  asking?(length_us: number): void;
  /**
   * The last chunk of speech, or the last byte of a clip sent whole, was handed over; `final_latency` counts from here.
   * Only calls that send speech report it. Of a clip that is sent whole and not reported it counts from `sent`.
   */
  speechEnd(): void;
  /**
   * A message with content (text, audio, transcript) arrived. The first is the first message; gaps lie between.
   * @param audio_us length of the audio in it; microseconds, 0 (the default) for text
   */
  content(audio_us?: number): void;
  /**
   * Present where the caller records it: the first text of the answer itself came with the content just reported.
   * @param reasoned reasoning or calls of tools came before it
   */
  answer?(reasoned: boolean): void;
  /**
   * Present where the caller records it: more bytes of the audio last reported came, as part of the same piece.
   * @param audio_us length of the audio in them; microseconds
   */
  more?(audio_us: number): void;
  /**
   * A chunk of speech paced in real time was handed over. It is due when its last sample has been spoken.
   * @param late_us how long after that; microseconds, from 0. Speech whose P99 exceeds 20,000 is not in real time.
   * @param own_us the part of it in which nothing but this thread held the chunk back; the rest is the server's flow control
   */
  paced(late_us: number, own_us: number): void;
  /**
   * Present where the caller records it: a transcript came that covers the speech up to some place.
   * @param latency_us time since that place was handed to the stream; microseconds, from 0
   */
  responded?(latency_us: number): void;
  /**
   * Present where the caller reads the text of replies: the text piece by piece, before `content` is called for it.
   * Join pieces of an answer directly; join segments of a transcript with a blank.
   */
  readonly text?: (piece: string) => void;
  /** The operation is over; exactly once. */
  end(end: OperationEnd): void;
}

/** An operation in flight. */
export interface RunningOperation {
  /** Cancels it; `Marks.end` follows with outcome `cancelled` unless it has ended already. */
  cancel(): void;
}

/**
 * All that a call needs at its start: its user, its random numbers, its clock and its marks. It is also the
 * `PickContext` that its inputs are picked with.
 *
 * The pool makes one for each call. An operation that wraps others makes another for each inner call: a voice turn sets
 * their text, `observeInputs` receives the facts of their inputs.
 */
export interface CallStart extends PickContext {
  /**
   * The user of the call, the same object in all calls of one user. Conversations, WebSockets and whatever else a
   * service keeps for a user are keyed by it. Null: an arrival of an open load, which has no user and no later call.
   */
  readonly user: PickContext["user"];
  /**
   * Decides inputs and placeholders. A user has one stream for all its calls; each arrival has its own. The same seed
   * gives the same numbers, so a driver takes them in a fixed order and uses no other randomness for what it sends.
   */
  readonly random: PickContext["random"];
  /** Receives the facts of each input picked for the call. Null, as the pool sets it: the facts are not needed. */
  readonly inputs: PickContext["inputs"];
  /** The only clock that an operation may use. */
  readonly clock: Clock;
  /** Receives what happens to the call. */
  readonly marks: Marks;
  /**
   * The text to send instead of a picked one, as in a voice turn. Null, as the pool sets it: an input is picked.
   * Operations that send no text, such as speech recognition, pick one all the same.
   */
  readonly givenText: string | null;
}

/**
 * A task of the plan, ready to be started many times: descriptors resolved, constant payloads encoded once.
 *
 * @example An operation that echoes a text 5 ms later, started once on a clock that a test moves.
 * ```ts
 * import assert from "node:assert/strict";
 * const echo: Operation = {
 *   name: "echo",
 *   reply_stream: false,
 *   start({ clock, marks, givenText }) {
 *     const bytes = (givenText ?? "").length;
 *     const end = { code: 0, type: "", details: "", sent_bytes: bytes, received_bytes: bytes };
 *     marks.sent();
 *     const reply = clock.at(clock.now_us() + 5000, () => {
 *       marks.content();
 *       marks.end({ ...end, outcome: "ok" });
 *     });
 *     return {
 *       cancel() {
 *         reply.cancel();
 *         marks.end({ ...end, outcome: "cancelled", code: 1, type: "CANCELLED" });
 *       },
 *     };
 *   },
 * };
 *
 * const due: { at_us: number; action: () => void }[] = [];
 * const clock: Clock = {
 *   now_us: () => 1000,
 *   at(at_us, action) {
 *     due.push({ at_us, action });
 *     return { cancel: () => due.pop() };
 *   },
 * };
 * const ends: OperationEnd[] = [];
 * const marks: Marks = { sent() {}, speechEnd() {}, content() {}, paced() {}, end: (end) => ends.push(end) };
 * const random = { next: () => 0.5 };
 * echo.start({ user: null, random, clock, marks, givenText: "Hello", inputs: null });
 * assert.equal(due[0]?.at_us, 6000);
 * due[0]?.action();
 * assert.deepEqual(ends.map(({ outcome, received_bytes }) => [outcome, received_bytes]), [["ok", 5]]);
 * ```
 */
export interface Operation {
  /** Name reports group by. */
  readonly name: string;
  /** Its replies are streams, so first message and gaps are measured. */
  readonly reply_stream: boolean;
  /**
   * Audio that a listener buffers before it plays, for the player model of `stall`; microseconds, 0 to 10,000,000.
   * Absent: 0, it plays with the first message.
   */
  readonly prebuffer_us?: number;
  /**
   * Starts it once. The input is picked before this returns, so that calls take random numbers in the order of their
   * starts. A call that cannot be sent ends through `marks.end`, possibly before this returns.
   * @throws {UserError} kind `input` for a file of inputs that has changed since the run began
   */
  start(start: CallStart): RunningOperation;
}

/** What a text is: the words of a failure, or a transcript that the report is meant to show. */
export type TextUse = "failure" | "transcript";

/** What a health check found. */
export interface Health {
  /**
   * `serving`: the service reports that it is healthy. `unhealthy`: it reports that it is not. `connected`: june-load
   * can reach it, but it has no health method. `doubtful`: something of the answer speaks against the scenario, such as a
   * model that the server does not list, and calls may succeed all the same. `failed`: june-load reached it, and the check
   * failed.
   */
  state: "serving" | "unhealthy" | "connected" | "doubtful" | "failed";
  /** The method or path of the check, e.g. `june.asr.SpeechToText/HealthCheck`. */
  asked: string;
  /** It was gRPC's standard health check, which servers of any protocol may have. */
  standard?: boolean;
  /** Model, version, voices or the error, one line. */
  details: string;
  /** Why the connection could not be kept, where that is known. */
  fault?: ConnectFault | undefined;
  /** Sample rate of its raw PCM, where the scenario leaves it to the server; Hz. */
  sample_rate_hz?: number;
  /** What to do about it, where the driver knows more than "check that the service listens there". */
  remedy?: string;
}

/**
 * An open service of the plan, as pools and preflight use it. `connect` comes first and `close` last; only
 * `serverStatistics` needs no `connect`.
 *
 * @example The life of a service. `openDriver` of `registry.ts` makes real ones.
 * ```ts
 * import assert from "node:assert/strict";
 * async function look(service: OpenService): Promise<string> {
 *   await service.connect();
 *   try {
 *     const { state, asked, details } = await service.health(2000);
 *     return `${asked}: ${state} (${details}), ${service.stats().connections} connections`;
 *   } finally {
 *     await service.close();
 *   }
 * }
 *
 * let connections = 0;
 * const service: OpenService = {
 *   connect: () => Promise.resolve(void connections++),
 *   operation: ({ operation }) => ({ name: operation, reply_stream: false, start: () => ({ cancel() {} }) }),
 *   health: () => Promise.resolve({ state: "serving", asked: "GET /health", details: "v1" }),
 *   stats: () => ({ connections, streams_in_flight: 0, waiting: 0, reconnects_total: 0, moves_total: 0 }),
 *   close: () => Promise.resolve(void connections--),
 * };
 * assert.equal(await look(service), "GET /health: serving (v1), 1 connections");
 * assert.equal(connections, 0);
 * ```
 */
export interface OpenService {
  /**
   * Opens as many connections as the plan's `connections` says. Where connections belong to calls, checks that a server
   * listens. Called once, before the measured span.
   * @throws {ConnectError} for a service that cannot be reached
   */
  connect(): Promise<void>;
  /**
   * Makes a task ready to be started many times.
   * @param inputs the inputs of its calls, of the service's own kind
   * @throws {UserError} kind `config` for metadata that cannot be sent
   */
  operation(task: TaskPlan, inputs: Inputs): Operation;
  /**
   * Checks its health in its protocol's way. Never rejects because of an answer of the service.
   * @param timeout_ms limit on each request, of which there may be several; milliseconds, from 1. The preflight gives
   * 5000, or less where the service's own deadline is shorter.
   */
  health(timeout_ms: number): Promise<Health>;
  /**
   * Makes one small call of its own kind, as `check` and `init` do, and returns what it adds to the health. Absent: its
   * protocol has none. Never rejects because of an answer of the service.
   * @param well the health without it
   */
  trial?(well: Health, timeout_ms: number): Promise<Health>;
  /** Its connections now. A pool reads them once a second, so counting them then is cheap enough. */
  stats(): ConnectionCounts;
  /**
   * The server's own counters of its models since it started. Absent: its protocol has no such counters. Null: they are
   * not available now. Never rejects because of an answer of the server.
   */
  serverStatistics?(): Promise<ModelCounts[] | null>;
  /**
   * The text without any secret sent to the service: servers quote keys in their errors. Absent: the service has no
   * secrets, and the text stays as it is.
   * @param use `transcript`: a text that the report is meant to show, which may hold what requests hold
   */
  hide?(text: string, use?: TextUse): string;
  /** Closes its connections; calls that are still in flight are cancelled. Called once, after the last call. */
  close(): Promise<void>;
}

/** Counters of the connections to one service; gauges unless named total. */
export type ConnectionCounts = Pick<
  ChannelStats,
  "connections" | "streams_in_flight" | "waiting" | "reconnects_total" | "moves_total" | "details"
>;
