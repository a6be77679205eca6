import assert from "node:assert/strict";
import fc from "fast-check";
import { renderLive } from "../../../lib/ui/terminal/live.ts";
import { renderProgressLine } from "../../../lib/ui/terminal/progress_lines.ts";
import { type ColorDepth, lineWidth, paint } from "../../../lib/ui/terminal/style.ts";
import type { LiveView } from "../../../lib/ui/views/live_view.ts";
import { assertGolden } from "./golden.ts";
import {
  ALL_FAILED,
  anyString,
  HOSTILE,
  NOTHING_YET,
  row,
  rule,
  SIXTY_OPERATIONS,
  SPIKE_LIVE,
  STOPPING,
} from "./views.ts";

function drawn(view: LiveView, columns: number, rows: number, depth: ColorDepth = "none"): string[] {
  return renderLive(view, { columns, rows }).map((line) => paint(line, depth));
}

Deno.test("renderLive() at 80 and 120 columns", () => {
  assertGolden("live_80", drawn(SPIKE_LIVE, 80, 24));
  assertGolden("live_120", drawn(SPIKE_LIVE, 120, 40));
});

Deno.test("renderLive() in colour", () => {
  assertGolden("live_80_truecolor", drawn(SPIKE_LIVE, 80, 24, "truecolor"));
  assertGolden("live_80_256", drawn(SPIKE_LIVE, 80, 24, "256"));
  assertGolden("live_120_16", drawn(ALL_FAILED, 120, 24, "16"));
});

Deno.test("renderLive() before anything is measured", () => {
  assertGolden("live_nothing_80", drawn(NOTHING_YET, 80, 24));
  assertGolden("live_nothing_120", drawn(NOTHING_YET, 120, 24));
});

Deno.test("renderLive() when all calls fail", () => {
  assertGolden("live_all_failed_80", drawn(ALL_FAILED, 80, 24));
});

Deno.test("renderLive() while stopping", () => {
  assertGolden("live_stopping_120", drawn(STOPPING, 120, 24));
});

Deno.test("renderLive() cuts 60 operations but shows the one over its limit", () => {
  const view = { ...SPIKE_LIVE, operations: SIXTY_OPERATIONS };
  const lines = drawn(view, 80, 24);
  assertGolden("live_sixty_80", lines);
  assert.ok(lines.length <= 24);
  assert.ok(lines.some((line) => line.startsWith("grpc.method_42")));
  assert.ok(lines.includes("+47 more"));
});

Deno.test("renderLive() of an open load shows arrivals in place of users, what was dropped, and the good share", () => {
  const arrivals = { offered_per_s: 50.2, begun_per_s: 48, dropped: 12 };
  const lines = drawn({ ...SPIKE_LIVE, users: null, arrivals, good_share: 0.953 }, 120, 24);
  assertGolden("live_open_120", lines);
  assert.ok(!lines.some((line) => line.includes("users")));
  const calm = drawn({ ...SPIKE_LIVE, users: null, arrivals: { ...arrivals, dropped: 0 } }, 120, 24);
  assert.ok(!calm.some((line) => line.includes("dropped")));
});

Deno.test("renderLive() marks a percentile that lies beyond the deadline", () => {
  const [first, ...others] = SPIKE_LIVE.operations;
  assert.ok(first !== undefined);
  const view = { ...SPIKE_LIVE, operations: [{ ...first, violated: [], at_least: ["p99"], few: ["p50"] }, ...others] };
  assert.ok(drawn(view, 120, 24).some((line) => /llm\.chat_stream .* 2,580 +≥ 3,390/.test(line)));
});

Deno.test("renderLive() in a window of 60 columns and 9 rows", () => {
  assertGolden("live_small_60", drawn(SPIKE_LIVE, 60, 9));
});

Deno.test("renderLive() with hostile strings", () => {
  const { colour, title, cursor, direction, long, wide, marks, broken } = HOSTILE;
  const view: LiveView = {
    ...SPIKE_LIVE,
    scenario: colour,
    stage: title,
    operations: [cursor, direction, long, wide, marks, broken].map((name) => row(name, [1, 2, 3], [4, 5, 6, 7])),
    rules: [rule(long, "fail", title), rule(wide, "pass", cursor)],
    notes: [direction, cursor, long],
    gpu: { label: wide, utilization_percent: null, power_w: 100 },
  };
  assertGolden("live_hostile_80", drawn(view, 80, 30));
});

Deno.test("renderLive() and renderProgressLine() count calls that were cut off", () => {
  const view: LiveView = { ...SPIKE_LIVE, phase: "stopping", unfinished: 24 };
  assert.match(drawn(view, 120, 30).join("\n"), /418 in flight {3}24 unfinished/);
  assert.match(paint(renderProgressLine(view), "none"), / 24 unfinished/);
  assert.doesNotMatch(drawn(SPIKE_LIVE, 120, 30).join("\n"), /unfinished/);
});

Deno.test("renderLive() never leaves its space and never prints a control character", () => {
  const text = fc.oneof(anyString(), fc.constantFrom(...Object.values(HOSTILE)));
  const number = fc.oneof(fc.double(), fc.constantFrom(0, 1e15, Infinity, NaN));
  const maybe = fc.option(number);
  const view = fc.record<LiveView>({
    scenario: text,
    elapsed_ms: number,
    duration_ms: number,
    stage: text,
    phase: fc.constantFrom("running", "stopping"),
    users: number,
    arrivals: fc.option(fc.record({ offered_per_s: number, begun_per_s: number, dropped: number })),
    calls_per_s: number,
    good_share: maybe,
    in_flight: number,
    unfinished: number,
    gpu: fc.option(fc.record({ label: text, utilization_percent: maybe, power_w: maybe })),
    p95_history_us: fc.array(maybe),
    error_history: fc.array(maybe),
    slowest: fc.option(fc.record({ operation: text, p95_us: number, at_least: fc.boolean() })),
    error_rate: maybe,
    latency_columns: fc.constant(SPIKE_LIVE.latency_columns),
    operations: fc.array(fc.record({
      name: text,
      calls: number,
      rate_per_s: number,
      errors: number,
      error_rate: maybe,
      unfinished: number,
      latencies_us: fc.array(maybe, { maxLength: 5 }),
      violated: fc.subarray(["p50", "p99", "errors"]),
      at_least: fc.subarray(["p95", "p99"]),
      few: fc.subarray(["p50", "p99"]),
    })),
    rules: fc.array(fc.record({
      source: text,
      state: fc.constantFrom("pass", "fail", "warn", "unknown"),
      observed: text,
      range: text,
      where: text,
    })),
    notes: fc.array(text),
  });
  const space = fc.record({ columns: fc.integer({ min: 1, max: 200 }), rows: fc.integer({ min: 1, max: 60 }) });
  fc.assert(fc.property(view, space, (view, space) => {
    const lines = renderLive(view, space);
    assert.ok(lines.length >= 1 && lines.length <= space.rows);
    for (const line of lines) {
      assert.ok(lineWidth(line) <= space.columns);
      // deno-lint-ignore no-control-regex
      assert.doesNotMatch(paint(line, "none"), /[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/);
    }
  }));
});
