/** Nothing vanishes: each way in which a call can end is read by some rule, and shown wherever a run is shown. */
import assert from "node:assert/strict";
import { type Outcome, OUTCOMES } from "../../lib/measure/interval.ts";
import { Series } from "../../lib/measure/series.ts";
import { FIGURE_NAMES, FIGURES } from "../../lib/plan/threshold/threshold.ts";
import type { Run } from "../../lib/result/run.ts";
import { renderJson } from "../../lib/report/json.ts";
import { renderSummary } from "../../lib/report/text/summary.ts";
import { renderHtml } from "../../lib/report/html/page.ts";
import { evaluate } from "../../lib/verdict/evaluate.ts";
import { holdRule } from "../../lib/verdict/hold_rule.ts";
import { rule, task } from "../plans.ts";
import { madeRun, OPEN } from "./made_run.ts";

/** June's own criteria. */
const RULES = ["p95(response_time, *) < 2s", "error_rate < 1%", "load >= 100%"];

/** What a call of an outcome leaves beside it, when it was open for `age_us`, past any limit. */
function countOf(series: Series, outcome: Outcome, calls: number, age_us = 10_000_000): void {
  series.issued += calls;
  series.outcomes[outcome] += calls;
  for (let i = 0; i < calls; i++) {
    if (outcome === "ok") {
      series.histogram("response_time").record(100_000);
      series.histogram("latency").record(100_000);
      series.count("good", 1);
    }
    if (outcome === "timed_out" || outcome === "unfinished") series.censored.record(age_us);
    if (outcome === "unfinished") series.count("overdue", 1);
  }
}

/** A minute in which each second five calls are ok, and as many more end otherwise. */
function runWith(calls: Partial<Record<Outcome, number>>): Run {
  return madeRun({
    plan: { tasks: [task("llm.chat_stream")], loads: [OPEN], thresholds: RULES.map(rule) },
    calls: () => {
      const series = new Series();
      for (const [outcome, count] of Object.entries(calls)) countOf(series, outcome as Outcome, count);
      return series;
    },
    generator: () => ({ due: 10, begun: 10 - (calls.dropped ?? 0) }),
  });
}

/** Every measure that reads calls, by what it reads of a run. */
function readings(run: Run): Record<string, number | null> {
  const sources = [
    ...FIGURE_NAMES.filter((name) => FIGURES[name].kind !== "whole_run" || name === "load").map((name) => `${name} `),
    "p95(response_time) ",
  ];
  return Object.fromEntries(sources.map((source) => {
    const unit = { load: "100%", goodput: "1/s", throughput: "1/s", token_rate: "1/s", calls: "1" }[source.trim()] ??
      (source.startsWith("p95") ? "2s" : "1%");
    return [source.trim(), holdRule(run, rule(`${source}< ${unit}`)).observed];
  }));
}

/** Of each outcome the figures that must tell that half of the calls ended so: a new outcome has to be entered here. */
const READ_BY: Record<Exclude<Outcome, "ok">, string[]> = {
  failed: ["error_rate", "good_rate", "calls"],
  timed_out: ["error_rate", "good_rate", "calls", "p95(response_time)"],
  cancelled: ["calls"],
  dropped: ["dropped", "good_rate", "load"],
  unfinished: ["error_rate", "good_rate", "calls", "p95(response_time)"],
};

for (const outcome of OUTCOMES.filter((one) => one !== "ok")) {
  Deno.test(`an outcome that rules read: ${outcome}`, () => {
    const [healthy, struck] = [readings(runWith({ ok: 5 })), readings(runWith({ ok: 5, [outcome]: 5 }))];
    const moved = Object.keys(healthy).filter((name) => healthy[name] !== struck[name]);
    for (const figure of READ_BY[outcome]) assert.ok(moved.includes(figure), `${figure} does not read ${outcome}`);
    assert.ok(moved.length > 0);
  });

  Deno.test(`a run without an ok call never passes: ${outcome}`, () => {
    for (const rules of [RULES, ...RULES.slice(0, 2).map((one) => [one])]) {
      const run = runWith({ [outcome]: 5 });
      run.plan.thresholds.splice(0, Infinity, ...rules.map(rule));
      const { status, sentence } = evaluate(run);
      assert.equal(status, "FAIL", `${outcome}: ${rules}`);
      assert.match(sentence, /^300 of 300 /, `${outcome}: ${rules}`);
    }
  });

  Deno.test(`an outcome that every form of the report counts: ${outcome}`, () => {
    const run = runWith({ ok: 5, [outcome]: 7 });
    const verdict = evaluate(run);
    const word = outcome.replaceAll("_", " ");
    assert.match(renderSummary(run, verdict), new RegExp(`420 ${word}`));
    assert.equal(JSON.parse(renderJson(run, verdict)).total.outcomes[outcome], 420);
    const page = renderHtml(run, verdict, { version: "0.1.0" });
    const accounting = page.slice(
      page.indexOf('id="accounting"'),
      page.indexOf("</table>", page.indexOf('id="accounting"')),
    );
    assert.match(accounting, new RegExp(`${word}.*420`, "s"));
  });
}

Deno.test("every outcome is in the table of what reads it", () => {
  assert.deepEqual(Object.keys(READ_BY).toSorted(), OUTCOMES.filter((one) => one !== "ok").toSorted());
});
