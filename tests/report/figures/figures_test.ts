/** Figures in words and in files: what was measured, with its unit, its interval and its n. */
import assert from "node:assert/strict";
import { waterfallOf } from "../../../lib/report/charts/waterfall.ts";
import { figureOf, percentileFigure, plainPercentile } from "../../../lib/report/figures/estimates.ts";
import { thinkText } from "../../../lib/report/figures/facts.ts";
import { objectivesText } from "../../../lib/report/figures/goodput.ts";
import { renderJson } from "../../../lib/report/json.ts";
import { kindLines } from "../../../lib/report/text/kind_lines.ts";
import { reachedIn, targetText } from "../../../lib/report/figures/load_reached.ts";
import { MEASURES_COLUMNS, renderMeasuresCsv } from "../../../lib/report/csv/measures.ts";
import { rangeText } from "../../../lib/report/format/range_text.ts";
import { legsOf, shownTurns } from "../../../lib/report/figures/turns.ts";
import type { ClosedLoad } from "../../../lib/plan/plan.ts";
import { constantPause } from "../../plans.ts";
import { makePlan } from "../../result/make_run.ts";
import { emptyRun, usualRun, verdictOf } from "../cases.ts";
import { openRun, speechRun, spikeRun, unaryRun } from "../speech_cases.ts";

Deno.test("rangeText() writes a common unit once", () => {
  assert.equal(rangeText("2.55 s", "2.68 s"), "2.55–2.68 s");
  assert.equal(rangeText("998 ms", "1.02 s"), "998 ms–1.02 s");
  assert.equal(rangeText("1.2 %", "3 %"), "1.2–3 %");
  assert.equal(rangeText("18.4/s", "19.1/s"), "18.4/s–19.1/s");
  assert.equal(rangeText("0", "0"), null);
});

Deno.test("objectivesText() names a limit once for all operations that keep it", () => {
  assert.equal(
    objectivesText([
      { of: "latency", limit: 2e6, operations: "llm.*" },
      { of: "first_message", limit: 4e5, operations: null },
      { of: "latency", limit: 2e6, operations: "tts.*" },
    ]),
    "latency ≤ 2.00 s (llm.*, tts.*), first message ≤ 400 ms",
  );
});

Deno.test("plainPercentile() is percentileFigure() without its interval", () => {
  const run = speechRun({ calls_per_s: 30 });
  const where = { operations: "llm.chat_stream" };
  const sure = percentileFigure(run, "latency", 95, where);
  assert.ok(sure.interval !== null && sure.interval.low < (sure.value ?? 0) && (sure.value ?? 0) < sure.interval.high);
  assert.deepEqual(plainPercentile(run, "latency", 95, where), { ...sure, interval: null });
});

Deno.test("figures are worked out anew when a run goes on", () => {
  const run = unaryRun();
  const before = figureOf(run, { kind: "calls" }, {}).value;
  run.add({
    type: "interval",
    index: 20,
    series: [{ ...noSeries, issued: 5, outcomes: { ...noSeries.outcomes, ok: 5 } }],
    failures: [],
    users: 1,
    in_flight: 0,
    connections: [],
    generator: run.generator,
    turns: [],
  });
  run.end = null;
  assert.equal(figureOf(run, { kind: "calls" }, {}).value, (before ?? 0) + 5);
});

const noSeries = {
  operation: "llm.embed",
  stage: 1,
  issued: 0,
  outcomes: { ok: 0, failed: 0, timed_out: 0, cancelled: 0, dropped: 0, unfinished: 0 },
  sent_bytes: 0,
  received_bytes: 0,
  messages: 0,
  histograms: {},
  counters: {},
};

Deno.test("a percentile among timeouts is the deadline at least", () => {
  const run = openRun({ timeouts: 1, operations: ["llm.chat_stream"] });
  // One of seven timed out: P85 can be read, P90 cannot.
  assert.equal(percentileFigure(run, "latency", 85, {}).at_least, false);
  const { value, at_least, interval } = percentileFigure(run, "latency", 90, {});
  assert.deepEqual([value, at_least, interval], [30e6, true, null]);
  assert.equal(percentileFigure(run, "first_message", 99, {}).at_least, false);
});

Deno.test("kindLines() tells of each kind, and of nothing that was not measured", () => {
  const lines = Object.fromEntries(kindLines(speechRun({ calls_per_s: 10 })).map(({ name, text }) => [name, text]));
  assert.deepEqual(Object.keys(lines), [
    "llm.chat_stream",
    "stt.recognize_stream",
    "tts.synthesize_stream",
    "voice_turn",
    "good",
  ]);
  assert.match(lines["llm.chat_stream"] ?? "", /^first token P50 \d+ ms, P95 .* words\/s in total$/);
  assert.match(
    lines["stt.recognize_stream"] ?? "",
    /final after speech P50 .* WER [\d.]+ % of 2,880 words \(12\.5 % by basic rules\) · interim results joined$/,
  );
  assert.match(lines["tts.synthesize_stream"] ?? "", /^first audio .* stalled [\d.]+ % of 360 played calls/);
  assert.match(lines["voice_turn"] ?? "", /^voice to voice P50 .* · speech to text [\d.]+ %, language model [\d.]+ %/);
  assert.deepEqual(kindLines(unaryRun()), []);
  assert.deepEqual(kindLines(emptyRun()), []);
});

Deno.test("kindLines() tells of speech that was not sent in real time, arrivals and recovery", () => {
  const text = (run: ReturnType<typeof openRun>) =>
    kindLines(run).map(({ name, text }) => `${name}: ${text}`).join("\n");
  const open = text(openRun({ late_us: 45_000, operations: ["stt.recognize_stream"] }));
  assert.match(open, /NOT SPOKEN IN REAL TIME: P99 45\.0 ms late/);
  assert.match(open, /^arrivals spike: offered 7\.00\/s, begun 6\.00\/s, 8 dropped · waited P99 800 µs \(n 48\)$/m);
  assert.match(text(spikeRun()), /^recovery: recovered from spike · P95 response time 20\.0 s, error rate at once/m);
});

