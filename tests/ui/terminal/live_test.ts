import assert from "node:assert/strict";
import fc from "fast-check";
import type { Shown } from "../../../lib/ui/terminal/key_line.ts";
import { OVERVIEW, renderLive } from "../../../lib/ui/terminal/live.ts";
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

/** The body, then the keys, without the blank rows between them. */
function drawn(
  view: LiveView,
  columns: number,
  rows: number,
  depth: ColorDepth = "none",
  shown: Partial<Shown> = {},
): string[] {
  const { body, keys } = renderLive(view, { columns, rows }, { ...OVERVIEW, ...shown });
  return [...body, ...keys].map((line) => paint(line, depth));
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
  assert.ok(lines.some((line) => /^\+\d+ more$/.test(line)));
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

Deno.test("renderLive() in a window of 40 columns keeps limits and P95 in sight", () => {
  const lines = drawn(SPIKE_LIVE, 40, 24);
  assertGolden("live_40", lines);
  assert.ok(lines.some((line) => /…[^…]*llm\.\*\) < 2s {2,}2\.61 s$/.test(line)), lines.join("\n"));
  assert.ok(lines.some((line) => /^llm\.chat_stream .* 2,580$/.test(line)));
});

Deno.test("renderLive() with details shows all columns, failures and further figures", () => {
  const lines = drawn(SPIKE_LIVE, 80, 24, "none", { details: true });
  assertGolden("live_details_80", lines);
  assertGolden("live_details_40", drawn(SPIKE_LIVE, 40, 24, "none", { details: true }));
  assert.match(lines.join("\n"), /errors {3}31 {2}DEADLINE_EXCEEDED/);
  assert.match(lines.join("\n"), /first token P50 184 ms/);
});

Deno.test("renderLive() answers a key in the place of the keys, and helps in full", () => {
  const keys = (shown: Partial<Shown>, columns = 80, view = SPIKE_LIVE) =>
    renderLive(view, { columns, rows: 24 }, { ...OVERVIEW, ...shown }).keys.map((line) => paint(line, "none"));
  assert.deepEqual(keys({}), ["+ - users   p pause   s stop   d details   ? keys"]);
  assert.deepEqual(keys({}, 40), ["s stop   d details   ? keys"]);
  assert.deepEqual(keys({ keys: false }), ["ctrl-c stop"]);
  assert.deepEqual(keys({ message: "Cannot raise: the load has ended" }), ["Cannot raise: the load has ended"]);
  assert.deepEqual(keys({ details: true }, 80, { ...SPIKE_LIVE, paused: true }), [
    "+ - users   p resume   s stop   d back   ? keys",
  ]);
  assert.deepEqual(keys({}, 80, STOPPING), ["waiting for 418 calls in flight   q end at once   d details   ? keys"]);
  for (const columns of [40, 80, 120]) {
    const help = keys({ help: true }, columns);
    assert.ok(help.every((line) => line.length <= columns));
    for (const key of ["s stop", "p pause", "\\+ - a tenth more", "d details", "q as Ctrl-C", "\\? close"]) {
      assert.match(help.join("   "), new RegExp(key));
    }
  }
});

Deno.test("renderLive() says that the run is paused", () => {
  assert.match(drawn({ ...SPIKE_LIVE, paused: true }, 80, 24)[0] ?? "", / paused$/);
});

Deno.test("renderLive() moves nothing when figures and states change", () => {
  const later: LiveView = {
    ...SPIKE_LIVE,
    elapsed_ms: 251_000,
    stage: "after",
    calls_per_s: 9.99,
    error_rate: 0.1234,
    slowest: { operation: "stt.recognize_stream", p95_us: 12_345_000, at_least: true },
    operations: SPIKE_LIVE.operations.map((one) => ({
      ...one,
      calls: 9 * one.calls,
      rate_per_s: 1234,
      errors: 99_999,
      latencies_us: one.latencies_us.map((us) => us === null ? null : us * 3),
      violated: [],
    })),
    rules: SPIKE_LIVE.rules.map(({ source }, i) => rule(source, i === 0 ? "pass" : "fail", "999 ms", 9)),
    news: [...SPIKE_LIVE.news, { t_ms: 250_000, tone: "warn", text: "one more" }],
  };
  /** Where the parts stand, by row and column: names of figures, rules, titles, operations. */
  const parts = [/^rate/, /^p95 /, /^errors /, /^GPU/, /p95\(response_time, llm/, /error_rate/, /(?<= )p99/]
    .concat([/^llm\.chat_stream(?= +[\d,]+ )/, /^tts\.synthesize /]);
  const places = (view: LiveView, columns: number, rows: number) =>
    drawn(view, columns, rows).slice(0, -1).flatMap((line, row) =>
      parts.flatMap((part) => line.search(part) < 0 ? [] : [`${part} at row ${row}, column ${line.search(part)}`])
    );
  for (const [columns, rows] of [[80, 24], [120, 40]] as const) {
    assert.deepEqual(places(later, columns, rows), places(SPIKE_LIVE, columns, rows), `${columns} x ${rows}`);
  }
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
    news: [direction, cursor, long].map((text) => ({ t_ms: 1000, tone: "warn", text })),
    failures: [{ count: 1, type: colour, operation: wide, first_ms: 0, last_ms: 1, example: title }],
    details: [{ name: marks, text: `${cursor} · ${long}` }],
    gpu: { label: wide, utilization_percent: null, power_w: 100 },
  };
  assertGolden("live_hostile_80", drawn(view, 80, 30));
  assertGolden("live_hostile_details_80", drawn(view, 80, 40, "none", { details: true }));
});

Deno.test("renderLive() and renderProgressLine() count calls that were cut off", () => {
  const view: LiveView = { ...SPIKE_LIVE, phase: "stopping", unfinished: 24 };
  assert.match(drawn(view, 120, 30).join("\n"), /0\.21 % {3}24 unfinished/);
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
    paused: fc.boolean(),
    users: number,
    arrivals: fc.option(fc.record({ offered_per_s: number, begun_per_s: number, dropped: number })),
    calls_per_s: number,
    good_share: maybe,
    in_flight: number,
    unfinished: number,
    gpu: fc.option(fc.record({ label: text, utilization_percent: maybe, power_w: maybe })),
    rate_history: fc.array(number),
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
      holds: fc.constantFrom("below", "above"),
      used: maybe,
      range: text,
      where: text,
    })),
    news: fc.array(fc.record({ t_ms: number, tone: fc.constantFrom("info", "warn", "fail"), text })),
    failures: fc.array(
      fc.record({ count: number, type: text, operation: text, first_ms: number, last_ms: number, example: text }),
    ),
    details: fc.array(fc.record({ name: text, text })),
  });
  const shown = fc.record<Shown>({ keys: fc.boolean(), details: fc.boolean(), help: fc.boolean(), message: text });
  const space = fc.record({ columns: fc.integer({ min: 1, max: 200 }), rows: fc.integer({ min: 1, max: 60 }) });
  fc.assert(fc.property(view, space, shown, (view, space, shown) => {
    const { body, keys } = renderLive(view, space, shown);
    const lines = [...body, ...keys];
    assert.ok(lines.length >= 1 && lines.length <= space.rows);
    for (const line of lines) {
      assert.ok(lineWidth(line) <= space.columns);
      // deno-lint-ignore no-control-regex
      assert.doesNotMatch(paint(line, "none"), /[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/);
    }
  }));
});
