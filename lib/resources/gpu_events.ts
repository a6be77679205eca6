/** What a GPU's clock event mask says, and energy from power readings. Pure. */
import type { GpuSample } from "../measure/resource.ts";

/** One bit of `clocks_event_reasons.active`. */
export interface ClockEvent {
  /** nvidia-smi's name, or `unknown_0x...` for a bit this version does not know. */
  name: string;
  /** Plain words; empty where it needs none. */
  text: string;
  /** The GPU ran slower than it could for a reason that should not be there. */
  warn: boolean;
}

const CLOCK_EVENTS: ReadonlyArray<readonly [bit: number, event: ClockEvent]> = [
  [0x001, { name: "gpu_idle", text: "", warn: false }],
  [0x002, { name: "applications_clocks_setting", text: "clocks fixed by the user", warn: false }],
  [0x004, { name: "sw_power_cap", text: "power limit reached", warn: false }],
  [0x008, { name: "hw_slowdown", text: "slowed down by the hardware", warn: true }],
  [0x010, { name: "sync_boost", text: "clocks tied to another GPU", warn: false }],
  [0x020, { name: "sw_thermal_slowdown", text: "slowed down by the driver because it is hot", warn: true }],
  [0x040, { name: "hw_thermal_slowdown", text: "slowed down by the hardware because it is hot", warn: true }],
  [0x080, { name: "hw_power_brake_slowdown", text: "slowed down by the power supply", warn: true }],
  [0x100, { name: "display_clock_setting", text: "clocks tied to the display", warn: false }],
];

/** The events of a mask, lowest bit first. A null mask has none. */
export function clockEvents(mask: number | null): ClockEvent[] {
  if (mask === null) return [];
  const events: ClockEvent[] = [];
  // Bitwise operators on numbers end at 32 bits; masks have 64.
  const bits = BigInt(mask);
  let unknown = bits;
  for (const [bit, event] of CLOCK_EVENTS) {
    if ((bits & BigInt(bit)) === 0n) continue;
    events.push(event);
    unknown &= ~BigInt(bit);
  }
  if (unknown !== 0n) events.push({ name: `unknown_0x${unknown.toString(16)}`, text: "", warn: false });
  return events;
}

/** A power reading; null where it was missing. */
export type PowerReading = Pick<GpuSample, "t_ms" | "power_w">;

/** Power of one GPU over a window. */
export interface PowerUse {
  energy_j: number;
  /** Part of the window between usable readings. */
  integrated_ms: number;
  /** `integrated_ms` / length of the window, 0 to 1. */
  coverage: number;
  /** Energy / integrated time; null when nothing could be integrated. */
  mean_w: number | null;
}

/**
 * Energy by the trapezoid rule: the sum over neighbouring readings of (P[i] + P[i+1]) / 2 * (t[i+1] - t[i]), with the
 * ends interpolated linearly to the window's borders. A span across a missing reading, or longer than three intervals,
 * is left out and lowers the coverage.
 *
 * @param readings of one GPU, by rising time; may reach beyond the window.
 * @param interval_ms time between readings as asked for.
 */
export function integratePower(
  readings: readonly PowerReading[],
  window: { start_ms: number; end_ms: number },
  interval_ms: number,
): PowerUse {
  let energy_j = 0;
  let integrated_ms = 0;
  readings.forEach((next, i) => {
    const last = readings[i - 1];
    if (last === undefined || last.power_w === null || next.power_w === null) return;
    const span_ms = next.t_ms - last.t_ms;
    const from_ms = Math.max(last.t_ms, window.start_ms);
    const to_ms = Math.min(next.t_ms, window.end_ms);
    if (span_ms <= 0 || span_ms > 3 * interval_ms || to_ms <= from_ms) return;
    const slope = (next.power_w - last.power_w) / span_ms;
    const middle_w = last.power_w + slope * ((from_ms + to_ms) / 2 - last.t_ms);
    energy_j += middle_w * (to_ms - from_ms) / 1000;
    integrated_ms += to_ms - from_ms;
  });
  const length_ms = window.end_ms - window.start_ms;
  return {
    energy_j,
    integrated_ms,
    coverage: length_ms > 0 ? integrated_ms / length_ms : 0,
    mean_w: integrated_ms > 0 ? energy_j / (integrated_ms / 1000) : null,
  };
}

/** The power reading is an average over the last second, so that shorter windows would be wrong. */
const ENERGY_WINDOW_MIN_MS = 10_000;
const ENERGY_COVERAGE_MIN = 0.95;

/** Energy of a window in joules, or null where it may not be told: window under 10 s, or under 95 % covered. */
export function energyOf(use: PowerUse, window: { start_ms: number; end_ms: number }): number | null {
  const longEnough = window.end_ms - window.start_ms >= ENERGY_WINDOW_MIN_MS;
  return longEnough && use.coverage >= ENERGY_COVERAGE_MIN ? use.energy_j : null;
}
