/** What happened, in words: each source of findings on a run that has it, and on one that has not. */
import assert from "node:assert/strict";
import { stretchesOf } from "../../../lib/report/html/findings/finding.ts";
import { findingsOf } from "../../../lib/report/html/findings/findings.ts";
import { Run } from "../../../lib/result/run.ts";
import { makeHeader, makeInterval, makePlan, makeRun, noise } from "../../result/make_run.ts";
import { allFailedRun, CASES, rotatedRun, usualRun } from "../cases.ts";
import { driftingRun, spikeRun } from "../speech_cases.ts";

const textsOf = (run: Run) => {
  const { told, rest } = findingsOf(run);
  return [...told, ...rest].map(({ text }) => text);
};

/** The finding that says something; fails where there is none. */
const found = (run: Run, words: RegExp) =>
  findingsOf(run).told.find(({ text }) => words.test(text)) ?? assert.fail(`${words}: ${textsOf(run).join("\n")}`);

Deno.test("findings tell limits passed, GPUs held back, borders of stages and events, where they were", () => {
  const run = usualRun();
  const over = found(run, /^llm\.chat_stream is over its limit of 2 s; its P95 reaches 5\.86 s\.$/);
  assert.deepEqual([over.from_s, over.to_s, over.tone], [10, 14, "fail"]);
  assert.ok(!textsOf(run).some((text) => text.startsWith("stt.recognize_stream is over")));
  assert.match(found(run, /power limit/).text, /^GPU 0 .*is held at its power limit for 4\.00 s in all\.$/);
  assert.equal(found(run, /^hold begins: 16 to 20 users\.$/).from_s, 4);
  assert.deepEqual(found(run, /GOAWAY/).to_s, null);
});

Deno.test("findings tell bursts of failures with their reason, once for each operation", () => {
  const { text, tone } = found(allFailedRun(), /calls of llm\.chat_stream fail/);
  assert.match(text, /^\d+ calls of llm\.chat_stream fail, most of them with UNAVAILABLE \(connection to .* lost\)\.$/);
  assert.equal(tone, "fail");
  assert.ok(!textsOf(makeRun()).some((one) => / fail/.test(one)));
});

Deno.test("findings tell connections that were opened again, and calls that moved", () => {
  const { text } = found(rotatedRun(), /to llm/);
  assert.match(text, /^8 connections to llm closed and opened again; 16 calls that it had not processed moved/);
  assert.ok(!textsOf(rotatedRun()).some((one) => /to stt/.test(one)));
});

Deno.test("findings tell a silence of everything, and of one operation alone", () => {
  const silentFrom = (quiet: (operation: string, second: number) => boolean) => {
    const plan = makePlan({ duration_ms: 40_000 });
    const run = new Run(makeHeader(plan));
    const random = noise(1);
    for (let index = 0; index < 40; index++) {
      const interval = makeInterval(plan, index, random);
      for (const one of interval.series) {
        if (!quiet(one.operation, index)) continue;
        one.outcomes = { ...one.outcomes, ok: 0, failed: 0 };
        one.histograms = {};
      }
      run.add(interval);
    }
    return run;
  };
  const inside = (second: number) => second >= 15 && second < 24;
  const all = found(silentFrom((_, second) => inside(second)), /nothing is answered/);
  assert.deepEqual([all.text, all.from_s, all.to_s], ["For 9.00 s nothing is answered.", 15, 24]);
  const one = found(
    silentFrom((operation, second) => operation === "tts.synthesize" && inside(second)),
    /no call of tts\.synthesize is answered/,
  );
  assert.deepEqual([one.from_s, one.to_s], [15, 24]);
});

Deno.test("findings tell recovery and sure drift", () => {
  const { from_s, to_s, tone } = found(spikeRun(), /^spike ends\. Everything is as in before again after 20\.0 s\.$/);
  assert.deepEqual([from_s, to_s, tone], [90, 110, "pass"]);
  assert.match(found(driftingRun(), /drifts/).text, /^P95 response time, llm\.embed drifts by \+[\d.]+ %\/h\.$/);
  assert.ok(!textsOf(spikeRun()).some((text) => text.includes("drifts")));
});

Deno.test("findings stand in the order of time, a dozen of them at once, within the run", () => {
  for (const [name, make] of CASES) {
    const run = make();
    const { told, rest } = findingsOf(run);
    assert.ok(told.length <= 12, name);
    for (const list of [told, rest]) {
      assert.deepEqual(list, list.toSorted((a, b) => a.from_s - b.from_s || b.weight - a.weight), name);
    }
    for (const { from_s, to_s, text } of [...told, ...rest]) {
      assert.ok(from_s >= 0 && (to_s === null || to_s >= from_s), `${name}: ${text}`);
      assert.match(text, /[.!?)]$/, name);
    }
  }
});

Deno.test("stretchesOf() joins what is near, and only that", () => {
  const at = (from_s: number, on = true) => ({ from_s, to_s: from_s + 1, on });
  assert.deepEqual(stretchesOf([], 5), []);
  assert.deepEqual(stretchesOf([at(0, false)], 5), []);
  assert.deepEqual(stretchesOf([at(0), at(3), at(9)], 2), [
    { from_s: 0, to_s: 4, parts: 2 },
    { from_s: 9, to_s: 10, parts: 1 },
  ]);
});
