import assert from "node:assert/strict";
import { remedyFor, remedyOf, type Strain, strainOf } from "../../../lib/verdict/fit/remedy.ts";
import { task } from "../../plans.ts";
import { madeRun, okCalls, type Order } from "../made_run.ts";
import { withHost } from "./host_samples.ts";

const IDLE: Strain = {
  cores: 4,
  workers: 3,
  worker_busy: 0.03,
  host_percent: 8,
  own_percent: 3,
  steal_percent: 0,
  throttled_percent: 0,
  cpu_limit_cores: null,
  swapped_pages_per_s: 0,
  own_major_faults_per_s: 0,
  gc_pause_us: 2000,
  stopped: false,
};

const advice = (change: Partial<Strain>) => remedyFor({ ...IDLE, ...change });

Deno.test("remedyFor() advises more workers only where a worker was busy and a core is left", () => {
  assert.equal(
    advice({ worker_busy: 0.97, host_percent: 40 }),
    "give it more than 3 workers: the busiest worker used 97 % of a core",
  );
  assert.match(advice({ worker_busy: 0.97, workers: 4 }), /^use a machine with more than 4 cores, or spread the load/);
  assert.match(advice({ worker_busy: 0.97, host_percent: 99 }), /^use a machine with more than 4 cores/);
  for (const worker_busy of [0.03, 0.5, null]) {
    for (const host_percent of [8, 99, null]) {
      for (const stopped of [true, false]) {
        const text = advice({ worker_busy, host_percent, stopped });
        assert.ok(!text.includes("workers"), `${worker_busy} of a core, host ${host_percent} %: ${text}`);
      }
    }
  }
});

Deno.test("remedyFor() asks for a quieter machine only where others kept it busy", () => {
  assert.match(
    advice({ host_percent: 98, own_percent: 6 }),
    /^run it on a quieter machine: .+ of which june-load itself used 6 %/,
  );
  assert.match(
    advice({ host_percent: 98, own_percent: 90 }),
    /^use a machine with more cores: .+ june-load itself used 90 %/,
  );
});

Deno.test("remedyFor() names what takes the processor away before all that follows from it", () => {
  const all = {
    throttled_percent: 30,
    cpu_limit_cores: 1,
    steal_percent: 20,
    swapped_pages_per_s: 5000,
    own_major_faults_per_s: 40,
    stopped: true,
  };
  const busy = { host_percent: 100, worker_busy: 0.99 };
  assert.match(advice({ ...busy, ...all }), /^raise the CPU limit of this container: it may use 1 core and/);
  assert.match(advice({ ...busy, ...all, throttled_percent: 0 }), /^run it on another host/);
  assert.match(
    advice({ ...busy, ...all, throttled_percent: 0, steal_percent: null }),
    /^give this machine more memory/,
  );
});

Deno.test("remedyFor() asks for memory only where june-load itself may have waited for swap", () => {
  const others = { swapped_pages_per_s: 5000, host_percent: 99 };
  assert.match(advice(others), /^run it on a quieter machine/);
  assert.match(advice({ ...others, own_major_faults_per_s: 3 }), /^give this machine more memory/);
  assert.match(advice({ ...others, own_major_faults_per_s: null }), /^give this machine more memory/);
});

Deno.test("remedyFor() tells a stopped process from a machine without a core", () => {
  assert.match(advice({ stopped: true, host_percent: 97 }), /^do not stop or suspend june-load or its machine/);
  assert.match(advice({ host_percent: 97 }), /^run it on a quieter machine/);
  assert.equal(
    advice({ host_percent: null }),
    "run it on a machine with a core to spare: how busy this one was could not be read",
  );
});

Deno.test("remedyFor() knows long collections of garbage, and says no more than it knows", () => {
  assert.match(
    advice({ gc_pause_us: 180_000 }),
    /^give it more workers, so that each .+ garbage collection took up to 180 ms/,
  );
  assert.equal(advice({}), "run it on a machine with a core to spare");
  const nothing = { worker_busy: null, host_percent: null, own_percent: null, steal_percent: null, gc_pause_us: null };
  assert.match(advice({ ...nothing, throttled_percent: null, swapped_pages_per_s: null }), /could not be read$/);
});

Deno.test("strainOf() looks at the seconds in which june-load stood still, where there are any", () => {
  const order: Order = { plan: { tasks: [task("llm.chat")], workers: 3 }, calls: () => okCalls(20, 100_000) };
  const busy = (t_ms: number) => ({ cpu_percent: t_ms === 31_000 ? 100 : 10 });
  const stall = { start_ms: 30_200, length_ms: 300, workers: [0, 1, 2] };
  const quiet = withHost(madeRun(order), busy);
  assert.ok(strainOf(quiet).host_percent! < 12);
  const stalled = withHost(
    madeRun({ ...order, generator: (second) => second === 30 ? { stalls: [stall] } : {} }),
    busy,
  );
  assert.equal(strainOf(stalled).host_percent, 100);
  assert.match(remedyOf(stalled), /^run it on a quieter machine/);
});

Deno.test("strainOf() knows a stopped process by its threads, which did not wait for a processor", () => {
  const stoppedBy = (cpu_wait_us: number | null, cpu_percent: number | null) => {
    const stall = { start_ms: 30_000, length_ms: 900, workers: [0], starved: true };
    const generator: Order["generator"] = (second) => second === 30 ? { stalls: [stall], cpu_wait_us } : {};
    const order = { plan: { tasks: [task("llm.chat")] }, generator, open: true };
    const run = withHost(madeRun(order), () => ({ cpu_percent }));
    assert.equal(strainOf(run).stopped, false, "no event tells that all stood still");
    run.add({ type: "event", t_ms: 30_000, kind: "process_stalled", text: "", stalls: { count: 1, longest_ms: 900 } });
    return strainOf(run).stopped;
  };
  assert.deepEqual([stoppedBy(20_000, 100), stoppedBy(800_000, 100)], [true, false]);
  assert.deepEqual([stoppedBy(null, 20), stoppedBy(null, 100), stoppedBy(null, null)], [true, false, false]);
});
