/** When a GPU ran at reduced clocks, from the clock event mask of its readings. */
import type { GpuSample } from "../../measure/resource.ts";
import type { Band } from "./chart.ts";

const REASONS = [
  { name: "power cap", color: "gpu", bits: [0x04] },
  { name: "slowed down", color: "fail", bits: [0x08, 0x20, 0x40, 0x80] },
];
/** A larger gap between readings ends a stretch. */
const MAX_GAP_MS = 5000;
const MAX_BANDS = 40;

// Masks have 64 bits; bitwise operators on numbers would drop the upper half.
const hasBit = (mask: number, bit: number) => Math.floor(mask / bit) % 2 === 1;

/** Stretches in which one GPU reports the reason, by reason. */
export function gpuBands(samples: readonly GpuSample[]): Band[] {
  return REASONS.flatMap(({ name, color, bits }) => {
    const bands: Band[] = [];
    samples.forEach(({ t_ms, clock_event_mask: mask }, i) => {
      if (mask === null || !bits.some((bit) => hasBit(mask, bit))) return;
      const next_ms = Math.min(samples[i + 1]?.t_ms ?? t_ms + 1000, t_ms + MAX_GAP_MS);
      const last = bands.at(-1);
      if (last !== undefined && last.to_s >= t_ms / 1000) last.to_s = next_ms / 1000;
      else bands.push({ name, color, from_s: t_ms / 1000, to_s: next_ms / 1000 });
    });
    return bands.slice(0, MAX_BANDS);
  });
}

/** Seconds in which the GPU's power was capped. */
export function cappedSeconds(samples: readonly GpuSample[]): number {
  return gpuBands(samples).filter(({ name }) => name === "power cap")
    .reduce((sum, { from_s, to_s }) => sum + to_s - from_s, 0);
}
