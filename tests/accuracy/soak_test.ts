import assert from "node:assert/strict";
import { soakChart } from "../../bench/soak/chart.ts";
import { judgeSoak, type Lateness } from "../../bench/soak/judge.ts";
import type { Sample } from "../../bench/soak/process.ts";

/** Ten minutes, a sample every five seconds. */
function soak(of: (t_s: number) => Partial<Sample & Lateness>): [Sample[], Lateness[]] {
  const all = Array.from({ length: 120 }, (_, at) => ({
    ...{ t_s: 5 * at, rss_bytes: 200e6, descriptors: 30, cpu_s: 0, p99_us: 400 },
    ...of(5 * at),
  }));
  return [all, all];
}

const holds = (...seen: [Sample[], Lateness[]]) => judgeSoak(...seen).map((one) => one.holds);

Deno.test("a soak passes where nothing grows after minute two, whatever was before", () => {
  const settled = soak((t_s) => t_s < 100 ? { rss_bytes: 100e6 + 1e6 * t_s, p99_us: 9000 } : {});
  assert.deepEqual(holds(...settled), [true, true, true]);
  // Garbage is collected now and then.
  assert.deepEqual(holds(...soak((t_s) => ({ rss_bytes: t_s % 20 === 0 ? 300e6 : 200e6 }))), [true, true, true]);
});

Deno.test("each condition of a soak is missed by itself", () => {
  assert.deepEqual(holds(...soak((t_s) => ({ rss_bytes: 200e6 + 40_000 * t_s }))), [false, true, true]);
  assert.deepEqual(holds(...soak((t_s) => ({ rss_bytes: 200e6 - 40_000 * t_s }))), [false, true, true]);
  assert.deepEqual(holds(...soak((t_s) => ({ descriptors: 30 + Math.floor(t_s / 60) }))), [true, false, true]);
  assert.deepEqual(holds(...soak((t_s) => ({ p99_us: 400 + t_s }))), [true, true, false]);
});

Deno.test("a soak that ends before minute two proves nothing", () => {
  const [samples, lateness] = soak(() => ({}));
  assert.deepEqual(holds(samples.slice(0, 20), lateness.slice(0, 20)), [null, null, null]);
});

Deno.test("the chart of a soak has a line for memory, descriptors and lateness", () => {
  const svg = soakChart("Ten minutes", ...soak(() => ({})));
  assert.match(svg, /^<svg/);
  for (const words of ["Ten minutes", "resident memory, MB", "open descriptors", "how late calls start"]) {
    assert.ok(svg.includes(words), words);
  }
});