Deno.test("targetText() and reachedIn() read the stage's own part of the load", () => {
  const run = openRun();
  const [warm, , spike] = run.plan.stages;
  assert.ok(warm !== undefined && spike !== undefined);
  assert.equal(targetText(run, spike), "24.0 to 60.0/s");
  assert.deepEqual(reachedIn(run, spike), { offered_per_s: 28, begun_per_s: 24, dropped: 32 });
  assert.equal(reachedIn(usualRun(), warm), null);
});

Deno.test("shownTurns() picks the turn nearest to the median and the slowest", () => {
  const run = speechRun();
  const total = run.total({ operations: "voice_turn" });
  const [typical, slowest] = shownTurns(run.turns, "voice_turn", total);
  assert.equal(slowest?.turn.start_ms, 30_000);
  const median_us = total.histogram("voice_to_voice").percentile(50);
  const far = (us: number) => Math.abs(us - median_us);
  for (const { voice_to_voice_us } of run.turns) {
    assert.ok(far(typical?.turn.voice_to_voice_us ?? 0) <= far(voice_to_voice_us));
  }
  assert.deepEqual(shownTurns([], "voice_turn", total), []);
  assert.equal(shownTurns(run.turns.slice(0, 1), "voice_turn", total).length, 1);
});

Deno.test("legsOf() shares a mean turn out without a rest", () => {
  const legs = legsOf(speechRun().total({ operations: "voice_turn" }));
  assert.deepEqual(legs.map(({ name }) => name), ["speech to text", "language model", "text to speech"]);
  assert.ok(Math.abs(legs.reduce((sum, { share }) => sum + share, 0) - 1) < 1e-9);
  assert.deepEqual(legsOf(unaryRun().total()), []);
});

Deno.test("waterfallOf() draws to scale, from the end of speech to the first audio", () => {
  const { bars, heard_x, answered_x } = waterfallOf({
    operation: "voice_turn",
    start_ms: 0,
    voice_to_voice_us: 500,
    spans: [
      { name: "speech", start_us: 0, first_us: null, end_us: 1000 },
      { name: "llm", start_us: 1000, first_us: 1250, end_us: 2000 },
    ],
  });
  assert.deepEqual([heard_x, answered_x], [500, 750]);
  assert.deepEqual(bars.map(({ x, width, first_x }) => [x, width, first_x]), [[0, 500, null], [500, 500, 625]]);
  assert.equal(waterfallOf({ operation: "", start_ms: 0, voice_to_voice_us: 0, spans: [] }).heard_x, null);
});

Deno.test("_measures.csv has a row for each figure, its unit in a column of its own", () => {
  const run = speechRun();
  const [head, ...rows] = renderMeasuresCsv(run).trimEnd().split("\r\n").map((line) => line.split(","));
  assert.deepEqual(head, MEASURES_COLUMNS);
  const cells = (stage: string, operation: string, measure: string) =>
    rows.find((row) => row[0] === stage && row[1] === operation && row[2] === measure);
  const total = run.total({ operations: "llm.chat_stream" });
  assert.deepEqual(cells("", "llm.chat_stream", "p50(latency)")?.slice(3, 5), [
    "ms",
    String(total.histogram("latency").percentile(50) / 1000),
  ]);
  assert.equal(cells("", "tts.synthesize_stream", "p50(real_time_factor)")?.[3], "ratio");
  assert.equal(cells("", "llm.chat_stream", "p50(output_length)")?.[3], "count");
  assert.equal(cells("", "stt.recognize_stream", "wer")?.[7], String(36 * 6 * 8));
  assert.ok(cells("spike", "Aggregated", "goodput") !== undefined);
  assert.equal(cells("", "llm.chat_stream", "p50(final_latency)"), undefined, "what was not measured has no row");
});

Deno.test("renderJson() has counters, intervals, the generator and turns, with units in every name", () => {
  const run = speechRun({ calls_per_s: 12 });
  const document = JSON.parse(renderJson(run, verdictOf(run)));
  const llm = document.operations.find(({ name }: { name: string }) => name === "llm.chat_stream");
  assert.equal(llm.counters.output_words, 36 * 12 * 48);
  assert.equal(llm.latency.intervals_ms.p50.length, 2);
  assert.ok(llm.output_length.percentiles_count.p50 > 0);
  assert.equal(llm.figures.goodput.unit, "per_s");
  const tts = document.operations.find(({ name }: { name: string }) => name === "tts.synthesize_stream");
  assert.ok(tts.real_time_factor.percentiles_ratio.p50 < 1);
  assert.equal(document.turns.length, run.turns.length);
  assert.ok(document.generator.checks.length > 5);
  assert.equal(document.stages[2].asked, "20 users");
  assert.equal(document.recovery.state, "unknown");
});

Deno.test("thinkText() tells the pauses of users, before their first task and after a refusal too", () => {
  const text = (change: Partial<ClosedLoad>) => {
    const [load] = makePlan().loads;
    return thinkText({ loads: [{ ...load as ClosedLoad, ...change }] });
  };
  assert.equal(
    text({ start: "staggered", after_failure_ms: 1000 }),
    "1.00 s to 3.00 s think time, uniform, the first task after a random part of it, at least 1.00 s after a refusal",
  );
  assert.equal(text({ start: "at_once" }), "1.00 s to 3.00 s think time, uniform, the first task at once");
  assert.equal(text({ think_time: constantPause(0) }), "no think time");
});
