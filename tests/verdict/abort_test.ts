import assert from "node:assert/strict";
import { whyAbort } from "../../lib/verdict/abort.ts";
import { evaluate } from "../../lib/verdict/evaluate.ts";
import { rule, task } from "../plans.ts";
import { madeRun, okCalls } from "./made_run.ts";

/** One failed and one ok call a second, so far. */
function failing(seconds: number, ...rules: string[]) {
  return madeRun({
    plan: { tasks: [task("llm.chat_stream")], thresholds: rules.map(rule) },
    seconds,
    open: true,
    calls: () => {
      const series = okCalls(1, 100_000);
      series.issued = 2;
      series.outcomes.failed = 1;
      return series;
    },
  });
}

const RULE = "error_rate < 10% else abort after 20s";

Deno.test("whyAbort() names the rule and what was seen, once its time has come", () => {
  assert.equal(whyAbort(failing(19, RULE)), null);
  assert.deepEqual(whyAbort(failing(20, RULE)), { rule: RULE, text: `${RULE}: 50 % so far` });
});

Deno.test("whyAbort() waits for ten calls, and for something to read", () => {
  assert.equal(whyAbort(failing(4, "error_rate < 10% else abort")), null);
  assert.equal(whyAbort(failing(5, "error_rate < 10% else abort"))?.text, "error_rate < 10% else abort: 50 % so far");
  assert.equal(whyAbort(failing(30, "p95(gap) < 10ms else abort")), null);
});

Deno.test("whyAbort() leaves other levels and rules that hold alone, and a load that is over", () => {
  assert.equal(
    whyAbort(failing(30, "error_rate < 10%", "error_rate < 10% else warn", "error_rate < 60% else abort")),
    null,
  );
  assert.equal(whyAbort(failing(60, RULE)), null);
});

Deno.test("whyAbort() does not end a run because a strict rule is not sure yet", () => {
  const run = madeRun({
    plan: { tasks: [task("llm.chat_stream")], thresholds: [rule("p99(latency) < 2s else abort")], strict: true },
    seconds: 30,
    open: true,
  });
  assert.equal(whyAbort(run), null);
});

Deno.test("evaluate() fails an aborted run by its rule's name, though calls that ended later brought it back", () => {
  const run = failing(30, "p95(latency) < 1ms", RULE);
  run.add({ type: "event", t_ms: 30_000, kind: "aborted_by_rule", ...whyAbort(run)! });
  const late = okCalls(1000, 100_000).toData("llm.chat_stream", 1);
  const { index: _, ...rest } = { index: 0, failures: [], users: 0, in_flight: 0, connections: [], turns: [] };
  const generator = { ...madeRun({ seconds: 1 }).generator };
  run.add({ type: "interval", index: 30, series: [late], generator, ...rest });
  run.add({ type: "end", t_ms: 31_000, reason: "aborted", text: "", unaccounted: 0 });
  const { status, sentence, rules } = evaluate(run);
  assert.equal(status, "FAIL");
  assert.ok(rules[1]?.observed! < 0.1 && !rules[1]?.passed);
  assert.match(
    sentence,
    /^30 of 1,060 calls failed, .+ One more objective is broken\. The run was aborted by "error_rate < 10% else abort after 20s" after 30\.0 s\.$/,
  );
});

Deno.test("evaluate() goes by an abort's rule, not by its text", () => {
  const run = failing(30, RULE);
  run.add({ type: "event", t_ms: 30_000, kind: "aborted_by_rule", rule: "another rule", text: `${RULE}: 50 % so far` });
  run.add({ type: "end", t_ms: 30_000, reason: "aborted", text: "", unaccounted: 0 });
  assert.doesNotMatch(evaluate(run).sentence, /aborted by/);
});

Deno.test("evaluate() still names the rule of an abort that an older build wrote, in the text alone", () => {
  const run = failing(30, "error_rate < 10%", RULE);
  run.add({ type: "event", t_ms: 30_000, kind: "aborted_by_rule", text: `${RULE}: 50 % so far` });
  run.add({ type: "end", t_ms: 30_000, reason: "aborted", text: "", unaccounted: 0 });
  assert.equal(run.events[0]?.rule, RULE);
  assert.match(evaluate(run).sentence, /The run was aborted by "error_rate < 10% else abort after 20s"/);
});
