/**
 * Which address of a name the next connection goes to. A name with several addresses stands for several servers:
 * connections are spread over them evenly. Of IPv4 and IPv6, which mostly are two ways to the same servers, the family
 * with more addresses is used, at equal numbers the one that the system prefers; the other is the way round. Source of
 * the order: RFC 8305, section 4.
 */
import { addressOf, type ConnectionLog } from "../connection_log.ts";
import { isAddress, type Target } from "../target.ts";
import type { ByteSocket } from "./byte_socket.ts";
import type { Limit } from "./limit.ts";
import { firstOf } from "./race.ts";

/** `spread`: over all addresses of a name. `pick_first`: the first that accepts, in the resolver's order. */
export type AddressChoice = "spread" | "pick_first";

/** How long an address that failed is tried last; milliseconds. */
const AVOID_MS = 30_000;

const keyOf = (place: Target): string => place.kind === "unix" ? place.path : `${place.host}|${place.port}`;
const isV6 = (place: Target): boolean => place.kind === "tcp" && place.host.includes(":");

/** The addresses over which connections are spread; of the two families the one that is used. */
export function spreadOver(places: readonly Target[]): readonly Target[] {
  const [first] = places;
  if (first === undefined) return places;
  const [preferred, other] = families(places);
  return other.length > preferred.length ? other : preferred;
}

/** The addresses of the first one's family, and the others. */
function families(places: readonly Target[]): [Target[], Target[]] {
  const v6 = isV6(places[0]!);
  return [places.filter((place) => isV6(place) === v6), places.filter((place) => isV6(place) !== v6)];
}

/** The addresses that a name has had so far. */
export class KnownAddresses {
  readonly #keys = new Set<string>();

  /** Takes what a look-up found; returns those that were never found before. */
  add(places: readonly Target[]): Target[] {
    const fresh = places.filter((place) => !this.#keys.has(keyOf(place)));
    for (const place of fresh) this.#keys.add(keyOf(place));
    return fresh;
  }
}

/** The connections to one target's addresses. */
export class AddressBook {
  readonly #open = new Map<string, number>();
  readonly #avoided_ms = new Map<string, number>();
  /** Where to begin among addresses in equal use, so that the workers of a run do not all begin at the first. */
  readonly #begin: number;

  /** @param begin a number from 0 to 1; default random */
  constructor(begin: number = Math.random()) {
    this.#begin = begin;
  }

  /** The addresses in the order to try them. */
  order(places: readonly Target[], choice: AddressChoice, now_ms: number = performance.now()): Target[] {
    if (places.length < 2) return [...places];
    if (choice === "pick_first") return interleaved(...families(places));
    const used = spreadOver(places);
    const others = places.filter((place) => !used.includes(place));
    const all = interleaved(this.#evenly(used), this.#evenly(others));
    const avoided = (place: Target) => (this.#avoided_ms.get(keyOf(place)) ?? -Infinity) > now_ms;
    return [...all.filter((place) => !avoided(place)), ...all.filter(avoided)];
  }

  /** The least used first. */
  #evenly(places: readonly Target[]): Target[] {
    const start = Math.floor(this.#begin * places.length);
    const turned = [...places.slice(start), ...places.slice(0, start)];
    const uses = (place: Target) => this.#open.get(keyOf(place)) ?? 0;
    return turned.sort((a, b) => uses(a) - uses(b));
  }

  /** Open connections to an address, those that are opening included. */
  uses(place: Target): number {
    return this.#open.get(keyOf(place)) ?? 0;
  }

  /** A connection to an address begins; returns what ends it, once. */
  take(place: Target): () => void {
    const key = keyOf(place);
    this.#open.set(key, this.uses(place) + 1);
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      const left = this.uses(place) - 1;
      if (left > 0) this.#open.set(key, left);
      else this.#open.delete(key);
    };
  }

  /** An address could not be connected to: for a while it is tried last. */
  avoid(place: Target, now_ms: number = performance.now()): void {
    this.#avoided_ms.set(keyOf(place), now_ms + AVOID_MS);
  }

  /** An address accepted a connection. */
  trust(place: Target): void {
    this.#avoided_ms.delete(keyOf(place));
  }
}

const books = new Map<string, AddressBook>();

/** The book of a target, shared by all connections of this worker. */
export function bookOf(target: string): AddressBook {
  let book = books.get(target);
  if (book === undefined) books.set(target, book = new AddressBook());
  return book;
}

/** First of one, first of the other, second of one, ... */
function interleaved(some: readonly Target[], others: readonly Target[]): Target[] {
  const longest = Math.max(some.length, others.length);
  return Array.from({ length: longest }, (_, at) => [some[at], others[at]]).flat().filter((place) =>
    place !== undefined
  );
}

/**
 * Connects to the first of a target's addresses that accepts, in the order of its book.
 * @param dial connects the socket, TLS included
 * @param finish makes a connection of it; the socket's `close` ends the connection's place in the book
 * @param undo receives a connection that came too late
 * @param log counts the attempts
 * @throws {Error} what the last attempt threw
 */
export async function connectOne<Connected>(
  book: AddressBook,
  places: readonly Target[],
  choice: AddressChoice,
  limit: Limit,
  signal: AbortSignal,
  dial: (place: Target, share: Limit) => Promise<ByteSocket>,
  finish: (socket: ByteSocket, share: Limit, place: Target) => Promise<Connected>,
  undo: (late: Connected) => void,
  log: ConnectionLog | null = null,
): Promise<Connected> {
  const attempt = async (place: Target, share: Limit): Promise<Connected> => {
    const give = book.take(place);
    const over = log?.dialing(addressOf(place));
    try {
      const connected = await finish(counted(await dial(place, share), place, give), share, place);
      book.trust(place);
      over?.(false);
      return connected;
    } catch (error) {
      give();
      // Not where another address was faster, or nobody wants the connection any more.
      if (!share.cancelled) book.avoid(place);
      over?.(!share.cancelled);
      throw error;
    }
  };
  return await firstOf(book.order(places, choice), limit, signal, attempt, undo);
}

/** The socket, which closes once and then ends its place in the book. */
function counted(socket: ByteSocket, place: Target, give: () => void): ByteSocket {
  socket.peer = addressOf(place);
  const close = socket.close.bind(socket);
  let open = true;
  socket.close = () => {
    if (!open) return;
    open = false;
    give();
    close();
  };
  return socket;
}

/** Whether a target may have several addresses: a name or a list. */
export function hasSeveral(target: Target): boolean {
  return target.kind === "tcp" && (target.all !== undefined || !isAddress(target.host));
}
