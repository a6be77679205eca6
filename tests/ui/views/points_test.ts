import assert from "node:assert/strict";
import fc from "fast-check";
import { MAX_POINTS, Points } from "../../../lib/ui/views/points.ts";

Deno.test("Points keeps at most so many points, in order, with every peak and every mean", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 6 * MAX_POINTS }), fc.nat(1000), (seconds, seed) => {
      const points = new Points();
      const time = (i: number) => (i * 7919 + seed) % 1009;
      for (let i = 0; i < seconds; i++) {
        points.add(i + 0.5, {
          P95: { unit: "duration_ms", value: time(i) },
          users: { unit: "count", value: 8 },
          ...(i > seconds / 2 && { late: { unit: "count", value: 1 } }),
        });
      }
      const { at_s, lines } = points.columns();
      assert.ok(at_s.length <= MAX_POINTS);
      assert.ok(at_s.every((at, i) => i === 0 || at > (at_s[i - 1] as number)));
      assert.ok((at_s[0] as number) >= 0.5 && (at_s.at(-1) as number) <= seconds - 0.5);
      for (const { values } of Object.values(lines)) assert.equal(values.length, at_s.length);
      const peak = Math.max(...Array.from({ length: seconds }, (_, i) => time(i)));
      assert.equal(Math.max(...(lines["P95"]?.values ?? []).map((value) => value ?? 0)), peak);
      assert.ok(lines["users"]?.values.every((value) => value === 8));
      assert.ok((lines["late"]?.values ?? []).every((value) => value === null || value === 1));
    }),
    { numRuns: 25 },
  );
});
