/** Repeats after a refusal, beside the error rate wherever a person reads it: there where they are, and only there. */
import assert from "node:assert/strict";
import { endedCalls, Series } from "../../../lib/measure/series.ts";
import { noGenerator } from "../../../lib/measure/generator.ts";
import { repeatsText } from "../../../lib/report/figures/repeats.ts";
import { renderHtml } from "../../../lib/report/html/page.ts";
import { renderJson } from "../../../lib/report/json.ts";
import { renderSummary } from "../../../lib/report/text/summary.ts";
import { makeRun } from "../../result/make_run.ts";
import { verdictOf } from "../cases.ts";

/** A run with failures, of whose calls `repeats` came after a refusal. */
function runWith(repeats: number) {
  const run = makeRun({ seconds: 20, errors: 0.5, complete: false });
  const series = new Series();
  series.issued = series.outcomes.failed = 10;
  series.count("repeats", repeats);
  run.add({
    type: "interval",
    index: 20,
    series: [series.toData("llm.chat_stream", 1)],
    failures: [],
    users: 20,
    in_flight: 0,
    connections: [],
    generator: noGenerator(),
    turns: [],
  });
  return run;
}

Deno.test("repeats stand beside the error rate in page, text and JSON", () => {
  const run = runWith(9);
  const verdict = verdictOf(run);
  const calls = endedCalls(run.total().outcomes);
  const words = repeatsText(run.total());
  assert.match(words, new RegExp(`^9 of ${calls} calls \\(\\d.* %\\) were repeats after a refusal$`));
  assert.ok(renderSummary(run, verdict).includes(`Errors\n${words}\n`));
  const page = renderHtml(run, verdict, { version: "0.1.0" });
  assert.ok(page.includes(words));
  assert.match(page, /calls; [\d.]+ % of all were repeats\)/);
  assert.equal(JSON.parse(renderJson(run, verdict)).total.counters.repeats, 9);
});

Deno.test("where nobody was refused nothing is said of repeats", () => {
  const run = runWith(0);
  const verdict = verdictOf(run);
  assert.ok(!renderSummary(run, verdict).includes("repeats"));
  assert.ok(!renderHtml(run, verdict, { version: "0.1.0" }).includes("were repeats"));
});
