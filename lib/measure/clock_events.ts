/** Why a GPU ran at reduced clocks, from the mask of clock event reasons. Source: nvml.h, nvmlClocksEventReason*. */

/** Reasons that matter to who measures; a GPU without work, or with clocks that its user set, is not slowed down. */
export type SlowReason = "power_capped" | "heat_slowed" | "hardware_slowed";

const POWER_CAP = 0x04;
const HARDWARE = 0x08;
const HEAT = [0x20, 0x40] as const;
const POWER_BRAKE = 0x80;

// Masks have 64 bits; bitwise operators on numbers would drop the upper half.
const hasBit = (mask: number, bit: number) => Math.floor(mask / bit) % 2 === 1;

const HOLDS: Readonly<Record<SlowReason, (mask: number) => boolean>> = {
  power_capped: (mask) => hasBit(mask, POWER_CAP),
  heat_slowed: (mask) => HEAT.some((bit) => hasBit(mask, bit)),
  // The general bit comes with the one that says why; alone it is all that is known.
  hardware_slowed: (mask) =>
    hasBit(mask, POWER_BRAKE) || (hasBit(mask, HARDWARE) && !HEAT.some((bit) => hasBit(mask, bit))),
};

/** All of them. */
export const SLOW_REASONS = Object.keys(HOLDS) as SlowReason[];

/**
 * Whether a mask names a reason; null where it was not read.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.deepEqual([4, 0x28, 0x08, 0, null].map((mask) => isSlowed(mask, "power_capped")), [true, false, false, false, null]);
 * assert.deepEqual([0x28, 0x08].map((mask) => isSlowed(mask, "hardware_slowed")), [false, true]);
 * ```
 */
export function isSlowed(mask: number | null, reason: SlowReason): boolean | null {
  return mask === null ? null : HOLDS[reason](mask);
}
