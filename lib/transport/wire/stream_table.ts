/** The open streams of a connection by id: a ring for the many short ones, a map for the few long ones. */
import type { Stream } from "./stream.ts";

/** Size of the ring. Ids rise by two, so this many consecutive streams have separate places. */
const RING_SIZE = 256;

/** Streams by id. */
export class StreamTable {
  readonly #ring: (Stream | null)[] = new Array(RING_SIZE).fill(null);
  /** Streams whose place in the ring a later stream took. */
  readonly #old = new Map<number, Stream>();
  /** Streams held. */
  size = 0;

  /** The stream of this id, or undefined. */
  get(id: number): Stream | undefined {
    const stream = this.#ring[(id >>> 1) % RING_SIZE]!;
    if (stream !== null && stream.id === id) return stream;
    return this.#old.size === 0 ? undefined : this.#old.get(id);
  }

  /** Adds a stream under its id. */
  add(stream: Stream): void {
    const place = (stream.id >>> 1) % RING_SIZE;
    const before = this.#ring[place]!;
    if (before !== null) this.#old.set(before.id, before);
    this.#ring[place] = stream;
    this.size++;
  }

  /** Removes a stream; false when it was not there. */
  delete(stream: Stream): boolean {
    const place = (stream.id >>> 1) % RING_SIZE;
    if (this.#ring[place] === stream) this.#ring[place] = null;
    else if (this.#old.get(stream.id) === stream) this.#old.delete(stream.id);
    else return false;
    this.size--;
    return true;
  }

  /** All streams at this moment. */
  all(): Stream[] {
    return [...this.#old.values(), ...this.#ring.filter((stream) => stream !== null)];
  }

  /** Removes all. */
  clear(): void {
    this.#ring.fill(null);
    this.#old.clear();
    this.size = 0;
  }
}
