/** When and where: stretches of silence and crowds of bad calls, as arithmetic and in the sentence of a verdict. */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Run } from "../../lib/result/run.ts";
import { crowdedStretch, type Moment, silences, type Stretch } from "../../lib/verdict/when_and_where.ts";
import { evaluate } from "../../lib/verdict/evaluate.ts";
import { rule, task } from "../plans.ts";
import { runOf, stretchPlan } from "./steady_run.ts";

/** Seconds by their answers; two calls are begun in each. */
function seconds(answers: readonly number[], begun = 2): Moment[] {
  return answers.map((answered, at) => ({
    start_ms: at * 1000,
    end_ms: (at + 1) * 1000,
    issued: begun,
    ended: answered,
    answered,
  }));
}

Deno.test("silences() finds stretches without an answer while calls were in flight", () => {
  const cases: [string, Moment[], number, Stretch[]][] = [
    ["none", seconds([2, 2, 2, 2, 2, 2]), 300, []],
    ["two seconds are too short", seconds([2, 2, 2, 0, 0, 6, 2]), 300, []],
    ["a freeze", seconds([2, 2, 2, 0, 0, 0, 8, 2]), 300, [{ start_ms: 3000, end_ms: 6000 }]],
    ["a hang for good", seconds([2, 2, 2, 0, 0, 0, 0]), 300, [{ start_ms: 3000, end_ms: 7000 }]],
    ["nothing ever", seconds([0, 0, 0, 0]), 0, [{ start_ms: 0, end_ms: 4000 }]],
    ["clips of 7 s, spoken by all users at once", seconds([0, 0, 0, 0, 0, 0, 14, 0, 0, 0, 0, 0, 0, 14]), 7000, []],
    ["one call in 10 s is rare, not silent", seconds([0, 0, 0, 0, 1, 0, 0, 0, 0, 1], 0.2), 300, []],
    ["nothing in flight", seconds([2, 2, 0, 0, 0, 0, 2], 0).map((one) => ({ ...one, issued: one.answered })), 300, []],
    [
      "calls that time out got no answer",
      seconds([2, 2, 2, 0, 0, 0, 0]).map((one, at) => at > 4 ? { ...one, ended: 2 } : one),
      300,
      [{ start_ms: 3000, end_ms: 7000 }],
    ],
    [
      "a second that is not known ends it",
      seconds([2, 2, 2, 0, 0, 0, 0, 0, 2]).filter(({ start_ms }) => start_ms !== 5000),
      300,
      [],
    ],
  ];
  for (const [name, moments, usual_ms, expected] of cases) {
    assert.deepEqual(silences(moments, usual_ms), expected, name);
  }
});

Deno.test("silences() are disjoint, rising, without an answer, and as long as an outage", () => {
  const moment = fc.record({ answered: fc.nat(3), issued: fc.nat(3), timed_out: fc.nat(1) });
  fc.assert(fc.property(fc.array(moment, { maxLength: 60 }), fc.nat(5000), (list, usual_ms) => {
    const moments = list.map(({ answered, issued, timed_out }, at) => ({
      start_ms: at * 1000,
      end_ms: (at + 1) * 1000,
      issued,
      answered,
      ended: answered + timed_out,
    }));
    let end_ms = 0;
    for (const stretch of silences(moments, usual_ms)) {
      assert.ok(stretch.start_ms >= end_ms);
      ({ end_ms } = stretch);
      assert.ok(end_ms - stretch.start_ms >= Math.max(3000, usual_ms));
      const inside = moments.filter((one) => one.start_ms >= stretch.start_ms && one.end_ms <= end_ms);
      assert.ok(inside.every(({ answered }) => answered === 0));
    }
  }));
});

Deno.test("crowdedStretch() is the shortest that holds four fifths", () => {
  const counts = fc.array(fc.nat(20), { maxLength: 40 });
  fc.assert(fc.property(counts, (list) => {
    const moments = list.map((count, at) => ({ start_ms: at * 1000, end_ms: (at + 1) * 1000, count }));
    const all = list.reduce((sum, count) => sum + count, 0);
    const found = crowdedStretch(moments);
    if (all === 0) return assert.equal(found, null);
    const sum = (from: number, to: number) => list.slice(from, to).reduce((total, count) => total + count, 0);
    let shortest = list.length;
    for (let from = 0; from < list.length; from++) {
      for (let to = from + 1; to <= list.length; to++) {
        if (sum(from, to) >= 0.8 * all) shortest = Math.min(shortest, to - from);
      }
    }
    assert.ok(found !== null);
    assert.equal(found.end_ms - found.start_ms, shortest * 1000);
    assert.equal(found.share, sum(found.start_ms / 1000, found.end_ms / 1000) / all);
    assert.ok(found.share >= 0.8);
  }));
});

