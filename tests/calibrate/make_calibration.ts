/** A made-up calibration for tests; nothing was measured. */
import type { Calibration, Conditions } from "../../lib/result/calibration.ts";

/** What a quiet host may add. */
export function makeConditions(change: Partial<Conditions> = {}): Conditions {
  return {
    start: { count: 300, p50_us: 110, p99_us: 420, max_us: 900 },
    pacing: { count: 750, p50_us: 60, p99_us: 380, max_us: 1200 },
    answer: { count: 300, p50_us: 190, p99_us: 610 },
    first_message: { count: 30, p50_us: 240, p99_us: 700 },
    gap: { count: 720, p50_us: -10, p99_us: 85 },
    call_cpu: { alone_us: 180, together_us: 60 },
    calls: { held_per_s: 4000, late_per_s: 8000 },
    frames: { held_per_s: 10_000, late_per_s: 20_000 },
    chunks: { held_per_s: 8000, late_per_s: null },
    ...change,
  };
}

/** A whole one of the host `bench-1`. */
export function makeCalibration(change: Partial<Calibration> = {}): Calibration {
  return {
    format: 1,
    tool: "june-load 0.1.0",
    deno: "2.9.6",
    measured_at: "2026-11-21T14:00:00.000Z",
    host: {
      name: "bench-1",
      os: "linux x86_64",
      kernel: "6.8.0-45-generic",
      cpu_model: "AMD EPYC 7B13",
      cpus: 8,
      governor: "performance",
    },
    others_percent: 1,
    idle: makeConditions(),
    busy: makeConditions({
      start: { count: 300, p50_us: 180, p99_us: 3100, max_us: 6900 },
      calls: { held_per_s: 0, late_per_s: 500 },
      frames: { held_per_s: 5000, late_per_s: 10_000 },
      call_cpu: { alone_us: 190, together_us: null },
    }),
    ...change,
  };
}
