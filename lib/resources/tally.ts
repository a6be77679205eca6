/** Notes that are made once, however often they happen, with a count at the end. */
import type { ResourceNote, ResourceNoteKind } from "../measure/resource.ts";

/** Most different notes of one kind; others of it would fill the result. */
const KINDS_MAX = 8;
/** Times in a text, which alone do not make it another. */
const TIMES = /\d{4}[-/]\d\d[-/]\d\d[ T]\d\d:\d\d:\d\d(?:[.,]\d+)?Z?|\b\d\d:\d\d:\d\d(?:[.,]\d+)?\b/g;

/** Makes notes, each once. */
export class Tally {
  readonly #onNote: (note: ResourceNote) => void;
  readonly #now_ms: () => number;
  readonly #counts = new Map<string, { kind: ResourceNoteKind; text: string; count: number }>();
  readonly #ofKind = new Map<ResourceNoteKind, number>();

  constructor(onNote: (note: ResourceNote) => void, now_ms: () => number) {
    this.#onNote = onNote;
    this.#now_ms = now_ms;
  }

  /**
   * Notes a text the first time; later times are counted.
   * @param about what makes it the same note; default: its text without times
   */
  note(kind: ResourceNoteKind, text: string, about = text.replaceAll(TIMES, "")): void {
    const key = `${kind} ${about}`;
    const known = this.#counts.get(key);
    if (known !== undefined) return void known.count++;
    const ofKind = this.#ofKind.get(kind) ?? 0;
    if (ofKind >= KINDS_MAX) return;
    this.#ofKind.set(kind, ofKind + 1);
    this.#counts.set(key, { kind, text, count: 1 });
    this.#onNote({ t_ms: this.#now_ms(), kind, text });
  }

  /** Tells how often each note that came more than once did. */
  end(): void {
    for (const { kind, text, count } of this.#counts.values()) {
      if (count > 1) this.#onNote({ t_ms: this.#now_ms(), kind, text, count });
    }
    this.#counts.clear();
  }
}
