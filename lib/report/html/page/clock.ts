/** The clock that all charts over time share: where the cursor stands, which window is shown, what is lit. */

/** A stretch of the run; seconds. */
export type Span = readonly [from_s: number, to_s: number];

/** Shared by every chart over time. */
export class Clock {
  #at: number | null = null;
  #window: Span;
  #lit: Span | null = null;
  #span_s: number;
  readonly #listeners: Array<(changed: "at" | "window" | "lit") => void> = [];

  /** @param span_s length of the whole run */
  constructor(span_s: number) {
    this.#span_s = span_s;
    this.#window = [0, span_s];
  }

  /** Length of the whole run. */
  get span_s(): number {
    return this.#span_s;
  }

  /** Where the cursor stands; null: nowhere. */
  get at(): number | null {
    return this.#at;
  }

  /** What is shown. */
  get window(): Span {
    return this.#window;
  }

  /** The finding that is pointed at. */
  get lit(): Span | null {
    return this.#lit;
  }

  /** Whether less than the whole run is shown. */
  get zoomed(): boolean {
    return this.#window[0] > 0 || this.#window[1] < this.span_s;
  }

  /** Takes another length: of a plan that was changed while it runs. Who sees all goes on seeing all. */
  stretch(span_s: number): void {
    if (span_s === this.#span_s) return;
    const all = !this.zoomed;
    this.#span_s = span_s;
    this.show(all ? null : this.#window);
  }

  /** Calls `listener` after each change. */
  listen(listener: (changed: "at" | "window" | "lit") => void): void {
    this.#listeners.push(listener);
  }

  /** Moves the cursor; within the window. */
  point(at: number | null): void {
    const [from_s, to_s] = this.#window;
    this.#at = at === null ? null : Math.min(to_s, Math.max(from_s, at));
    this.#tell("at");
  }

  /** Lights a stretch in every chart. */
  light(span: Span | null): void {
    this.#lit = span;
    this.#tell("lit");
  }

  /** Shows a stretch of the run, of a second at least; the whole run for null. */
  show(span: Span | null): void {
    const [from_s, to_s] = span ?? [0, this.span_s];
    const from = Math.max(0, Math.min(from_s, this.span_s - 1));
    this.#window = [from, Math.min(this.span_s, Math.max(to_s, from + 1))];
    this.#tell("window");
  }

  /** Shows `factor` of what is shown, around the cursor. */
  zoom(factor: number): void {
    const [from_s, to_s] = this.#window;
    const middle = this.#at ?? (from_s + to_s) / 2;
    const length = Math.max(1, (to_s - from_s) * factor);
    // At either end of the run the window moves, or it would never grow.
    const from = Math.max(0, Math.min(middle - length / 2, this.span_s - length));
    this.show(length >= this.span_s ? null : [from, from + length]);
  }

  #tell(changed: "at" | "window" | "lit"): void {
    for (const listener of this.#listeners) listener(changed);
  }
}

/** A finding with room at both sides: an instant has a tenth of the run around it. */
export function around(from_s: number, to_s: number, span_s: number): Span {
  const room = Math.max((to_s - from_s) / 2, span_s / 20, 2);
  return [Math.max(0, from_s - room), Math.min(span_s, to_s + room)];
}
