import assert from "node:assert/strict";
import fc from "fast-check";
import { clockEvents, energyOf, integratePower } from "../../lib/resources/gpu_events.ts";

const names = (mask: number | null) => clockEvents(mask).map(({ name }) => name);
const readings = (points: Array<[t_s: number, power_w: number | null]>) =>
  points.map(([t_s, power_w]) => ({ t_ms: t_s * 1000, power_w }));
const near = (actual: number | null, expected: number, tolerance = 1e-9) =>
  assert.ok(actual !== null && Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected}`);

Deno.test("clockEvents() names the bits of a mask", () => {
  assert.deepEqual(names(0), []);
  assert.deepEqual(names(null), []);
  assert.deepEqual(names(0x24), ["sw_power_cap", "sw_thermal_slowdown"]);
  assert.deepEqual(names(0x48), ["hw_slowdown", "hw_thermal_slowdown"]);
  assert.equal(clockEvents(0x1ff).length, 9);
  assert.deepEqual(clockEvents(0x1ff).filter(({ warn }) => warn).map(({ name }) => name), [
    "hw_slowdown",
    "sw_thermal_slowdown",
    "hw_thermal_slowdown",
    "hw_power_brake_slowdown",
  ]);
});

Deno.test("clockEvents() keeps unknown bits in hex, beyond 32 bits too", () => {
  assert.deepEqual(names(0x204), ["sw_power_cap", "unknown_0x200"]);
  assert.deepEqual(names(2 ** 40 + 1), ["gpu_idle", "unknown_0x10000000000"]);
});

Deno.test("integratePower() gives the check value", () => {
  const points = readings([[53.353, 69.85], [54.353, 412.30], [55.354, 631.95], [56.353, 640.12], [57.354, 638.77]]);
  const use = integratePower(points, { start_ms: 53353, end_ms: 57354 }, 1000);
  near(use.energy_j, 2039.2055, 0.00005);
  near(use.integrated_ms, 4001, 1e-6);
  near(use.mean_w, 509.674, 0.0005);
  near(use.coverage, 1);
});

Deno.test("integratePower() interpolates at the window's borders", () => {
  const ramp = readings([[0, 0], [1, 100], [2, 200]]);
  const use = integratePower(ramp, { start_ms: 500, end_ms: 1500 }, 1000);
  near(use.energy_j, 100);
  near(use.mean_w, 100);
  near(integratePower(ramp, { start_ms: 250, end_ms: 500 }, 1000).energy_j, 37.5 * 0.25);
});

Deno.test("integratePower() leaves out gaps and missing readings, and lowers the coverage", () => {
  const points = readings([[0, 100], [1, 100], [2, null], [3, 100], [4, 100], [7.001, 100], [8, 100], [11, 100]]);
  const use = integratePower(points, { start_ms: 0, end_ms: 11000 }, 1000);
  near(use.integrated_ms, 1000 + 1000 + 999 + 3000, 1e-6);
  near(use.coverage, 5999 / 11000);
  near(use.mean_w, 100);
});

Deno.test("integratePower() of no readings has no mean", () => {
  const use = integratePower([], { start_ms: 0, end_ms: 1000 }, 1000);
  assert.deepEqual(use, { energy_j: 0, integrated_ms: 0, coverage: 0, mean_w: null });
  assert.equal(integratePower([], { start_ms: 5, end_ms: 5 }, 1000).coverage, 0);
});

Deno.test("integratePower() of two neighbouring windows adds up to the whole", () => {
  const power = fc.array(fc.tuple(fc.integer({ min: 1, max: 2500 }), fc.integer({ min: 0, max: 700 })), {
    minLength: 2,
  });
  fc.assert(fc.property(power, fc.double({ min: 0, max: 1, noNaN: true }), (steps, share) => {
    let t_ms = 0;
    const points = steps.map(([gap_ms, power_w]) => ({ t_ms: t_ms += gap_ms, power_w }));
    const [start_ms, end_ms] = [points[0]!.t_ms, t_ms];
    const middle_ms = start_ms + share * (end_ms - start_ms);
    const whole = integratePower(points, { start_ms, end_ms }, 1000).energy_j;
    const parts = integratePower(points, { start_ms, end_ms: middle_ms }, 1000).energy_j +
      integratePower(points, { start_ms: middle_ms, end_ms }, 1000).energy_j;
    near(parts, whole, 1e-6 * (1 + whole));
  }));
});

Deno.test("energyOf() tells energy only of windows of 10 s and more with 95 % coverage", () => {
  const use = { energy_j: 500, integrated_ms: 9500, coverage: 0.95, mean_w: 50 };
  assert.equal(energyOf(use, { start_ms: 0, end_ms: 10_000 }), 500);
  assert.equal(energyOf(use, { start_ms: 0, end_ms: 9999 }), null);
  assert.equal(energyOf({ ...use, coverage: 0.9499 }, { start_ms: 0, end_ms: 10_000 }), null);
});
