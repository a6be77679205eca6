import assert from "node:assert/strict";
import type { Threshold } from "../../lib/plan/threshold/threshold.ts";
import { Series } from "../../lib/measure/series.ts";
import type { HeaderRecord, IntervalRecord } from "../../lib/result/record.ts";
import { Run } from "../../lib/result/run.ts";
import { evaluate } from "../../lib/verdict/evaluate.ts";
import { holdRule } from "../../lib/verdict/hold_rule.ts";
import { makeHeader, makePlan, makeRecords, makeRun } from "../result/make_run.ts";
import { rule as parsed, task } from "../plans.ts";

const rule = (change: Partial<Threshold>): Threshold => ({
  source: "p95(latency) < 2s",
  measure: { kind: "percentile", percentile: 95, of: "latency" },
  operations: null,
  stage: null,
  comparison: "<",
  limit: 2_000_000,
  level: "fail",
  ...change,
});

Deno.test("evaluate() passes a quick, clean run and says so in one sentence", () => {
  const verdict = evaluate(makeRun());
  assert.equal(verdict.status, "PASS");
  assert.equal(verdict.sentence, "All four objectives hold at 20 users.");
});

Deno.test("evaluate() fails a slow run and names the operation, the value and the limit", () => {
  const verdict = evaluate(makeRun({ slowFrom: 0, slowTo: 60 }));
  assert.equal(verdict.status, "FAIL");
  assert.match(
    verdict.sentence,
    /^llm\.chat_stream answered too slowly: P95 response time \d\.\d+ s where 2\.00 s is allowed\. The other three hold\.$/,
  );
});

Deno.test("evaluate() fails a run with errors by its error rate", () => {
  const verdict = evaluate(makeRun({ errors: 0.2 }));
  assert.equal(verdict.status, "FAIL");
  const broken = verdict.rules.filter((r) => !r.passed).map((r) => r.threshold.source);
  assert.deepEqual(broken, ["error_rate < 1%"]);
});

Deno.test("evaluate() fails an outage: a percentile without a successful call is no pass", () => {
  const verdict = evaluate(makeRun({ errors: 1 }));
  assert.equal(verdict.status, "FAIL");
  assert.equal(verdict.rules[0]?.observed_text, "no data");
  assert.match(
    verdict.sentence,
    /^([\d,]+) of \1 calls failed: UNAVAILABLE: connection to 127\.0\.0\.1:50051 lost\./,
    "that calls failed says more than what they took",
  );
});

Deno.test("evaluate() never passes a run that broke off or was stopped", () => {
  assert.equal(evaluate(makeRun({ complete: false })).status, "INVALID");
  const stopped = makeRun({ complete: false, seconds: 20 });
  stopped.add({ type: "event", t_ms: 19_500, kind: "stop_requested", text: "" });
  stopped.add({ type: "end", t_ms: 20_000, reason: "stopped", text: "", unaccounted: 0 });
  const verdict = evaluate(stopped);
  assert.equal(verdict.status, "INVALID");
  assert.match(verdict.sentence, /stopped after 19\.5 s/);
});

Deno.test("a run that was cut short breaks no rule that waits for what never came, but those that its calls broke", () => {
  const cut = (reason: "killed" | "stopped", rules: string[], errors = 0) => {
    const plan = makePlan({ thresholds: rules.map(parsed) });
    plan.tasks.push(task("llm.embed"));
    const run = makeRun({ plan, seconds: 3, complete: false, errors });
    if (reason === "stopped") {
      run.add({ type: "event", t_ms: 3000, kind: "stop_requested", text: "" });
      run.add({ type: "end", t_ms: 3000, reason, text: "", unaccounted: 0 });
    }
    return evaluate(run).status;
  };
  for (const reason of ["killed", "stopped"] as const) {
    // Three seconds into the ramp; llm.embed has not been called yet.
    assert.equal(cut(reason, ["load >= 100%", "p95(response_time, *) < 20s", "calls > 1000"]), "INVALID", reason);
    assert.equal(cut(reason, ["recovery_time < 30s", "gpu.memory_used < 1TiB", "error_rate < 50%"]), "INVALID", reason);
    assert.equal(cut(reason, ["load >= 100%", "error_rate < 1%"], 0.5), "FAIL", reason);
    assert.equal(cut(reason, ["p95(response_time, llm.chat_stream) < 1ms"]), "FAIL", reason);
    assert.equal(cut(reason, ["p95(response_time, llm.chat_stream) < 20s"], 1.1), "FAIL", "every call failed");
  }
});

