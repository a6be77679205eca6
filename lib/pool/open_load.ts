/** An open load in one pool: tasks that start at instants of their own, whether or not those before them have ended. */
import type { Operation, Timer } from "../driver/driver.ts";
import type { LoadPlan, OpenLoad } from "../plan/plan.ts";
import type { Offsets } from "../schedule/arrivals.ts";
import { PartOfArrivals } from "../schedule/part_of_arrivals.ts";
import { arrivalRandom, type RandomStream } from "../schedule/random.ts";
import { Fifo } from "./fifo.ts";
import { type LoadContext, type RunningLoad, TaskRunner, type Turn } from "./task_runner.ts";

/** Arrivals the clock knows of at any time: one, and the one after, so that its alarm can sleep on for that. */
const AHEAD = 2;

/** One arrival; its task is drawn when it falls due. */
class Arrival extends TaskRunner {
  readonly operation: Operation;

  constructor(
    context: LoadContext,
    random: RandomStream,
    public due_us: number,
    readonly onEnd: (arrival: Arrival) => void,
  ) {
    super(context, null, random);
    this.operation = this.draw();
  }

  begin(): void {
    this.start(this.operation, this.due_us);
  }

  drop(): void {
    this.dropped(this.operation, this.due_us);
  }

  protected override ended(): void {
    this.onEnd(this);
  }
}

/** One part of a load's arrivals. */
export class RunningArrivals implements RunningLoad {
  readonly #arrivals: PartOfArrivals | null;
  readonly #max_in_flight: number;
  readonly #max_wait_us: number;
  readonly #in_flight = new Set<Arrival>();
  readonly #waiting = new Fifo<Arrival>();
  readonly #onEnd = (arrival: Arrival) => this.#ended(arrival);
  /** The queue is being served. */
  #taking = false;
  /** A timer stands for the one that has waited longest. */
  #drop_armed = false;
  /** No arrival comes at or after this instant: the load has ended, is paused, or becomes another one. */
  #until_us = Infinity;
  /** Since when the load is paused; Infinity: it is not. */
  #paused_us = Infinity;
  /** The last arrival that came. */
  #last = -1;
  /** The timers of those to come, the soonest at `#slot`. */
  readonly #timers: (Timer | null)[] = Array(AHEAD).fill(null);
  #slot = 0;

  /**
   * @param part which of `parts` shares of the arrivals and of `max_in_flight` it has, from 0; where fewer tasks may be
   *   in flight than there are parts, the last parts have none of either
   */
  constructor(readonly context: LoadContext, load: OpenLoad, part: number, parts: number, offsets: Offsets) {
    const { max_in_flight, max_wait_ms } = load;
    const used = Math.min(parts, max_in_flight);
    this.#arrivals = part < used ? new PartOfArrivals(load, context.seed, offsets, part, used) : null;
    this.#max_in_flight = Math.floor(max_in_flight / parts) + (part < max_in_flight % parts ? 1 : 0);
    this.#max_wait_us = max_wait_ms * 1000;
  }

  start(): void {
    for (let ahead = 0; ahead < AHEAD; ahead++) this.#await();
  }

  /** Waits for one more arrival. */
  #await(): void {
    const due_us = this.#arrivals?.next() ?? null;
    if (due_us === null) return;
    const index = this.#arrivals?.index ?? 0;
    this.#timers[this.#slot] = this.context.clock.at(due_us, () => {
      if (due_us >= this.#until_us) return;
      this.#arrive(due_us, index);
      this.#await();
    });
    this.#slot = (this.#slot + 1) % AHEAD;
  }

  hold(from_us: number): void {
    this.#until_us = Math.min(this.#until_us, from_us);
  }

  steer(load: LoadPlan, { at_us, paused, next_us }: Turn): void {
    if (load.kind !== "open") return;
    const by_us = Math.max(0, at_us - this.#paused_us);
    this.#paused_us = paused ? Math.min(this.#paused_us, at_us) : Infinity;
    this.#until_us = Math.min(next_us, this.#paused_us);
    for (const timer of this.#timers) timer?.cancel();
    if (paused) return;
    this.#arrivals?.steer(load, at_us, this.#last);
    this.start();
    this.#waitLonger(by_us);
  }

  /** What waited when the load was paused goes on waiting: the pause does not count. */
  #waitLonger(by_us: number): void {
    for (const arrival of this.#waiting) arrival.due_us += by_us;
    this.#take();
    this.#armDrop();
  }

  #arrive(due_us: number, index: number): void {
    const { watch, seed, load } = this.context;
    this.#last = index;
    watch.arrived(due_us);
    const arrival = new Arrival(this.context, arrivalRandom(seed, load, index), due_us, this.#onEnd);
    if (this.#in_flight.size < this.#max_in_flight) return this.#begin(arrival);
    if (this.#max_wait_us === 0) return arrival.drop();
    this.#waiting.push(arrival);
    this.#armDrop();
  }

  #begin(arrival: Arrival): void {
    this.context.watch.begun();
    this.#in_flight.add(arrival);
    arrival.begin();
  }

  #ended(arrival: Arrival): void {
    this.#in_flight.delete(arrival);
    this.#take();
  }

  /** Begins what waits, as far as there is room. */
  #take(): void {
    // A task that ends before it has begun comes here from within the loop below.
    if (this.#waiting.length === 0 || this.#taking || this.#paused_us !== Infinity) return;
    this.#taking = true;
    while (this.#in_flight.size < this.#max_in_flight && this.#dropLate() !== undefined) {
      this.#begin(this.#waiting.shift() as Arrival);
    }
    this.#taking = false;
  }

  /** Drops what has waited too long; returns what has waited longest of the rest. */
  #dropLate(): Arrival | undefined {
    const oldest_us = this.context.clock.now_us() - this.#max_wait_us;
    let first = this.#waiting.first;
    for (; first !== undefined && first.due_us <= oldest_us; first = this.#waiting.first) {
      first.drop();
      this.#waiting.shift();
    }
    return first;
  }

  #armDrop(): void {
    const { first } = this.#waiting;
    if (this.#drop_armed || first === undefined) return;
    this.#drop_armed = true;
    this.context.clock.at(first.due_us + this.#max_wait_us, () => {
      this.#drop_armed = false;
      if (this.#paused_us !== Infinity) return;
      this.#dropLate();
      this.#armDrop();
    });
  }

  stop(): void {
    this.#until_us = -Infinity;
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) next.drop();
  }

  cut(): void {
    for (const arrival of [...this.#in_flight]) arrival.cut();
  }

  forceEnd(): void {
    for (const arrival of [...this.#in_flight]) arrival.forceEnd();
  }

  usersSince(): number {
    return 0;
  }
}
