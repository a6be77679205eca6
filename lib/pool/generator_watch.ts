/** How a pool itself fares, second by second: whether the generator and not the service was the limit. */
import * as v8 from "node:v8";
import { Histogram } from "../measure/histogram.ts";
import type { GeneratorData, StallData } from "../measure/interval.ts";
import type { Aftermath } from "./aftermath.ts";
import type { PoolClock } from "./clock.ts";
import { overlapOf, type Stall } from "./stalls.ts";

/** Between two looks at the event loop where no other timer is due; microseconds. */
const HEARTBEAT_US = 20_000;
/** Share of a stall that must have a cause, for it to be the cause. */
const SAME = 0.5;
/** Times that the alarm's thread overslept, kept to compare stalls with. */
const OVERSLEPT_KEPT = 64;
/** The system counts processor time in steps of up to 4 ms: a share of a shorter span than this says nothing. */
const LEAST_SPAN_MS = 200;

/** Watches one pool; made on the thread it runs on. */
export class GeneratorWatch {
  #due = 0;
  #begun = 0;
  readonly #start_lag = new Histogram();
  readonly #pauses = watchPauses();
  #times = threadTimes();
  #wall_ms = performance.now();
  #ahead_ms = wallClockAhead();
  /** Of the last seconds: the stall may be told of a second later. */
  #overslept: Stall[] = [];

  /**
   * @param worker number of the pool, from 0
   * @param aftermath of the pool's stalls, which is looked at with every heartbeat; null: nobody asks
   */
  constructor(readonly clock: PoolClock, readonly worker = 0, readonly aftermath: Aftermath | null = null) {
    this.#awaitBeat();
  }

  /** An arrival fell due at `due_us` and is looked at now. */
  arrived(due_us: number): void {
    this.#due++;
    this.#start_lag.record(Math.max(0, this.clock.now_us() - due_us));
  }

  /** A task is begun whose lag is known already. */
  begun(): void {
    this.#begun++;
  }

  /** The task of a user is begun that was due at `due_us`; null: at once after the one before. */
  userBegun(due_us: number | null): void {
    this.#begun++;
    this.#start_lag.record(due_us === null ? 0 : Math.max(0, this.clock.now_us() - due_us));
  }

  #awaitBeat(): void {
    const due_us = this.clock.now_us() + HEARTBEAT_US;
    this.clock.at(due_us, () => {
      this.aftermath?.look(due_us, this.clock.now_us());
      this.#awaitBeat();
    });
  }

  /** What was seen since the last call. */
  take(): GeneratorData {
    const times = this.#takeTimes();
    const stalls = this.#takeStalls(times.cpu_wait_us ?? 0);
    const stalled_ms = Math.round(this.clock.stalls.takeTotal() / 1000);
    const data: GeneratorData = {
      due: this.#due,
      begun: this.#begun,
      start_lag: this.#start_lag.toData(),
      loop_lag_us: Math.round(this.clock.takeWorstDelay()),
      ...times,
      gc_pause_us: this.#pauses.takeLongest(),
      clock_step_ms: this.#takeStep(),
      ...(stalls.length > 0 && { stalls }),
      ...(stalled_ms > 0 && { stalled_ms }),
    };
    this.#due = this.#begun = 0;
    this.#start_lag.clear();
    return data;
  }

  /** A stall was not the pool's own work where its thread waited for a processor, or the alarm's overslept as well. */
  #takeStalls(cpu_wait_us: number): StallData[] {
    this.#overslept = [...this.#overslept, ...this.clock.takeOverslept()].slice(-OVERSLEPT_KEPT);
    return this.clock.stalls.take().map((stall) => ({
      start_ms: Math.round(stall.start_us / 1000),
      length_ms: Math.round((stall.end_us - stall.start_us) / 1000),
      workers: [this.worker],
      ...((overlapOf(stall, this.#overslept) > SAME || cpu_wait_us > SAME * (stall.end_us - stall.start_us)) &&
        { starved: true }),
    }));
  }

  #takeTimes(): Pick<GeneratorData, "busiest_pool" | "cpu_wait_us"> {
    const [now, wall_ms] = [threadTimes(), performance.now()];
    const [before, before_ms] = [this.#times, this.#wall_ms];
    if (wall_ms - before_ms < LEAST_SPAN_MS) return { busiest_pool: null, cpu_wait_us: null };
    [this.#times, this.#wall_ms] = [now, wall_ms];
    if (now === null || before === null) return { busiest_pool: null, cpu_wait_us: null };
    return {
      busiest_pool: (now.busy_us - before.busy_us) / 1000 / (wall_ms - before_ms),
      cpu_wait_us: Math.round(now.waited_us - before.waited_us),
    };
  }

  #takeStep(): number {
    const before_ms = this.#ahead_ms;
    this.#ahead_ms = wallClockAhead();
    return Math.round(this.#ahead_ms - before_ms);
  }

  /** Stops watching. */
  close(): void {
    this.#pauses.close();
  }
}

/** The wall clock, which tells whole milliseconds, less the monotonic one; milliseconds. */
function wallClockAhead(): number {
  return Date.now() - performance.now();
}

/**
 * Processor time of this thread, and the time it was ready and had to wait for a processor; null where the system does
 * not tell it. A thread that is stopped is not ready.
 *
 * Source: proc_pid_schedstat, first two fields, nanoseconds.
 */
function threadTimes(): { busy_us: number; waited_us: number } | null {
  try {
    const [busy_ns, waited_ns] = Deno.readTextFileSync("/proc/thread-self/schedstat").split(" ");
    return { busy_us: Number(busy_ns) / 1000, waited_us: Number(waited_ns) / 1000 };
  } catch {
    return null;
  }
}

/** Garbage collections of this thread. */
interface PauseWatch {
  /** The longest since the last call; microseconds, null where they cannot be seen. */
  takeLongest(): number | null;
  close(): void;
}

/** Deno 2.6 has no `GCProfiler`; what `PerformanceObserver` calls `gc` never reports anything in either version. */
function watchPauses(): PauseWatch {
  if (!("GCProfiler" in v8)) return { takeLongest: () => null, close() {} };
  let profiler = new v8.GCProfiler();
  profiler.start();
  return {
    takeLongest() {
      const collections = profiler.stop()?.statistics ?? [];
      profiler = new v8.GCProfiler();
      profiler.start();
      // Node documents microseconds; Deno gives nanoseconds.
      return Math.round(collections.reduce((longest, { cost }) => Math.max(longest, cost), 0) / 1000);
    },
    close: () => void profiler.stop(),
  };
}
