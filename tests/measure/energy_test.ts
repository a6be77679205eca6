import assert from "node:assert/strict";
import fc from "fast-check";
import { energyOver, type PowerReading } from "../../lib/measure/energy.ts";

const MINUTE = [{ start_ms: 0, end_ms: 60_000 }];
const every = (ms: number, power: (t_ms: number) => number | null, to_ms = 60_000): PowerReading[] =>
  Array.from({ length: to_ms / ms + 1 }, (_, at) => ({ t_ms: at * ms, power_w: power(at * ms) }));

Deno.test("energyOver() of a constant 300 W for 60 s is 18,000 J within 1 %, wherever the readings fall", () => {
  for (const offset of [0, 200, 700, 1400]) {
    const readings = every(1000, () => 300).map(({ t_ms, power_w }) => ({ t_ms: t_ms + offset, power_w }));
    const { energy_j, why } = energyOver(readings, MINUTE);
    assert.equal(why, null);
    assert.ok(Math.abs(energy_j! - 18_000) < 180, `${energy_j}`);
  }
});

Deno.test("energyOver() integrates the example of the notes on nvidia-smi", () => {
  const seconds = [53.353, 54.353, 55.354, 56.353, 57.354];
  const powers = [69.85, 412.30, 631.95, 640.12, 638.77];
  const readings = seconds.map((s, at) => ({ t_ms: s * 1000, power_w: powers[at]! }));
  // Repeated, since four seconds are too short to be told.
  const all = [0, 1, 2].flatMap((n) => readings.map(({ t_ms, power_w }) => ({ t_ms: t_ms + n * 4001, power_w })));
  const stretches = [{ start_ms: 53_353, end_ms: 53_353 + 3 * 4001 }];
  const { energy_j } = energyOver(all.filter(({ t_ms }, at) => at === 0 || t_ms > all[at - 1]!.t_ms), stretches);
  const joint = 2 * (638.77 - 69.85) / 2;
  assert.ok(energy_j! > 3 * 2039.2 && energy_j! < 3 * 2039.3 + joint, `${energy_j}`);
});

Deno.test("energyOver() of a counter is exact, also over gaps and between its readings", () => {
  const readings = [0, 1000, 2000, 30_000, 60_000].map((t_ms) => ({
    t_ms,
    power_w: null,
    energy_j: 5000 + 0.3 * t_ms,
  }));
  assert.deepEqual(energyOver(readings, MINUTE), { energy_j: 18_000, coverage: 1, method: "counter", why: null });
  const part = energyOver(readings, [{ start_ms: 10_000, end_ms: 12_000 }]);
  assert.ok(Math.abs(part.energy_j! - 600) < 1e-9, "two seconds are long enough for a counter");
});

Deno.test("energyOver() leaves a counter that began anew, and integrates power", () => {
  const readings = every(1000, () => 300).map((one) => ({
    ...one,
    energy_j: one.t_ms < 30_000 ? 9e6 + one.t_ms : one.t_ms,
  }));
  const { energy_j, method } = energyOver(readings, MINUTE);
  assert.deepEqual([Math.round(energy_j!), method], [18_000, "power"]);
});

Deno.test("energyOver() bridges no gap, and says nothing where too much is missing", () => {
  const gap = (length_ms: number) =>
    every(1000, () => 300).filter(({ t_ms }) => t_ms <= 20_000 || t_ms >= 20_000 + length_ms);
  assert.deepEqual(energyOver(gap(10_000), MINUTE), {
    ...{ energy_j: null, method: "power", why: "too little read" },
    coverage: 50 / 60,
  });
  // 1.5 kW drawn unseen must not be told as 300 W, nor a missing value as 0.
  const missing = every(1000, (t_ms) => t_ms > 20_000 && t_ms < 30_000 ? null : 300);
  assert.equal(energyOver(missing, MINUTE).energy_j, null);
  const one = every(1000, (t_ms) => t_ms === 20_000 ? null : 300);
  assert.ok(Math.abs(energyOver(one, MINUTE).energy_j! - 18_000) < 1e-6);
});

Deno.test("energyOver() says nothing of stretches that are too short for the sensor", () => {
  const readings = every(100, () => 300);
  assert.equal(energyOver(readings, [{ start_ms: 5000, end_ms: 14_999 }]).why, "too short");
  assert.equal(Math.round(energyOver(readings, [{ start_ms: 5000, end_ms: 15_000 }]).energy_j!), 3000);
  assert.equal(energyOver([], MINUTE).why, "too little read");
  assert.equal(energyOver(readings, []).why, "too short");
});

Deno.test("energyOver() of parts sums to the whole, and lies between the least and the most power", () => {
  const power = fc.double({ min: 0, max: 1000, noNaN: true });
  fc.assert(
    fc.property(fc.array(power, { minLength: 61, maxLength: 61 }), fc.integer({ min: 10, max: 50 }), (powers, cut) => {
      const readings = powers.map((power_w, s) => ({ t_ms: s * 1000, power_w }));
      const of = (start_s: number, end_s: number) =>
        energyOver(readings, [{ start_ms: start_s * 1000, end_ms: end_s * 1000 }]).energy_j!;
      const whole = of(0, 60);
      assert.ok(Math.abs(of(0, cut) + of(cut, 60) - whole) <= 1e-6 * Math.max(1, whole));
      assert.ok(whole >= 60 * Math.min(...powers) - 1e-6 && whole <= 60 * Math.max(...powers) + 1e-6);
    }),
  );
});

Deno.test("energyOver() takes the nearest reading at the ends, but not further than a gap", () => {
  const from = (start_ms: number) => every(1000, () => 300).filter(({ t_ms }) => t_ms >= start_ms && t_ms <= 59_000);
  assert.equal(energyOver(from(2000), [{ start_ms: 0, end_ms: 60_000 }]).coverage, 1);
  assert.equal(energyOver(from(6000), [{ start_ms: 0, end_ms: 60_000 }]).coverage, 57 / 60);
  assert.equal(energyOver(from(8000), [{ start_ms: 0, end_ms: 60_000 }]).energy_j, null);
  const counter = from(1000).map(({ t_ms }) => ({ t_ms, power_w: null, energy_j: t_ms / 10 }));
  assert.deepEqual(energyOver(counter, MINUTE).coverage, 1);
  assert.ok(Math.abs(energyOver(counter, MINUTE).energy_j! - 6000) < 1e-6);
});
