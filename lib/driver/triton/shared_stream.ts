/**
 * One stream for many requests: replies are matched by id, and the end of the stream ends all requests. The first
 * request that needs the stream opens it; after a failure it opens with a delay.
 */
import { textAt } from "../../../proto/codec.ts";
import { inferReplies } from "../../../proto/kserve.ts";
import type { CallEvents, ClientCall, Method, ShortageErrno, Status } from "../../transport/channel.ts";
import { StatusCode } from "../../transport/status.ts";
import { backoff } from "../../transport/wire/backoff.ts";
import type { Clock, RunningOperation, Timer } from "../driver.ts";
import { type Fault, faultEnding, statusEnding, undecodable } from "../core/outcome.ts";
import { withId } from "./request.ts";
import { StreamRequest } from "./stream_request.ts";
import type { Answer } from "./answer.ts";

/** Deadline of the stream, longer than any run; milliseconds. */
const STREAM_TIMEOUT_MS = 7 * 24 * 3600 * 1000;

/** A request on the stream, with its own deadline, which the server does not know. */
interface Entry {
  id: string;
  request: StreamRequest;
  bytes: Uint8Array;
  deadline: Timer;
}

/** A bidirectional stream that many requests share. */
class SharedStream implements CallEvents {
  readonly #open = new Map<string, Entry>();
  /** Requests not written yet, in the order of their starts. */
  readonly #waiting = new Set<Entry>();
  /** Requests written before the stream's first bytes had left. */
  #unsent: Entry[] = [];
  #call: ClientCall | null = null;
  /** Why a reply could not be read: the stream is being closed for it. */
  #broken: Fault | null = null;
  /** The stream's first bytes have left. */
  #up = false;
  /** The stream accepts more. */
  #room = true;
  #heard = false;
  /** Consecutive streams that failed before a reply came. */
  #failures = 0;
  #not_before_us = 0;
  #reopening: Timer | null = null;
  #clock: Clock | null = null;
  #last_id = 0;
  /** What this machine lacks for the stream's connection, if anything. */
  #lacked: ShortageErrno | null = null;

  constructor(readonly method: Method) {}

  /** Requests that have not ended. */
  get load(): number {
    return this.#open.size;
  }

  /** Sends a request as soon as the stream accepts it. The request ends at the latest `timeout_ms` from now. */
  start(
    request: Uint8Array,
    timeout_ms: number,
    clock: Clock,
    answer: Answer,
    askedForEnd: boolean,
  ): RunningOperation {
    this.#clock = clock;
    const id = String(++this.#last_id);
    const bytes = withId(request, id);
    const deadline = clock.at(clock.now_us() + timeout_ms * 1000, () => this.#expire(entry));
    const entry: Entry = { id, request: new StreamRequest(answer, bytes.length, askedForEnd), bytes, deadline };
    this.#open.set(id, entry);
    this.#waiting.add(entry);
    if (this.#lacked !== null) answer.marks.lacking?.(this.#lacked);
    this.#flush();
    return { cancel: () => this.#cancel(entry) };
  }

  #expire(entry: Entry): void {
    const details = this.#waiting.has(entry)
      ? "The deadline passed before the shared stream took the request"
      : "The deadline passed";
    this.#finish(entry, () =>
      entry.request.end(
        statusEnding({ code: StatusCode.DEADLINE_EXCEEDED, details, origin: "deadline", trailers: [] }),
      ));
  }

  /** The stream and the server go on; later replies to this request are ignored. */
  #cancel(entry: Entry): void {
    const details = "Cancelled by the caller";
    this.#finish(
      entry,
      () => entry.request.end(statusEnding({ code: StatusCode.CANCELLED, details, origin: "cancel", trailers: [] })),
    );
  }

  #finish(entry: Entry, end: () => void): void {
    if (!this.#open.delete(entry.id)) return;
    this.#waiting.delete(entry);
    entry.deadline.cancel();
    end();
  }

  /** Writes waiting requests while the stream accepts them; opens a stream if there is none. */
  #flush(): void {
    if (this.#waiting.size === 0) return;
    if (this.#call === null) return this.#reopen();
    for (const entry of this.#waiting) {
      if (!this.#room || this.#call === null) return;
      this.#waiting.delete(entry);
      if (!this.#up) this.#unsent.push(entry);
      this.#room = this.#call.write(entry.bytes);
      if (this.#up) entry.request.answer.marks.sent();
    }
  }

  #reopen(): void {
    const clock = this.#clock;
    if (clock === null || this.#reopening !== null) return;
    if (clock.now_us() >= this.#not_before_us) return this.#begin();
    this.#reopening = clock.at(this.#not_before_us, () => {
      this.#reopening = null;
      if (this.#waiting.size > 0 && this.#call === null) this.#begin();
    });
  }

  #begin(): void {
    this.#up = this.#heard = false;
    this.#room = true;
    this.#broken = null;
    this.#call = this.method.start(null, STREAM_TIMEOUT_MS, this);
    this.#flush();
  }

  sent(): void {
    this.#up = true;
    this.#lacked = null;
    for (const { request } of this.#unsent) if (!request.ended) request.answer.marks.sent();
    this.#unsent = [];
  }

  lacking(errno: ShortageErrno): void {
    this.#lacked = errno;
    for (const { request } of this.#open.values()) request.answer.marks.lacking?.(errno);
  }

  drain(): void {
    this.#room = true;
    this.#flush();
  }

  message(bytes: Uint8Array): void {
    this.#heard = true;
    try {
      inferReplies.readStreamed(bytes);
    } catch (error) {
      // The owner of the reply is unknown, so all fail. Waiting requests go to the next stream.
      this.#broken = undecodable(error);
      this.#room = false;
      return this.#call?.cancel();
    }
    const { id, error } = inferReplies;
    const entry = this.#ownerOf(textAt(bytes, id.from, id.to), error.to > error.from);
    if (entry === undefined) return;
    entry.request.reply(bytes, inferReplies);
    if (entry.request.ended) this.#finish(entry, () => {});
  }

  /**
   * An error without an id belongs to the only open request. With several open it belongs to none, and they end by
   * their deadlines.
   */
  #ownerOf(id: string, isError: boolean): Entry | undefined {
    if (id !== "" || !isError) return this.#open.get(id);
    const written = this.#written();
    return written.length === 1 ? written[0] : undefined;
  }

  #written(): Entry[] {
    return [...this.#open.values()].filter((entry) => !this.#waiting.has(entry));
  }

  end(status: Status): void {
    this.#call = null;
    this.#unsent = [];
    this.#failures = this.#heard ? 0 : this.#failures + 1;
    this.#not_before_us = (this.#clock?.now_us() ?? 0) + backoff(this.#failures, Math.random()) * 1000;
    const broken = this.#broken;
    for (const entry of this.#written()) {
      this.#finish(
        entry,
        () => broken === null ? entry.request.streamEnded(status) : entry.request.end(faultEnding(broken)),
      );
    }
    this.#flush();
  }
}

/** The shared streams of a worker, one for each of its connections; a request goes to the stream with the fewest. */
export class SharedStreams {
  readonly #streams: SharedStream[];

  constructor(method: Method, connections: number) {
    this.#streams = Array.from({ length: connections }, () => new SharedStream(method));
  }

  /** The stream for the next request. */
  pick(): SharedStream {
    return this.#streams.reduce((best, stream) => stream.load < best.load ? stream : best);
  }
}
