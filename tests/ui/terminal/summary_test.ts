import assert from "node:assert/strict";
import { type ColorDepth, lineWidth, paint } from "../../../lib/ui/terminal/style.ts";
import { renderSummary } from "../../../lib/ui/terminal/summary.ts";
import type { SummaryView } from "../../../lib/ui/views/summary_view.ts";
import { assertGolden } from "./golden.ts";
import {
  FAILED_SUMMARY,
  HOSTILE,
  INVALID_SUMMARY,
  PASS_SUMMARY,
  row,
  rule,
  SIXTY_OPERATIONS,
  SPIKE_SUMMARY,
} from "./views.ts";

function drawn(view: SummaryView, columns: number, rows: number | null, depth: ColorDepth = "none"): string[] {
  return renderSummary(view, { columns, rows }).map((line) => paint(line, depth));
}

Deno.test("renderSummary() of a failed run at 80 and 120 columns", () => {
  assertGolden("summary_fail_80", drawn(SPIKE_SUMMARY, 80, 30));
  assertGolden("summary_fail_120", drawn(SPIKE_SUMMARY, 120, 30));
});

Deno.test("renderSummary() says how many calls moved to another connection, and whose", () => {
  const movedLine = (moved: SummaryView["moved"]) =>
    drawn({ ...SPIKE_SUMMARY, moved }, 80, 40).filter((line) => line.startsWith("moved"));
  assert.deepEqual(movedLine([]), []);
  assert.deepEqual(movedLine([{ service: "llm", calls: 1 }]), ["moved    1 call to another connection (llm)"]);
  assert.deepEqual(movedLine([{ service: "llm", calls: 12 }, { service: "\x1b[31mstt", calls: 1200 }]), [
    "moved    1,212 calls to another connection (llm, stt)",
  ]);
});

Deno.test("renderSummary() says which calls the end of the run cut off, or were in flight where it broke off", () => {
  const operations = SPIKE_SUMMARY.operations.map((one, i) => i === 0 ? { ...one, unfinished: 240 } : one);
  const lines = drawn({ ...SPIKE_SUMMARY, unfinished: 240, operations }, 100, 40);
  assert.equal(lines[0], "FAIL  spike, 5:00, 61,482 calls, 240 unfinished, 0 unaccounted");
  const table = lines.filter((line) => /^response time|^llm/.test(line)).join("\n");
  assert.match(table, /unfinished.*\n.* 240 /);
  assert.equal(
    drawn({ ...SPIKE_SUMMARY, in_flight: 12 }, 100, 40)[0],
    "FAIL  spike, 5:00, 61,482 calls, 12 in flight when it broke off",
  );
});

Deno.test("renderSummary() tells of each kind of operation, broken between its parts", () => {
  const details = [
    {
      name: "llm.chat_stream",
      text: "first token P50 184 ms, P95 294 ms · gap P50 12.5 ms · 79.3 words/s for one user (P50)",
    },
    { name: "good", text: `18.4/s, 97 % of calls · latency ≤ 2.00 s (${"operation, ".repeat(12)})` },
  ];
  const lines = drawn({ ...SPIKE_SUMMARY, details }, 80, 60);
  assertGolden("summary_details_80", lines);
  assert.ok(lines.every((line) => [...line].length <= 80));
  assert.deepEqual(drawn({ ...SPIKE_SUMMARY, details: [] }, 80, 30), drawn(SPIKE_SUMMARY, 80, 30));
});

Deno.test("renderSummary() fits the screen, so that the verdict never scrolls away", () => {
  const details = Array.from(
    { length: 9 },
    (_, i) => ({ name: `operation_${i}`, text: "first token · gap · more ".repeat(9) }),
  );
  const views = [SPIKE_SUMMARY, PASS_SUMMARY, INVALID_SUMMARY, FAILED_SUMMARY].flatMap((view) => [
    view,
    { ...view, details, repeats: "3 of 9 calls", moved: [{ service: "llm", calls: 3 }] },
    { ...view, operations: SIXTY_OPERATIONS, rules: Array.from({ length: 40 }, (_, i) => rule(`r${i}`, "pass", "1")) },
  ]);
  for (const view of views) {
    for (const [columns, rows] of [[80, 24], [120, 40], [80, 16], [40, 24]] as const) {
      const lines = drawn(view, columns, rows);
      assert.ok(lines.length <= rows - 2, `${lines.length} lines in ${columns} x ${rows}`);
      assert.match(lines[0] ?? "", new RegExp(`^${view.verdict}  ${view.scenario}`));
      for (const { source } of view.rules.filter(({ state }) => state === "fail")) {
        const beginning = source.slice(0, 4).replace("(", "\\(");
        assert.ok(lines.some((line) => new RegExp(`^✕ ${beginning}`).test(line)), source);
      }
      assert.match(lines.at(-1) ?? "", /^exit /);
    }
  }
  assertGolden("summary_fail_80x24", drawn(SPIKE_SUMMARY, 80, 24));
  assertGolden("summary_details_80x24", drawn({ ...SPIKE_SUMMARY, details }, 80, 24));
});

