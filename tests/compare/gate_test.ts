import assert from "node:assert/strict";
import { holdGates, parseGate } from "../../lib/compare/gate.ts";
import { UserError } from "../../lib/plan/errors.ts";
import type { Run } from "../../lib/result/run.ts";
import { sideOf } from "./sides.ts";
import { simulatedRun } from "./simulated.ts";

const FAST = { seconds: 120, rate_per_s: 15 };
const base = simulatedRun({ ...FAST, seed: 1 });
const slow = simulatedRun({ ...FAST, seed: 2, slow: 1.3 });
const equal = simulatedRun({ ...FAST, seed: 3 });

const hold = (rule: string, other: Run, from = base) =>
  holdGates([parseGate(rule)], sideOf("a", from), sideOf("b", other))[0]!;

Deno.test("parseGate() reads a figure, the change that is still allowed, and where", () => {
  for (
    const [text, source, limit, scale, stage] of [
      ["p95(response_time) +5%", "p95(response_time) +5%", 0.05, "ratio", null],
      ["p95(response_time,llm.*)+5 %", "p95(response_time, llm.*) +5%", 0.05, "ratio", null],
      ["goodput -3%", "goodput -3%", -0.03, "ratio", null],
      ["wer +0.5 points", "wer +0.5pp", 0.005, "difference", null],
      ["p50(gap) +2ms in hold", "p50(gap) +2ms in hold", 2000, "difference", "hold"],
      ["mean(first_token) +0.2s", "mean(first_token) +0.2s", 200_000, "difference", null],
    ] as const
  ) {
    const gate = parseGate(text);
    assert.deepEqual([gate.source, gate.limit, gate.scale, gate.stage], [source, limit, scale, stage], text);
  }
});

Deno.test("parseGate() says what is wrong with a rule and how to write it", () => {
  for (
    const [text, said] of [
      ["p95(response_time) < 2s", /write a figure and the change that is still allowed/],
      ["p95(latancy) +5%", /did you mean "latency"/],
      ["error_rate +5%", /write this change in pp/],
      ["p95(response_time) +5pp", /write this change in %, ms or s/],
      ["goodput -3ms", /write this change in %/],
      ["recovery_time +5s", /it can be held to no change/],
      ["max(response_time) +5%", /name a percentile, a mean, a share or a rate/],
      ["calls +5%", /name a percentile, a mean, a share or a rate/],
      ["gpu.power +5%", /needs "mean"/],
    ] as const
  ) {
    assert.throws(() => parseGate(text), (error) => error instanceof UserError && said.test(error.message), text);
  }
});

Deno.test("a rule is broken only by a change that is certainly beyond it, holds where that is ruled out, else is unsure", () => {
  const states = (other: Run) => [5, 30, 80].map((limit) => hold(`p50(response_time, llm.*) +${limit}%`, other).state);
  assert.deepEqual(states(slow), ["broken", "unsure", "holds"]);
  assert.deepEqual(states(equal), ["unsure", "holds", "holds"]);
  assert.equal(hold("p50(response_time, llm.*) -10%", base, slow).state, "broken", "a rule may limit a fall");
  assert.equal(hold("p50(response_time, llm.*) +10%", base, slow).state, "holds");
  for (const rule of ["p50(response_time, llm.*) -100%", "p50(response_time, llm.*) -90s", "throughput -150%"]) {
    assert.equal(hold(rule, slow).state, "holds", `${rule}: nothing falls by more than all of it`);
  }
  assert.equal(hold("p50(response_time, llm.*) +100ms", slow).state, "broken");
});

Deno.test("each operation holds a rule by itself, and the worst is named", () => {
  const { worst, state } = hold("p50(response_time) +5%", slow);
  assert.deepEqual([state, worst?.operation, worst?.name], ["broken", "llm.chat_stream", "response time P50"]);
});

Deno.test("an outage breaks a rule on times, and a rule on nothing says so", () => {
  const dead = simulatedRun({ ...FAST, seed: 2, errors: 1 });
  assert.equal(hold("p95(response_time, llm.*) +5%", dead).state, "broken");
  assert.equal(hold("error_rate +1pp", dead).state, "broken");
  assert.equal(hold("p95(response_time, rest.*) +5%", dead).state, "nothing");
});

Deno.test("certainty takes all rules and operations into account", () => {
  const rule = (limit: number) => `p50(response_time, llm.*) +${limit}%`;
  const state = (rules: string[]) => holdGates(rules.map(parseGate), sideOf("a", base), sideOf("b", slow))[0]?.state;
  // The largest change that is certainly exceeded when it is the only question.
  const edge = Array.from({ length: 60 }, (_, i) => 30 - i / 2).find((limit) => state([rule(limit)]) === "broken");
  assert.ok(edge !== undefined && edge > 10);
  const further = Array.from({ length: 30 }, (_, i) => `p50(response_time, stt.*) +${60 + i}%`);
  assert.equal(state([rule(edge), ...further]), "unsure");
});
