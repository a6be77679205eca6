import assert from "node:assert/strict";
import { ANSWER_NOTES } from "../../lib/driver/driver.ts";
import type { Counter } from "../../lib/plan/threshold/threshold.ts";
import { parseThreshold } from "../../lib/plan/threshold/parser.ts";
import { answerFindings } from "../../lib/verdict/answers.ts";
import { evaluate } from "../../lib/verdict/evaluate.ts";
import { madeRun, okCalls } from "./made_run.ts";

function ruleOf(source: string) {
  const parsed = parseThreshold(source);
  assert.ok("measure" in parsed, source);
  return parsed;
}

const findings = (counters: Partial<Record<Counter, number>>, calls = 10) =>
  answerFindings(madeRun({
    seconds: 6,
    calls: (operation) =>
      operation !== "llm.chat_stream" ? null : okCalls(calls, 100_000, (series) => {
        for (const [name, amount] of Object.entries(counters)) series.count(name as Counter, amount);
      }),
  }));

Deno.test("answers that were as they should be give no finding", () => {
  assert.deepEqual(findings({ output_tokens: 100, reference_words: 100, word_errors: 20 }), []);
});

Deno.test("each note of a driver, and replies in one piece, are told with their number", () => {
  const odd = ANSWER_NOTES.filter((name) => !name.startsWith("interims_"));
  for (const kind of [...odd, "one_piece"] as const) {
    const [finding, ...others] = findings({ [kind]: 5 });
    assert.deepEqual([finding?.kind, finding?.count, finding?.of, others], [kind, 30, 60, []]);
    assert.match(finding?.text ?? "", /^llm\.chat_stream: 30 of 60 ok calls /);
  }
});

Deno.test("interim transcripts are no oddity, unless one server's were read in both ways", () => {
  assert.deepEqual(findings({ interims_joined: 10 }), []);
  assert.deepEqual(findings({ interims_replaced: 10 }), []);
  const [finding] = findings({ interims_replaced: 7, interims_joined: 3 });
  assert.deepEqual([finding?.kind, finding?.count], ["interims_joined", 18]);
  assert.match(finding?.text ?? "", /replaced in 42 calls and joined in 18, .* set "interims" to it\.$/);
});

Deno.test("a rare oddity is not told", () => {
  assert.deepEqual(findings({ no_content: 1 }, 1000), []);
});

Deno.test("a word error rate that cannot be bad recognition is told", () => {
  const [finding] = findings({ reference_words: 10, word_errors: 111 });
  assert.match(finding?.text ?? "", /a word error rate of 1,110 % is no bad recognition/);
});

Deno.test("rules on gaps do not pass on replies that came in one piece; others do", () => {
  const verdictOf = (source: string, pieces: number) =>
    evaluate(madeRun({
      plan: { thresholds: [ruleOf(source)] },
      calls: (operation) =>
        operation !== "llm.chat_stream" ? null : okCalls(10, 100_000, (series) => {
          for (let i = 0; i < 50; i++) series.histogram("gap").record(20);
          if (pieces > 0) series.count("one_piece", pieces);
        }),
    }));
  const { status, sentence } = verdictOf("p99(gap, llm.*) < 1ms", 10);
  assert.equal(status, "INVALID");
  assert.match(
    sentence,
    /"p99\(gap, llm\.\*\) < 1ms" is open: 600 of 600 replies of llm\.chat_stream came in one piece/,
  );
  assert.equal(verdictOf("p99(gap, llm.*) < 1ms", 0).status, "PASS");
  assert.equal(verdictOf("p95(response_time, llm.*) < 1s", 10).status, "PASS");
  assert.equal(verdictOf("p99(gap, llm.*) < 10us", 10).status, "FAIL", "broken all the same");
});
