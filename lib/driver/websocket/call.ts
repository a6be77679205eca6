/** One exchange in flight: a session, a message, and the matching reply. */
import type { ShortageErrno } from "../../transport/channel.ts";
import { StatusCode } from "../../transport/status.ts";
import type { Clock, Marks, RunningOperation, Timer } from "../driver.ts";
import { type Ending, faultEnding } from "../core/outcome.ts";
import type { TemplateContext } from "../exchange/template.ts";
import type { Outgoing, Verdict } from "./message.ts";
import type { Carried, Session } from "./session.ts";
import type { Sessions } from "./sessions.ts";

/** Parts that the calls of one exchange share. */
export interface SocketExchangeParts {
  sessions: Sessions;
  /** Deadline from the start, the handshake included; milliseconds. */
  timeout_ms: number;
  judge(data: Outgoing): Verdict;
  /** The message holds speech, which ends as it is sent. */
  speaks: boolean;
}

/** A call in flight. */
export class SocketCall implements Carried, RunningOperation {
  readonly #parts: SocketExchangeParts;
  readonly #cx: TemplateContext;
  readonly #data: Outgoing;
  readonly #marks: Marks;
  #session: Session | null = null;
  #deadline: Timer | null = null;
  #sent = false;
  #ended = false;
  #sent_bytes = 0;
  #received_bytes = 0;

  constructor(parts: SocketExchangeParts, context: TemplateContext, data: Outgoing, marks: Marks) {
    this.#parts = parts;
    this.#cx = context;
    this.#data = data;
    this.#marks = marks;
  }

  /** Takes a session, and sends the message as soon as the session is open. */
  begin(clock: Clock): this {
    this.#deadline = clock.at(clock.now_us() + this.#parts.timeout_ms * 1000, () => this.#expire());
    const session = this.#session = this.#parts.sessions.take(this.#cx);
    session.carry(this);
    return this;
  }

  opened(): void {
    this.#sent_bytes = typeof this.#data === "string" ? utf8Length(this.#data) : this.#data.length;
    this.#session?.send(this.#data, () => {
      if (this.#ended) return;
      this.#sent = true;
      this.#marks.sent();
      if (this.#parts.speaks) this.#marks.speechEnd();
    });
  }

  message(data: Outgoing): void {
    // A message that comes before ours has left is not a reply to it.
    if (!this.#sent || this.#ended) return;
    this.#received_bytes += typeof data === "string" ? utf8Length(data) : data.length;
    this.#marks.content();
    const verdict = this.#parts.judge(data);
    if (verdict === "other") return;
    this.#settle();
    this.#end(verdict === "answer" ? OK : faultEnding(verdict));
  }

  lacking(errno: ShortageErrno): void {
    if (!this.#ended) this.#marks.lacking?.(errno);
  }

  lost(ending: Ending): void {
    if (this.#session !== null) this.#parts.sessions.drop(this.#session);
    this.#end(ending);
  }

  cancel(): void {
    queueMicrotask(() => this.#giveUp(CANCELLED));
  }

  #expire(): void {
    const { lack } = this.#parts.sessions;
    const where = this.#sent ? "before a matching reply came" : "before the WebSocket was open";
    this.#giveUp({
      ...EXPIRED,
      details: `The deadline passed ${where}${this.#sent || lack === "" ? "" : `: ${lack}`}`,
    });
  }

  #giveUp(ending: Ending): void {
    if (this.#ended) return;
    if (this.#session !== null) this.#parts.sessions.drop(this.#session);
    this.#end(ending);
  }

  #settle(): void {
    if (this.#session !== null) this.#parts.sessions.give(this.#session, this.#cx.user);
  }

  #end(ending: Ending): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#deadline?.cancel();
    this.#marks.end({
      ...ending,
      sent_bytes: this.#sent ? this.#sent_bytes : 0,
      received_bytes: this.#received_bytes,
    });
  }
}

const OK: Ending = { outcome: "ok", code: StatusCode.OK, type: "", details: "" };
const CANCELLED: Ending = {
  outcome: "cancelled",
  code: StatusCode.CANCELLED,
  type: "CANCELLED",
  details: "Cancelled by the caller",
};
const EXPIRED: Ending = {
  outcome: "timed_out",
  code: StatusCode.DEADLINE_EXCEEDED,
  type: "DEADLINE_EXCEEDED",
  details: "",
};

/** Length of a text in UTF-8, without encoding it; bytes. */
function utf8Length(text: string): number {
  let bytes = text.length;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit < 0x80) continue;
    // A surrogate pair takes four bytes: two for each half.
    bytes += unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff) ? 1 : 2;
  }
  return bytes;
}