Deno.test("renderSummary() in a log leaves nothing out", () => {
  const details = [{ name: "llm.chat_stream", text: "first token P50 184 ms" }];
  const lines = drawn({ ...SPIKE_SUMMARY, details }, 100, null);
  assert.equal(lines.length, drawn({ ...SPIKE_SUMMARY, details }, 100, 100).length);
  assert.doesNotMatch(lines.join("\n"), /more/);
});

Deno.test("renderSummary() in colour", () => {
  assertGolden("summary_fail_80_truecolor", drawn(SPIKE_SUMMARY, 80, 30, "truecolor"));
  assertGolden("summary_pass_80_256", drawn(PASS_SUMMARY, 80, 30, "256"));
  assertGolden("summary_invalid_80_16", drawn(INVALID_SUMMARY, 80, 30, "16"));
});

Deno.test("renderSummary() of a run that passed", () => {
  assertGolden("summary_pass_80", drawn(PASS_SUMMARY, 80, 30));
});

Deno.test("renderSummary() of a run that is not valid says what to change", () => {
  assertGolden("summary_invalid_80", drawn(INVALID_SUMMARY, 80, 30));
});

Deno.test("renderSummary() when all calls failed", () => {
  assertGolden("summary_all_failed_80", drawn(FAILED_SUMMARY, 80, 30));
});

Deno.test("renderSummary() when no call ended", () => {
  const view = {
    ...FAILED_SUMMARY,
    calls: 0,
    operations: [],
    errors: [],
    repeats: "",
    machine: [],
    sentence: "No call ended.",
  };
  assertGolden("summary_nothing_80", drawn(view, 80, 30));
});

Deno.test("renderSummary() cuts 60 operations and many kinds of errors to one screen", () => {
  const errors = Array.from({ length: 12 }, (_, i) => ({ ...SPIKE_SUMMARY.errors[0]!, count: 1200 - 100 * i }));
  const operations = SIXTY_OPERATIONS.map((each) => ({ ...each, latencies_us: [1e4, 2e4, 3e4, 4e4, 5e4, 6e4, null] }));
  const lines = drawn({ ...SPIKE_SUMMARY, operations, errors }, 100, 30);
  assertGolden("summary_sixty_100", lines);
  assert.ok(lines.length <= 30);
});

Deno.test("renderSummary() with hostile strings", () => {
  const { colour, title, cursor, direction, long, wide, marks, broken } = HOSTILE;
  const view: SummaryView = {
    ...SPIKE_SUMMARY,
    verdict: colour,
    scenario: title,
    sentence: `${cursor} ${long.slice(0, 90)}`,
    advice: [direction],
    rules: [{ ...rule(long, "fail", title), where: cursor, range: wide }],
    operations: [wide, marks, broken].map((name) => row(name, [1, 2, 3], [4, 5, 6, 7, 8, 9, 10])),
    errors: [{ count: 3, type: long, operation: wide, first_ms: 5, example: cursor }],
    machine: [title, wide, long],
    report_path: "reports/\x1b[31m\nspike/a.html",
    exit_meaning: colour,
  };
  const lines = drawn(view, 80, 30);
  assertGolden("summary_hostile_80", lines);
  // deno-lint-ignore no-control-regex
  for (const line of lines) assert.doesNotMatch(line, /[\x00-\x1f\x7f-\x9f]/);
});

Deno.test("renderSummary() cuts every line but the path, which is there to be copied", () => {
  const report_path = `/srv/${"deep/".repeat(150)}report.html`;
  for (const columns of [20, 40, 80]) {
    const lines = renderSummary({ ...SPIKE_SUMMARY, report_path }, { columns, rows: 24 });
    const long = lines.filter((line) => lineWidth(line) > columns).map((line) => paint(line, "none"));
    assert.deepEqual(long.filter((line) => line.startsWith("report")), [`report   ${report_path}`]);
    assert.deepEqual(long.filter((line) => !/^(report|exit)/.test(line)), []);
  }
});

Deno.test("renderSummary() wraps a server's message below its line rather than cutting it before the point", () => {
  const example =
    "HTTP 422: the server says that the request is invalid: body.stream_options: Extra inputs are not permitted";
  const error = { count: 19, type: "HTTP 422", operation: "llm.chat_stream", first_ms: 0, example };
  for (const columns of [60, 80, 100]) {
    const lines = drawn({ ...PASS_SUMMARY, errors: [error] }, columns, 40);
    const from = lines.findIndex((line) => line.startsWith("errors"));
    const text = lines.slice(from, from + 4).map((line) => line.trim()).join(" ");
    assert.match(text, /body\.stream_options: Extra inputs are not permitted/, `${columns} columns`);
    assert.ok(lines.slice(from, from + 4).every((line) => [...line].length <= columns));
  }
});
