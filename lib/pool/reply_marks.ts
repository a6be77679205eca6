/** The replies of one call in flight: when they came, and what a listener would have heard. */
import { Player } from "../measure/player.ts";
import type { Histogram } from "../measure/histogram.ts";
import type { Series } from "../measure/series.ts";

/** Where messages are counted. */
interface MessageStats {
  series: Series;
  gap: Histogram;
}

/** An answer of so many messages, tokens or words is long enough that it should come in more than one piece. */
const LONG_ANSWER = 8;
/** Messages within so short a time are one piece, where the wait for them was so many times longer; microseconds. */
const ONE_PIECE_US = 2000;
const ONE_PIECE_WAITS = 20;

/** What a reply brought so far. Only streams and replies with audio have one: most calls are shorter than its cost. */
export class ReplyMarks {
  first_us = NaN;
  last_us = NaN;
  gap_max_us = 0;
  /** Messages with content. */
  messages = 0;
  /** Audio in them. */
  audio_us = 0;
  player: Player | null = null;

  /** Takes a message of a stream. */
  arrive(
    now_us: number,
    audio_us: number,
    { series, gap }: MessageStats,
    prebuffer_us: number,
    stalled: boolean,
  ): void {
    series.messages++;
    this.audio_us += audio_us;
    if (this.messages++ === 0) this.first_us = now_us;
    else {
      const gap_us = now_us - this.last_us;
      gap.record(gap_us);
      if (stalled) series.tainted.histogram("gap").record(gap_us);
      if (gap_us > this.gap_max_us) this.gap_max_us = gap_us;
    }
    this.last_us = now_us;
    if (audio_us > 0) (this.player ??= new Player(prebuffer_us)).arrive(now_us, audio_us);
  }

  /** Takes more audio of the message that came last. */
  extend(now_us: number, audio_us: number): void {
    this.audio_us += audio_us;
    this.last_us = now_us;
    if (audio_us > 0) this.player?.extend(audio_us);
  }

  /**
   * Whether the messages came in one piece although they were asked for as a stream: one message that says more than a
   * word, or several with no time between them after a long wait. Gaps and rates of such a reply say nothing of a server.
   */
  isOnePiece(sent_us: number, length: number): boolean {
    if (this.messages === 1) return this.audio_us > 0 || length >= LONG_ANSWER;
    if (this.messages < LONG_ANSWER) return false;
    const span_us = this.last_us - this.first_us;
    return span_us <= ONE_PIECE_US && this.first_us - sent_us >= ONE_PIECE_WAITS * Math.max(span_us, 1000);
  }
}
