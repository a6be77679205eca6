/** Events with rising ids, and those who listen: what was missed can be sent again. */

/** One event as it goes over the wire; the same text for all who listen. */
export interface FeedEvent {
  id: number;
  /** Server-sent events, all but the line that ends it. */
  text: string;
}

/** The kinds of events; see `lib/ui/web/api.ts` for what each holds. */
export type FeedKind = "state" | "seconds" | "log";

/** Events kept for those who come back: ten minutes of seconds, with states and logs between. */
const KEPT = 800;
/** The same in characters: views of many operations are long. */
const KEPT_CHARACTERS = 16 * 1024 * 1024;

/**
 * A list of the last events and its listeners.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const feed = new Feed("a1");
 * const heard: string[] = [];
 * feed.publish("log", { text: "one" });
 * feed.listen(({ text }) => heard.push(text));
 * feed.publish("log", { text: "two" });
 * assert.deepEqual(heard, ['id: a1.2\nevent: log\ndata: {"text":"two"}\n\n']);
 * assert.equal(feed.since("a1.1")?.length, 1);
 * assert.equal(feed.since("b2.1"), null); // another server
 * ```
 */
export class Feed {
  readonly #events: FeedEvent[] = [];
  readonly #listeners = new Set<(event: FeedEvent) => void>();
  #characters = 0;
  #last = 0;

  /** @param name of this server's life: ids of another mean nothing here */
  constructor(readonly name: string) {}

  /** Id of the newest event. */
  get last(): number {
    return this.#last;
  }

  /** Sends an event to all who listen, and keeps it for a while. */
  publish(kind: FeedKind, data: unknown): void {
    const id = ++this.#last;
    const event = { id, text: this.textOf(kind, data, id) };
    this.#events.push(event);
    this.#characters += event.text.length;
    while (this.#events.length > KEPT || (this.#characters > KEPT_CHARACTERS && this.#events.length > 1)) {
      this.#characters -= this.#events.shift()?.text.length ?? 0;
    }
    for (const listener of [...this.#listeners]) listener(event);
  }

  /** An event that only one listener gets; its id is that of the newest, from which he goes on. */
  textOf(kind: FeedKind, data: unknown, id = this.#last): string {
    return `id: ${this.name}.${id}\nevent: ${kind}\ndata: ${JSON.stringify(data)}\n\n`;
  }

  /** Calls `listener` for all events from now on; returns a function that stops this. */
  listen(listener: (event: FeedEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** The events after that of an id; null: it is of another server, or some of them are gone. */
  since(last: string): readonly FeedEvent[] | null {
    const cut = last.lastIndexOf(".");
    const id = Number(last.slice(cut + 1));
    if (last.slice(0, cut) !== this.name || !/^\d{1,15}$/.test(last.slice(cut + 1)) || id > this.#last) return null;
    if (id === this.#last) return [];
    const first = this.#events[0];
    return first === undefined || first.id > id + 1 ? null : this.#events.slice(id + 1 - first.id);
  }
}
