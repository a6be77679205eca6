/** Forwards marks. */
import type { ShortageErrno } from "../../plan/shortages.ts";
import type { Marks, OperationEnd } from "../driver.ts";

/** Forwards all marks of a call; classes that change some of them extend it. */
export class ForwardedMarks implements Marks {
  text?: (piece: string) => void;

  constructor(readonly marks: Marks) {
    const { text } = marks;
    if (text !== undefined) this.text = (piece) => text(piece);
  }

  sent(): void {
    this.marks.sent();
  }

  lacking(errno: ShortageErrno): void {
    this.marks.lacking?.(errno);
  }

  asking(length_us: number): void {
    this.marks.asking?.(length_us);
  }

  speechEnd(): void {
    this.marks.speechEnd();
  }

  content(audio_us?: number): void {
    this.marks.content(audio_us);
  }

  answer(reasoned: boolean): void {
    this.marks.answer?.(reasoned);
  }

  more(audio_us: number): void {
    if (this.marks.more === undefined) this.marks.content(audio_us);
    else this.marks.more(audio_us);
  }

  paced(late_us: number, own_us: number): void {
    this.marks.paced(late_us, own_us);
  }

  responded(latency_us: number): void {
    this.marks.responded?.(latency_us);
  }

  end(end: OperationEnd): void {
    this.marks.end(end);
  }
}