/** A minute before, a spike of twenty seconds, and a minute and a half after it. */
function spiked(thresholds: string[], second: Parameters<typeof runOf>[1]): Run {
  const plan = stretchPlan([
    { name: "before", seconds: 60, target: 20 },
    { name: "spike", seconds: 20, target: 200 },
    { name: "after", seconds: 90, target: 20 },
  ], { thresholds: thresholds.map(rule) });
  return runOf(plan, second);
}

const times = (count: number, latency_us: number) => Array.from({ length: count }, () => latency_us);

Deno.test("the sentence of a FAIL says when and in which stage nothing answered, and when it had recovered", () => {
  // From 1:05 to 1:11 the service stands still; until 1:44 it is slow.
  const run = spiked(["error_rate < 1%"], (index) => {
    const load = index >= 60 && index < 80 ? 200 : 20;
    const held = index >= 65 && index < 71;
    const slow = index >= 71 && index < 104;
    return {
      latencies_us: held ? [] : times(load, slow ? 900_000 : 100_000),
      failed: index === 71 ? 200 : 0,
      in_flight: held ? 100 : slow ? 60 : 2,
      also: (series) => {
        if (held) series.issued += load;
        if (index !== 71) return;
        series.outcomes.ok += 1000;
        series.issued -= 200;
      },
    };
  });
  const { status, sentence } = evaluate(run);
  assert.equal(status, "FAIL");
  assert.match(sentence, / In spike, 1:05-1:11 nothing answered; recovered after 24\.0 s\./);
});

Deno.test("a service that hangs for good answers nothing from an instant on", () => {
  const plan = stretchPlan([{ name: "hold", seconds: 60, target: 20 }], { thresholds: [rule("error_rate < 1%")] });
  const run = runOf(plan, (index) => ({
    latencies_us: index < 20 ? times(20, 100_000) : [],
    also: (series) => {
      if (index < 20) return;
      series.issued += 20;
      if (index < 50) return;
      series.outcomes.timed_out += 20;
      if (index === 59) series.outcomes.unfinished += 600;
    },
  }));
  assert.match(
    evaluate(run).sentence,
    /^200 of 600 calls timed out, 33\.3 % where 1 % is allowed\. Nothing answered from 0:20 on\./,
  );
});

Deno.test("where one operation of two falls silent, it is the one that is named", () => {
  const plan = stretchPlan([{ name: "hold", seconds: 60, target: 20 }], {
    thresholds: [rule("error_rate(*) < 1%")],
    tasks: [task("llm.chat"), task("tts.synthesize")],
  });
  const run = runOf(plan, (index) => ({
    latencies_us: index >= 20 && index < 30 ? [] : times(20, 100_000),
    failed: index === 30 ? 100 : 0,
    also: (series) => {
      if (index >= 20 && index < 30) series.issued += 20;
      if (index !== 30) return;
      series.outcomes.ok += 100;
      series.issued -= 100;
    },
    others_us: times(5, 80_000),
  }));
  assert.match(evaluate(run).sentence, / In 0:20-0:30 no call of llm\.chat was answered\./);
});

Deno.test("slow calls that crowd in one stretch are placed there; those all over the run are not", () => {
  const slow = (from: number, to: number, of = "response_time") =>
    evaluate(spiked([`p95(${of}) < 2s`], (index) => ({
      latencies_us: times(20, index >= from && index < to ? 3_000_000 : 100_000),
    }))).sentence;
  assert.match(slow(62, 74), /where 2\.00 s is allowed\. \d+ % of the slow calls ended in spike, 1:0\d-1:1\d/);
  assert.match(slow(62, 74, "latency"), /% of the slow calls ended in spike, 0:56-1:12/, "from coarser batches");
  assert.match(slow(0, 170), /where 2\.00 s is allowed\.$/);
});

Deno.test("failed calls that crowd in one stretch are placed there", () => {
  const run = spiked(["error_rate < 1%"], (index) => ({
    latencies_us: times(20, 100_000),
    failed: index >= 100 && index < 104 ? 20 : 0,
  }));
  assert.match(evaluate(run).sentence, / 100 % of the failed calls ended in after, 1:40-1:44/);
});

Deno.test("seconds in which june-load itself stood still are not said to be the service's", () => {
  const run = spiked(["error_rate < 1%"], (index) => ({
    latencies_us: index >= 20 && index < 26 ? [] : times(20, 100_000),
    failed: index >= 26 ? 5 : 0,
    also: (series) => {
      if (index >= 20 && index < 26) series.issued += 20;
      if (index === 26) series.outcomes.ok += 120;
    },
  }));
  assert.match(evaluate(run).sentence, /0:20-0:26 nothing answered/);
  const stalls = [{ start_ms: 20_000, length_ms: 6000 }];
  Object.assign(run.generator, { stalls });
  assert.doesNotMatch(evaluate(run).sentence, /nothing answered/);
});
