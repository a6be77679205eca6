import assert from "node:assert/strict";
import { createPace, renderProgressLine } from "../../../lib/ui/terminal/progress_lines.ts";
import { paint } from "../../../lib/ui/terminal/style.ts";
import { assertGolden } from "./golden.ts";
import { ALL_FAILED, NOTHING_YET, rule, SPIKE_LIVE, STOPPING } from "./views.ts";

Deno.test("renderProgressLine() says in one line how the run stands", () => {
  const manyBroken = {
    ...ALL_FAILED,
    rules: [1, 2, 3, 4].map((i) => rule(`p9${i}(response_time) < 1s`, "fail", "2 s")),
  };
  const views = [NOTHING_YET, SPIKE_LIVE, ALL_FAILED, manyBroken, STOPPING];
  assertGolden("progress_lines", views.map((view) => paint(renderProgressLine(view), "none")));
});

/** Elapsed seconds at which a line is written, out of one view every second (`late_ms` after it). */
function linesAt(last_s: number, late_ms = 0, stageOf = (_s: number) => "hold"): number[] {
  const isDue = createPace();
  const due: number[] = [];
  for (let s = 0; s <= last_s; s++) {
    if (isDue({ ...SPIKE_LIVE, elapsed_ms: s * 1000 + late_ms, stage: stageOf(s) })) due.push(s);
  }
  return due;
}

Deno.test("createPace() writes every 5 s, then less often the longer the run goes", () => {
  assert.deepEqual(linesAt(30), [5, 10, 15, 20, 25, 30]);
  const times = linesAt(4000);
  const gapsFrom = (from_s: number, to_s: number) => {
    const inside = times.filter((s) => s >= from_s && s <= to_s);
    return new Set(inside.slice(1).map((s, i) => s - inside[i]!));
  };
  assert.deepEqual(gapsFrom(0, 60), new Set([5]));
  assert.deepEqual(gapsFrom(60, 600), new Set([10]));
  assert.deepEqual(gapsFrom(600, 3600), new Set([30]));
  assert.deepEqual(gapsFrom(3600, 4000), new Set([60]));
});

Deno.test("createPace() keeps its grid when views come late", () => {
  assert.deepEqual(linesAt(20, 300), [5, 10, 15, 20]);
});

Deno.test("createPace() writes at once when the stage changes", () => {
  assert.deepEqual(linesAt(20, 0, (s) => s < 12 ? "ramp" : "hold"), [5, 10, 12, 15, 20]);
});

Deno.test("createPace() writes when a run stops that has not written before", () => {
  const isDue = createPace();
  assert.equal(isDue({ ...SPIKE_LIVE, elapsed_ms: 1000 }), false);
  assert.equal(isDue({ ...STOPPING, elapsed_ms: 2000 }), true);
});
