import assert from "node:assert/strict";
import { noGenerator } from "../../lib/measure/generator.ts";
import type { HostSample } from "../../lib/measure/resource.ts";
import type { IntervalRecord } from "../../lib/result/record.ts";
import { Run } from "../../lib/result/run.ts";
import { holdStage } from "../plans.ts";
import { makeHeader, makeInterval, makePlan, noise } from "./make_run.ts";

const PLAN = makePlan({ duration_ms: 7_200_000, stages: [holdStage(7_200_000)] });

/** Some different seconds, which repeat: what a run keeps of them must not grow. */
const SECONDS = Array.from({ length: 60 }, (_, index): IntervalRecord => ({
  ...makeInterval(PLAN, index, noise(index + 1)),
  generator: {
    ...noGenerator(),
    due: 20 + index % 3,
    begun: 20,
    loop_lag_us: 900 + index,
    busiest_pool: 0.1 + index / 1e3,
  },
}));

/** As the samplers make it: thirty numbers, cores and threads. */
function reading(t_ms: number, random: () => number): HostSample {
  const threads = ["worker-1", "main", "tokio"].map((name) => ({ name, threads: 1, cpu_percent: 30 * random() }));
  return {
    type: "host",
    t_ms,
    cpu_percent: 100 * random(),
    memory_used_bytes: 4096 * Math.floor(1e6 * random()),
    memory_total_bytes: 2 ** 34,
    own_memory_bytes: 4096 * Math.floor(5e4 * random()),
    own_cpu_percent: 50 * random(),
    steal_percent: 0,
    cpu_limit_cores: null,
    throttled_percent: 0,
    swapped_pages_per_s: 0,
    own_major_faults_per_s: 0,
    core_percent: [100 * random(), 100 * random()],
    load_1m: Math.round(100 * random()) / 100,
    swap_used_bytes: 0,
    network_received_bytes_per_s: 1e6 * random(),
    network_sent_bytes_per_s: 1e6 * random(),
    disk_read_bytes_per_s: 0,
    disk_written_bytes_per_s: 1e6 * random(),
    disk_busy_percent: random(),
    tcp_retransmits_per_s: 0,
    sockets: 20,
    sockets_time_wait: Math.floor(10 * random()),
    descriptors: 2000,
    own_descriptors: 40,
    temperature_c: null,
    cpu_energy_j: null,
    own_threads: threads.sort((a, b) => b.cpu_percent - a.cpu_percent),
  };
}

/** What a run keeps at the end of each of some minutes; bytes. */
function keptAt(minutes: readonly number[]): number[] {
  const run = new Run(makeHeader(PLAN));
  const random = noise(3);
  const kept: number[] = [];
  for (let second = 0; second < 60 * Math.max(...minutes); second++) {
    run.add({ ...SECONDS[second % SECONDS.length] as IntervalRecord, index: second });
    run.add(reading(1000 * second, random));
    if (minutes.includes((second + 1) / 60)) kept.push(run.bytes);
  }
  return kept;
}

/** What eighteen minutes may add: 800 bytes a second, of which a list of objects for readings alone took more. */
const GROWTH = 18 * 60 * 800;

Deno.test("what a run keeps grows by less than a megabyte from minute two to minute twenty, and hardly after that", () => {
  const [two, twenty, later] = keptAt([2, 20, 45]) as [number, number, number];
  assert.ok(two > 100_000, `${two} bytes: something is not counted`);
  assert.ok(twenty - two < GROWTH, `${two} bytes after two minutes, ${twenty} after twenty`);
  assert.ok(later - twenty < GROWTH / 2, `${twenty} bytes after twenty minutes, ${later} after forty-five`);
});
