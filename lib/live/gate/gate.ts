/**
 * The gate before the server: it takes the connections, and passes their bytes on. `Deno.serve` knows neither a most of
 * connections nor a time for heads, keeps silent ones for ever, and ends the program when descriptors run out; a load that
 * runs beside it must feel nothing of that.
 */

/** Limits of a gate. */
export interface GateLimits {
  /** Most connections; another one takes the place of the one with the least claim to its own. */
  connections: number;
  /** Longest time until the first request's head is whole. */
  head_ms: number;
  /** Longest time without a byte in either direction; events come more often. */
  idle_ms: number;
}

/** The limits of the live page's server. */
export const LIMITS: GateLimits = { connections: 64, head_ms: 10_000, idle_ms: 60_000 };
/** Most descriptors that visitors take: of each the connection, and both ends of the one to the server behind. */
export const VISITORS_DESCRIPTORS = 3 * LIMITS.connections;
/** Time between looks at those who are late. */
const LOOK_MS = 1000;
/** Where no connection can be taken, because descriptors ran out, it waits so long before it takes the next. */
const PAUSE_MS = 100;
const BUFFER_BYTES = 16 * 1024;

/** An open gate. */
export interface Gate {
  readonly port: number;
  /** Connections that are open. */
  readonly count: number;
  close(): Promise<void>;
}

/**
 * Opens a gate.
 * @param connect opens a connection to the server behind it
 */
export function openGate(listener: Deno.TcpListener, connect: () => Promise<Deno.Conn>, limits = LIMITS): Gate {
  const visitors = new Set<Visitor>();
  const look = setInterval(() => {
    const now_ms = performance.now();
    for (const visitor of visitors) if (visitor.isLate(now_ms, limits)) visitor.close();
  }, LOOK_MS);
  const taking = takeAll(listener, limits, visitors, connect);
  return {
    port: listener.addr.port,
    get count() {
      return visitors.size;
    },
    close: async () => {
      clearInterval(look);
      listener.close();
      for (const visitor of visitors) visitor.close();
      await taking;
    },
  };
}

async function takeAll(
  listener: Deno.TcpListener,
  { connections }: GateLimits,
  visitors: Set<Visitor>,
  connect: () => Promise<Deno.Conn>,
): Promise<void> {
  for (;;) {
    let taken: Deno.TcpConn;
    try {
      taken = await listener.accept();
    } catch (error) {
      if (error instanceof Deno.errors.BadResource || error instanceof Deno.errors.Interrupted) return;
      evict(visitors);
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      continue;
    }
    if (visitors.size >= connections) evict(visitors);
    const visitor = new Visitor(taken);
    visitors.add(visitor);
    visitor.serve(connect).finally(() => visitors.delete(visitor));
  }
}

/** Closes the connection with the least claim: never answered, and of those the oldest; else the longest silent. */
function evict(visitors: Set<Visitor>): void {
  const [least] = [...visitors].sort((a, b) =>
    Number(a.answered) - Number(b.answered) || (a.answered ? a.moved_ms - b.moved_ms : a.taken_ms - b.taken_ms)
  );
  if (least === undefined) return;
  visitors.delete(least);
  least.close();
}

const END_OF_HEAD = "\r\n\r\n";

/** One connection from outside, and from its first byte on one to the server. */
class Visitor {
  readonly taken_ms = performance.now();
  /** When the last byte went either way. */
  moved_ms = performance.now();
  /** The server has answered something. */
  answered = false;
  #head = "";
  #hasHead = false;
  #inside: Deno.Conn | null = null;
  #closed = false;

  constructor(readonly outside: Deno.Conn) {}

  isLate(now_ms: number, { head_ms, idle_ms }: GateLimits): boolean {
    return (!this.#hasHead && now_ms - this.taken_ms > head_ms) || now_ms - this.moved_ms > idle_ms;
  }

  /** Passes bytes on until either side ends; a broken connection is an end. */
  async serve(connect: () => Promise<Deno.Conn>): Promise<void> {
    try {
      const buffer = new Uint8Array(BUFFER_BYTES);
      const first = await this.outside.read(buffer);
      if (first === null || this.#closed) return;
      const inside = await connect();
      if (this.#closed) return inside.close();
      this.#inside = inside;
      this.#heard(buffer.subarray(0, first));
      const answers = this.#pass(inside, this.outside, () => this.answered = true);
      answers.catch(() => {});
      await writeAll(inside, buffer.subarray(0, first));
      // Browsers do not close one direction alone: who has ended his is gone, and so are the events he listened to.
      await Promise.race([answers, this.#pass(this.outside, inside, (bytes) => this.#heard(bytes))]);
    } catch {
      // Whoever went away needs nothing more.
    } finally {
      this.close();
    }
  }

  async #pass(from: Deno.Conn, to: Deno.Conn, see: (bytes: Uint8Array) => void): Promise<void> {
    const buffer = new Uint8Array(BUFFER_BYTES);
    for (;;) {
      const read = await from.read(buffer);
      if (read === null) return;
      this.moved_ms = performance.now();
      see(buffer.subarray(0, read));
      await writeAll(to, buffer.subarray(0, read));
      this.moved_ms = performance.now();
    }
  }

  #heard(bytes: Uint8Array): void {
    if (this.#hasHead) return;
    const text = this.#head + String.fromCharCode(...bytes.subarray(0, BUFFER_BYTES));
    this.#hasHead = text.includes(END_OF_HEAD);
    this.#head = text.slice(1 - END_OF_HEAD.length);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const connection of [this.outside, this.#inside]) {
      try {
        connection?.close();
      } catch {
        // It broke before.
      }
    }
  }
}

async function writeAll(to: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.length;) written += await to.write(bytes.subarray(written));
}
