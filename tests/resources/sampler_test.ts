import assert from "node:assert/strict";
import type { ResourceNote, ResourceSample } from "../../lib/measure/resource.ts";
import type { HostSources } from "../../lib/resources/sources.ts";
import { type SamplerOptions, startSampler } from "../../lib/resources/sampler.ts";

const NOWHERE: HostSources = { readText: () => null, ownMemory_bytes: () => 5, ownCpu_us: () => 0 };

/** Samples until `count` readings came. */
async function collect(count: number, options: Partial<SamplerOptions>) {
  const samples: ResourceSample[] = [];
  const notes: ResourceNote[] = [];
  const enough = Promise.withResolvers<void>();
  const sampler = startSampler({
    cpu: true,
    memory: true,
    gpu: false,
    interval_ms: 20,
    now_ms: () => performance.now(),
    onSample: (sample) => {
      samples.push(sample);
      if (samples.length === count) enough.resolve();
    },
    onNote: (note) => notes.push(note),
    ...options,
  });
  await enough.promise;
  await sampler.stop();
  return { samples, notes };
}

Deno.test("startSampler() reads this machine", async () => {
  const { samples, notes } = await collect(2, {});
  assert.deepEqual(notes, []);
  const [first, second] = samples;
  assert.ok(first?.type === "host" && second?.type === "host");
  assert.ok(first.t_ms < second.t_ms);
  assert.ok(first.own_cpu_percent !== null && first.own_memory_bytes !== null);
  assert.ok(first.memory_used_bytes! > 0 && first.memory_used_bytes! <= first.memory_total_bytes!);
});

Deno.test("startSampler() notes once what a machine does not report, and goes on", async () => {
  const { samples, notes } = await collect(3, { hostSources: NOWHERE });
  assert.deepEqual(notes.map(({ kind }) => kind), ["host_cpu_unreadable", "host_memory_unreadable"]);
  assert.equal(samples.length, 3);
});

Deno.test("startSampler() keeps to its grid when the clock jumps", async () => {
  let now_ms = 0;
  const { samples } = await collect(3, { hostSources: NOWHERE, now_ms: () => now_ms += 15 });
  const times = samples.map(({ t_ms }) => t_ms);
  assert.equal(new Set(times.map((t_ms) => Math.floor(t_ms / 20))).size, 3);
});

Deno.test("startSampler() with everything off does nothing", async () => {
  const fail = () => assert.fail("nothing may come");
  const sampler = startSampler({
    cpu: false,
    memory: false,
    gpu: false,
    interval_ms: 1,
    now_ms: fail,
    onSample: fail,
    onNote: fail,
  });
  await sampler.stop();
});

Deno.test("startSampler() reads GPUs through the named program", async () => {
  const noted = Promise.withResolvers<ResourceNote>();
  const sampler = startSampler({
    cpu: false,
    memory: false,
    gpu: true,
    interval_ms: 1000,
    now_ms: () => 1,
    nvidiaSmiPath: "/no/such/program",
    onSample: () => assert.fail("no sample may come"),
    onNote: noted.resolve,
  });
  assert.equal((await noted.promise).kind, "gpu_absent");
  await sampler.stop();
});