Deno.test("evaluate() says how many calls were in flight when a run broke off", () => {
  const run = new Run(makeHeader(makePlan()));
  const started = new Series();
  started.issued = 3;
  const interval = makeRecords({ seconds: 1 })[1] as IntervalRecord;
  run.add({ ...interval, series: [started.toData("llm.chat_stream", 0)] });
  const { status, sentence } = evaluate(run);
  assert.deepEqual(
    [status, sentence],
    ["INVALID", "The run broke off before any call had ended, with 3 calls in flight."],
  );
});

Deno.test("evaluate() calls a run with lost calls INVALID, even when a rule is broken", () => {
  const records = makeRecords({ errors: 1, complete: false });
  const run = new Run(records[0] as HeaderRecord);
  for (const record of records.slice(1)) {
    if (record.type === "interval") { for (const series of record.series) series.issued += 1; }
    run.add(record);
  }
  run.add({ type: "end", t_ms: 60_000, reason: "completed", text: "", unaccounted: run.open_calls });
  const verdict = evaluate(run);
  assert.equal(verdict.status, "INVALID");
  assert.match(verdict.sentence, /180 calls are unaccounted for/);
});

Deno.test("holdRule() with a glob holds every operation to the rule and shows the worst", () => {
  const run = makeRun();
  const worst = holdRule(run, rule({ operations: "*", limit: 1 }));
  assert.equal(worst.worst, "stt.recognize_stream");
  assert.equal(worst.observed, run.total({ operations: "stt.recognize_stream" }).histogram("latency").percentile(95));
});

Deno.test("holdRule() with a glob fails when a planned operation has no successful call", () => {
  const plan = makePlan();
  plan.tasks.push(task("llm.embed"));
  const outcome = holdRule(makeRun({ plan }), rule({ operations: "llm.*", limit: 1e9 }));
  assert.deepEqual([outcome.passed, outcome.worst], [false, "llm.embed"]);
});

Deno.test("holdRule() reads a named stage only", () => {
  const run = makeRun({ slowFrom: 5, slowTo: 60 });
  const ramp = holdRule(run, rule({ stage: "ramp" }));
  const hold = holdRule(run, rule({ stage: "hold" }));
  assert.ok(ramp.observed! * 2 < hold.observed!);
});

Deno.test("holdRule() leaves a warm-up stage out unless it is named", () => {
  const plan = makePlan();
  plan.stages[0]!.warm_up = true;
  const run = makeRun({ plan });
  const all = holdRule(run, rule({ measure: { kind: "calls" } })).observed!;
  const hold = holdRule(run, rule({ measure: { kind: "calls" }, stage: "hold" })).observed!;
  assert.equal(all, hold);
});

Deno.test("holdRule() compares by the rule's own sign", () => {
  const run = makeRun();
  const calls = run.total().outcomes.ok;
  const measure = { kind: "calls" } as const;
  const passes = (comparison: Threshold["comparison"], limit: number) =>
    holdRule(run, rule({ measure, comparison, limit })).passed;
  assert.deepEqual(
    [passes("<", calls), passes("<=", calls), passes(">", calls), passes(">=", calls)],
    [false, true, false, true],
  );
});

Deno.test("evaluate() shows a broken warning without failing the run", () => {
  const plan = makePlan({ thresholds: [rule({ limit: 1, level: "warn" })] });
  const verdict = evaluate(makeRun({ plan }));
  assert.equal(verdict.status, "PASS");
  assert.match(verdict.sentence, /One warning below/);
});
