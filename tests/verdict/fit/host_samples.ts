/** Made-up readings of a machine with nothing else to do. */
import type { HostSample } from "../../../lib/measure/resource.ts";
import type { Run } from "../../../lib/result/run.ts";

/** One reading; `change` says what was different. */
export function hostSample(t_ms: number, change: Partial<HostSample> = {}): HostSample {
  return {
    type: "host",
    t_ms,
    cpu_percent: 12,
    memory_used_bytes: 2 ** 30,
    memory_total_bytes: 2 ** 33,
    own_memory_bytes: 2 ** 27,
    own_cpu_percent: 24,
    steal_percent: 0,
    cpu_limit_cores: null,
    throttled_percent: 0,
    swapped_pages_per_s: 0,
    own_major_faults_per_s: 0,
    ...change,
  };
}

/** Adds a reading a second to a run. */
export function withHost(run: Run, change: (t_ms: number) => Partial<HostSample> = () => ({}), until_ms = 60_000): Run {
  for (let t_ms = 1000; t_ms <= until_ms; t_ms += 1000) run.add(hostSample(t_ms, change(t_ms)));
  return run;
}
