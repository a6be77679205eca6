import assert from "node:assert/strict";
import { PoolClock } from "../../lib/pool/clock.ts";
import { GeneratorWatch } from "../../lib/pool/generator_watch.ts";

/** Works for `wait_ms` without giving the event loop a turn. */
function work(wait_ms: number): void {
  const end_ms = performance.now() + wait_ms;
  while (performance.now() < end_ms) JSON.parse("[1,2,3]");
}

function watched(body: (watch: GeneratorWatch, clock: PoolClock) => Promise<void> | void) {
  return async () => {
    const clock = new PoolClock(performance.now());
    const watch = new GeneratorWatch(clock);
    await body(watch, clock);
    watch.close();
    clock.close();
  };
}

Deno.test(
  "GeneratorWatch tells how late starts were, and forgets it",
  watched((watch, clock) => {
    watch.arrived(clock.now_us() - 5000);
    watch.userBegun(null);
    watch.userBegun(clock.now_us() - 300);
    watch.begun();
    const { due, begun, start_lag } = watch.take();
    assert.deepEqual([due, begun, start_lag.count, start_lag.min], [1, 3, 3, 0]);
    assert.ok(start_lag.max >= 5000);
    assert.deepEqual([watch.take().due, watch.take().start_lag.count], [0, 0]);
  }),
);

Deno.test(
  "GeneratorWatch sees a blocked event loop though nothing else is due",
  watched(async (watch, clock) => {
    work(250);
    await new Promise<void>((resolve) => void clock.at(clock.now_us(), resolve));
    assert.ok(watch.take().loop_lag_us >= 149_000);
  }),
);

Deno.test({
  name: "GeneratorWatch tells this thread's share of a core",
  ignore: Deno.build.os !== "linux",
  fn: watched(async (watch, clock) => {
    const idle = new Promise<void>((resolve) => void clock.at(clock.now_us() + 250_000, resolve));
    assert.equal(watch.take().busiest_pool, null);
    await idle;
    const rest = watch.take().busiest_pool as number;
    work(300);
    const { busiest_pool, cpu_wait_us } = watch.take();
    const busy = busiest_pool as number;
    assert.ok(rest >= 0 && rest < busy && busy <= 1.02, `${rest} at rest, ${busy} at work`);
    // Work of 300 ms that takes longer waited for its processor meanwhile.
    assert.ok(cpu_wait_us !== null && cpu_wait_us! >= 0 && cpu_wait_us! < 300_000, `${cpu_wait_us} us waited`);
  }),
});

Deno.test(
  "GeneratorWatch sees garbage collections, or says that it cannot",
  watched((watch) => {
    let kept: unknown[] = [];
    for (let i = 0; i < 2e6; i++) {
      kept.push({ i });
      if (i % 1e5 === 0) kept = [];
    }
    const { gc_pause_us } = watch.take();
    // A collection of so little lasts more than 10 us and less than the loop.
    if (gc_pause_us !== null) assert.ok(gc_pause_us > 10 && gc_pause_us < 10_000_000, `${gc_pause_us} us`);
    else assert.ok(Deno.version.deno.startsWith("2.6."));
  }),
);

Deno.test(
  "GeneratorWatch tells how far the wall clock was set",
  watched((watch) => {
    const real = Date.now;
    try {
      Date.now = () => real() + 5000;
      assert.ok(Math.abs(watch.take().clock_step_ms - 5000) < 500);
    } finally {
      Date.now = real;
    }
    assert.ok(Math.abs(watch.take().clock_step_ms + 5000) < 500);
  }),
);
