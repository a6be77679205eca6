import assert from "node:assert/strict";
import type { GpuSample } from "../../lib/measure/resource.ts";
import type { Plan } from "../../lib/plan/plan.ts";
import { holdRule } from "../../lib/verdict/hold_rule.ts";
import { evaluate } from "../../lib/verdict/evaluate.ts";
import { rule, task } from "../plans.ts";
import { makePlan } from "../result/make_run.ts";
import { madeRun, okCalls, OPEN, type Order } from "./made_run.ts";

const ONE_TASK = { tasks: [task("llm.chat_stream")] };

const GPU: GpuSample = {
  ...{ type: "gpu", t_ms: 0, index: 0, uuid: "GPU-1", name: "NVIDIA GB10", utilization_percent: 5, power_w: 50 },
  ...{ memory_utilization_percent: null, memory_used_bytes: null, memory_total_bytes: null, power_limit_w: null },
  ...{ temperature_c: null, sm_clock_mhz: null, clock_event_mask: null },
};

Deno.test("holdRule() reads goodput and its share from the calls that met every objective", () => {
  const run = madeRun({
    plan: ONE_TASK,
    calls: () => {
      const series = okCalls(9, 1000, (one) => one.count("good", 6));
      series.issued += 3;
      series.outcomes.failed += 2;
      series.outcomes.timed_out += 1;
      return series;
    },
  });
  const goodput = holdRule(run, rule("goodput >= 6/s"));
  assert.deepEqual([goodput.passed, goodput.observed, goodput.observed_text], [true, 6, "6.00/s"]);
  const share = holdRule(run, rule("good_rate > 95%"));
  assert.deepEqual([share.passed, share.observed, share.n], [false, 0.5, 720]);
});

Deno.test("holdRule() reads word errors, stalls, drops and tokens from the sums of calls", () => {
  const run = madeRun({
    plan: { ...ONE_TASK, loads: [OPEN] },
    calls: () => {
      const series = okCalls(4, 1000, (one) => {
        one.count("word_errors", 3);
        one.count("reference_words", 25);
        one.count("played_calls", 4);
        one.count("stalled_calls", 1);
        one.count("output_tokens", 400);
      });
      series.issued++;
      series.outcomes.dropped++;
      return series;
    },
    generator: () => ({ due: 5, begun: 4 }),
  });
  const seen = ["wer < 12%", "stalled < 1%", "dropped < 0.1%", "token_rate > 300/s", "load >= 99%"].map((text) => {
    const { passed, observed_text } = holdRule(run, rule(text));
    return [text, passed, observed_text];
  });
  assert.deepEqual(seen, [
    ["wer < 12%", false, "12 %"],
    ["stalled < 1%", false, "25 %"],
    ["dropped < 0.1%", false, "20 %"],
    ["token_rate > 300/s", true, "400/s"],
    ["load >= 99%", false, "80 %"],
  ]);
});

Deno.test("holdRule() leaves operations out of a glob that answer but have nothing of the kind", () => {
  const plan = { tasks: [task("llm.chat_stream"), task("llm.generate"), task("llm.generate_stream")] };
  const calls = (operation: string) =>
    okCalls(1, 900_000, (one) => operation === "llm.chat_stream" && one.histogram("first_message").record(200_000));
  const run = madeRun({ plan, calls });
  const first = holdRule(run, rule("p99(first_token) < 800ms"));
  assert.deepEqual([first.passed, first.observed, first.worst], [true, 200_000, "llm.chat_stream"]);
  assert.deepEqual(first.inapplicable?.operations, ["llm.generate"]);
  const none = holdRule(run, rule("p99(first_message, llm.generate) < 800ms"));
  assert.deepEqual([none.passed, none.observed, none.worst], [false, null, "llm.generate"]);
  assert.deepEqual([none.observed_text, none.inapplicable?.instead], ["does not apply", "response_time"]);
  const without = (dead: string) => {
    const run = madeRun({ plan, calls: (operation) => operation === dead ? null : calls(operation) });
    return holdRule(run, rule("p99(first_token) < 800ms"));
  };
  assert.deepEqual([without("llm.generate_stream").passed, without("llm.generate_stream").worst], [
    false,
    "llm.generate_stream",
  ], "one that could have it and did not answer is a part of the rule");
  assert.equal(without("llm.generate").passed, true, "one that never has it is none, whether it answers or not");
});

Deno.test("goodput and its share are of the operations that an objective applies to; of others they do not apply", () => {
  const run = madeRun({
    plan: {
      tasks: [task("llm.chat_stream"), task("tts.synthesize")],
      objectives: [{ operations: null, of: "first_message", limit: 800_000 }],
    },
    calls: (operation) =>
      okCalls(4, 100_000, (one) => operation === "tts.synthesize" ? one.count("unjudged", 4) : one.count("good", 3)),
  });
  const seen = ["good_rate > 99%", "good_rate(tts.*) > 99%", "goodput(tts.*) > 1/s", "goodput > 1/s"].map((text) => {
    const { passed, observed, observed_text } = holdRule(run, rule(text));
    return [passed, observed, observed_text];
  });
  assert.deepEqual(seen, [
    [false, 0.75, "75 %"],
    [false, null, "does not apply"],
    [false, null, "does not apply"],
    [true, 3, "3.00/s"],
  ]);
  const { sentence } = evaluate(madeRun({ plan: { ...run.plan, thresholds: [rule("good_rate(tts.*) > 99%")] } }));
  assert.doesNotMatch(sentence, /100 %/);
});

function gpu(index: number, t_ms: number, change: Partial<GpuSample>): GpuSample {
  return {
    type: "gpu",
    t_ms,
    index,
    uuid: `GPU-${index}`,
    name: "NVIDIA H200",
    utilization_percent: null,
    memory_utilization_percent: null,
    memory_used_bytes: null,
    memory_total_bytes: null,
    power_w: null,
    power_limit_w: null,
    temperature_c: null,
    sm_clock_mhz: null,
    clock_event_mask: null,
    ...change,
  };
}

Deno.test("holdRule() reads the machine while the stage lasted and names the GPU that fares worst", () => {
  const run = madeRun();
  for (let second = 0; second < 70; second++) {
    const early = second < 5;
    run.add(gpu(0, second * 1000, { memory_used_bytes: early ? 90e9 : 60e9, utilization_percent: 50 }));
    run.add(
      gpu(1, second * 1000, { memory_used_bytes: second < 60 ? 71e9 : 99e9, utilization_percent: second % 2 * 100 }),
    );
  }
  const seen = [
    "gpu.memory_used < 70GB in hold",
    "gpu.memory_used < 70GB in ramp",
    "gpu.memory_used > 65GB in hold",
    "mean(gpu.utilization) <= 50%",
    "gpu.power < 300W",
  ].map((text) => {
    const { passed, observed, worst } = holdRule(run, rule(text));
    return [passed, observed, worst];
  });
  assert.deepEqual(seen, [
    [false, 71e9, "GPU 1 (NVIDIA H200)"],
    [false, 90e9, "GPU 0 (NVIDIA H200)"],
    [false, 60e9, "GPU 0 (NVIDIA H200)"],
    [true, 0.5, "GPU 0 (NVIDIA H200)"],
    [false, null, null],
  ]);
});

/** What rules say of a GPU that is read from one second to another, beside one that is read throughout. */
function partlyRead(from: number, to: number, rules: string[], events = true) {
  const run = madeRun({ plan: { thresholds: rules.map((text) => rule(text)) } });
  for (let second = 0; second < 60; second++) {
    const used = { memory_used_bytes: 60e9, utilization_percent: 50 };
    run.add(gpu(0, second * 1000 + 300, used));
    if (second >= from && second < to) run.add(gpu(1, second * 1000 + 300, { ...used, memory_used_bytes: 65e9 }));
  }
  const t_ms = to * 1000;
  if (events) run.add({ type: "event", kind: "gpu_lost", t_ms, text: "GPU readings end here: a GPU has fallen off" });
  return evaluate(run);
}

Deno.test("a rule on a machine that was read for a part of the time is undecided, with how long and why", () => {
  const { status, sentence, rules } = partlyRead(0, 30, ["gpu.memory_used < 70GB"]);
  assert.deepEqual([status, rules[0]?.undecided?.kind], ["INVALID", "partial readings"]);
  assert.equal(
    sentence,
    '"gpu.memory_used < 70GB" is open: GPU 1 (NVIDIA H200) was read for 29.3 s of 1 min, the last at 0:29 ' +
      "(GPU readings end here: a GPU has fallen off). What was read is 60.5 GiB; nobody knows the rest.",
  );
});

Deno.test("readings of a part of the time decide what they can", () => {
  const open = (from: number, to: number, text: string) => {
    const { status, rules: [found] } = partlyRead(from, to, [text]);
    return [status, found?.undecided === null];
  };
  assert.deepEqual(open(0, 60, "gpu.memory_used < 70GB"), ["PASS", true]);
  assert.deepEqual(open(0, 58, "gpu.memory_used < 70GB"), ["PASS", true], "three readings may be missing");
  assert.deepEqual(open(4, 60, "gpu.memory_used < 70GB"), ["PASS", true], "nvidia-smi takes long to start");
  assert.deepEqual(open(9, 60, "gpu.memory_used < 70GB"), ["INVALID", false]);
  assert.deepEqual(open(0, 30, "gpu.memory_used < 62GB"), ["FAIL", true], "it was above the limit when it was read");
  assert.deepEqual(open(0, 30, "mean(gpu.utilization) < 40%"), ["FAIL", true], "the other was read throughout");
  assert.deepEqual(open(0, 30, "mean(gpu.utilization) < 60%"), ["INVALID", false]);
  assert.deepEqual(open(0, 30, "max(gpu.utilization) >= 50%"), ["PASS", true], "it has been that high");
  assert.deepEqual(open(10, 60, "gpu.memory_used < 70GB in hold"), ["INVALID", false]);
  assert.deepEqual(open(0, 4, "gpu.memory_used < 70GB in ramp"), ["PASS", true]);
  assert.deepEqual(open(0, 4, "gpu.memory_used < 70GB in hold"), ["INVALID", false], "of a GPU that never came back");
});

Deno.test("a rule that is undecided for its readings leaves another that is broken broken", () => {
  const rules = ["gpu.memory_used < 70GB", "gpu.power < 1W", "calls > 100000"];
  const { status, sentence } = partlyRead(0, 30, rules, false);
  assert.equal(status, "FAIL");
  assert.doesNotMatch(sentence, /^"gpu\.memory_used/);
});

Deno.test("a rule on a machine that was never read has nothing to read, and fails", () => {
  const run = madeRun({ plan: { thresholds: [rule("gpu.memory_used < 70GB")] } });
  const { status, sentence } = evaluate(run);
  assert.deepEqual([status, sentence], ["FAIL", "Nothing was read of gpu.memory_used for gpu.memory_used < 70GB."]);
});

Deno.test("a rule on a GPU of which a sampler that hangs read nothing is open, in the sampler's words", () => {
  const run = madeRun({ plan: { thresholds: [rule("gpu.memory_used < 70GB"), rule("gpu.utilization > 50%")] } });
  const text = "No GPU reading for 10 s: nvidia-smi runs but prints nothing";
  run.add({ type: "event", kind: "gpu_silent", t_ms: 10_000, text });
  const { status, sentence, rules } = evaluate(run);
  assert.deepEqual([status, sentence], ["INVALID", `"gpu.memory_used < 70GB" is open: nothing was read (${text}).`]);
  assert.deepEqual(rules.map(({ undecided }) => undecided?.kind), ["partial readings", "partial readings"]);
});

Deno.test("a rule on memory that a GPU does not tell is open, with the reason, and others are read", () => {
  const rules = [rule("gpu.memory_used < 70GB"), rule("gpu.utilization < 50%"), rule("gpu.power < 100W")];
  const run = madeRun({ plan: { thresholds: rules } });
  const text = 'The memory of GPU 0 cannot be read: nvidia-smi prints "[N/A]" for memory.used';
  run.add({ type: "event", kind: "gpu_memory_unreadable", t_ms: 4000, text });
  for (let t_ms = 1000; t_ms <= run.load_end_ms; t_ms += 1000) run.add({ ...GPU, t_ms, memory_used_bytes: null });
  const { status, sentence, rules: held } = evaluate(run);
  assert.deepEqual([status, sentence], ["INVALID", `"gpu.memory_used < 70GB" is open: nothing was read (${text}).`]);
  assert.deepEqual(held.map(({ passed }) => passed), [false, true, true]);
});

Deno.test("a rule on a GPU that nvidia-smi never reached is open; without a GPU it is broken", () => {
  for (
    const [kind, status] of [["gpu_unavailable", "INVALID"], ["gpu_flood", "INVALID"], ["gpu_absent", "FAIL"]] as const
  ) {
    const run = madeRun({ plan: { thresholds: [rule("gpu.memory_used < 70GB")] } });
    run.add({ type: "event", kind, t_ms: 100, text: "No GPU readings: the NVIDIA driver is not running" });
    assert.equal(evaluate(run).status, status, kind);
  }
});

Deno.test("holdRule() reads the host as ratio and bytes", () => {
  const run = madeRun();
  for (const [t_ms, cpu_percent] of [[1000, 40], [2000, null], [3000, 80]] as const) {
    run.add({
      type: "host",
      t_ms,
      cpu_percent,
      memory_used_bytes: 8e9,
      memory_total_bytes: 16e9,
      own_memory_bytes: null,
      own_cpu_percent: null,
    });
  }
  const cpu = holdRule(run, rule("mean(host.cpu) < 70%"));
  assert.deepEqual([cpu.observed, cpu.n, cpu.worst], [0.6000000000000001, 2, null]);
  assert.equal(holdRule(run, rule("host.cpu < 70%")).observed_text, "80 %");
  assert.equal(holdRule(run, rule("host.memory < 10GB")).observed_text, "7.45 GiB");
});

/** Of 100 calls a second some time out; the rest are quick. */
function withTimeouts(share: number, plan: Partial<Plan> = {}) {
  return madeRun({
    plan: { ...ONE_TASK, ...plan },
    calls: () => {
      const timed_out = Math.round(100 * share);
      const series = okCalls(100 - timed_out, 50_000);
      series.issued = 100;
      series.outcomes.timed_out = timed_out;
      return series;
    },
  });
}

Deno.test("holdRule() shows a percentile that lies among the timeouts as at least the deadline, and fails it", () => {
  const run = withTimeouts(0.06);
  const hidden = holdRule(run, rule("p95(latency) < 2s"));
  assert.deepEqual([hidden.passed, hidden.observed, hidden.observed_text], [false, 30e6, ">= 30.0 s"]);
  assert.equal(holdRule(run, rule("p95(latency) < 5m")).passed, false);
  assert.equal(holdRule(run, rule("max(latency) < 2s")).observed_text, ">= 30.0 s");
  assert.equal(holdRule(run, rule("p95(latency) > 2s")).passed, true);
  const seen = holdRule(run, rule("p90(latency) < 2s"));
  assert.deepEqual([seen.passed, seen.observed_text], [true, "50.0 ms"]);
  assert.match(
    evaluate(withTimeouts(0.06, { thresholds: [rule("p95(latency, llm.*) < 2s")] })).sentence,
    /^llm\.chat_stream answered too slowly: P95 latency >= 30\.0 s where 2\.00 s is allowed\.$/,
  );
});

Deno.test("holdRule() takes exactly 1 - p of timeouts for no reason to hide the percentile", () => {
  assert.equal(holdRule(withTimeouts(0.05), rule("p95(latency) < 2s")).observed_text, "50.0 ms");
});

/** Calls of 50 ms, one a second, so that their number is that of the seconds. */
function fewCalls(seconds: number, plan: Partial<Plan> = {}) {
  return madeRun({ plan: { ...ONE_TASK, ...plan }, seconds, calls: () => okCalls(1, 50_000) });
}

Deno.test("holdRule() says by MLPerf's bound whether a percentile or an error rate rests on enough data", () => {
  // 44 and 90 calls are MLPerf's least for P90 and P95 with none over the limit; 459 for P99 and for an error rate of 1 %.
  const data = (calls: number, text: string) => holdRule(fewCalls(calls), rule(text)).data;
  assert.deepEqual([data(43, "p90(latency) < 2s"), data(44, "p90(latency) < 2s")], ["too little", "enough"]);
  assert.deepEqual([data(60, "p95(latency) < 2s"), data(60, "p99(latency) < 2s")], ["too little", "too little"]);
  assert.deepEqual([data(60, "error_rate < 1%"), data(60, "error_rate < 10%")], ["too little", "enough"]);
  assert.deepEqual([data(60, "mean(latency) < 2s"), data(60, "p90(latency) > 1ms"), data(60, "calls > 1")], [
    null,
    null,
    null,
  ]);
});

Deno.test("holdRule() calls a clearly broken limit enough data too", () => {
  assert.deepEqual([
    holdRule(fewCalls(60), rule("p95(latency) < 1ms")).data,
    holdRule(fewCalls(60), rule("p95(latency) < 1ms")).passed,
  ], [
    "enough",
    false,
  ]);
});

Deno.test("evaluate() lets a rule of a strict plan pass only with enough data, and says how much is missing", () => {
  const thresholds = [rule("p95(latency, llm.*) < 2s")];
  const loose = evaluate(fewCalls(60, { thresholds }));
  assert.deepEqual([loose.status, loose.rules[0]?.data, loose.rules[0]?.unsure], ["PASS", "too little", null]);
  const strict = evaluate(fewCalls(60, { thresholds, strict: true }));
  assert.equal(strict.status, "FAIL");
  assert.equal(
    strict.sentence,
    "llm.chat_stream: P95 latency 50.0 ms keeps 2.00 s, but on too little data: 60 of 90 calls needed. " +
      "It is not certain at this length: run 1 min 50 s.",
  );
  const sure = evaluate(madeRun({ plan: { ...ONE_TASK, thresholds, strict: true }, calls: () => okCalls(3, 50_000) }));
  assert.deepEqual([sure.status, sure.rules[0]?.data], ["PASS", "enough"]);
});

Deno.test("evaluate() fails a strict rule whose confidence interval reaches past the limit", () => {
  const thresholds = [rule("mean(latency) < 94ms")];
  const calls = (_: string, second: number) => okCalls(10, second % 8 < 4 ? 60_000 : 130_000);
  const { status, rules, sentence } = evaluate(madeRun({ plan: { ...ONE_TASK, thresholds, strict: true }, calls }));
  const [only] = rules;
  assert.ok(only?.interval && only.observed! < 94_000 && only.interval.high > 94_000, JSON.stringify(only));
  assert.equal(status, "FAIL");
  assert.match(sentence, /keeps 94.0 ms, but on too little data: the true value may lie anywhere from .+ to .+\.$/);
});

Deno.test("holdRule() with a glob shows an operation that is not sure before one that is sure and slower", () => {
  const plan = makePlan();
  const run = madeRun({
    plan: { strict: true, tasks: plan.tasks },
    calls: (operation) => operation === "llm.chat_stream" ? okCalls(5, 800_000) : okCalls(1, 1000),
  });
  const outcome = holdRule(run, rule("p95(latency, *) < 2s"));
  assert.equal(outcome.passed, false);
  assert.notEqual(outcome.worst, "llm.chat_stream");
});

/** Before, a spike of twice the load, and after; latency is as `at` says. */
function spiked(at: (second: number) => number, generator: Order["generator"] = () => ({})) {
  const stage = (name: string, start_ms: number, end_ms: number) => ({
    name,
    load: 0,
    start_ms,
    end_ms,
    warm_up: false,
  });
  const flat = (start_ms: number, end_ms: number, users: number) => (
    { kind: "linear" as const, start_ms, end_ms, from: users, to: users }
  );
  return madeRun({
    plan: {
      ...ONE_TASK,
      stages: [stage("before", 0, 20_000), stage("spike", 20_000, 30_000), stage("after", 30_000, 60_000)],
      loads: [{
        kind: "closed",
        name: "load",
        users: 20,
        think_time: { kind: "constant", value_ms: 100 },
        start: "at_once",
        after_failure_ms: 0,
        courses: [flat(0, 20_000, 10), flat(20_000, 30_000, 20), flat(30_000, 60_000, 10)],
      }],
    },
    calls: (_, second) => okCalls(30, at(second)),
    generator,
  });
}

Deno.test("holdRule() reads the time of a recovery, and of one that did not come its lower bound", () => {
  const back = holdRule(
    spiked((second) => second >= 20 && second < 34 ? 900_000 : 100_000),
    rule("recovery_time < 5s"),
  );
  assert.deepEqual([back.passed, back.observed_text], [true, "4.00 s"]);
  const never = holdRule(spiked((second) => second >= 20 ? 900_000 : 100_000), rule("recovery_time < 5m"));
  assert.deepEqual([never.passed, never.observed_text], [false, ">= 30.0 s"]);
});

Deno.test("holdRule() leaves a late recovery open where june-load stood still after the spike", () => {
  const late = (second: number) => second >= 20 && second < 40 ? 900_000 : 100_000;
  const undecided = (start_ms: number, length_ms: number, text = "recovery_time < 5s") => {
    const generator = (second: number) =>
      second === Math.floor(start_ms / 1000) ? { stalls: [{ start_ms, length_ms }] } : {};
    return holdRule(spiked(late, generator), rule(text)).undecided !== null;
  };
  assert.equal(undecided(35_000, 3000), true);
  assert.equal(undecided(15_000, 3000), false, "before the spike");
  assert.equal(undecided(35_000, 15), false, "shorter than a fifth of 100 ms");
  assert.equal(undecided(35_000, 3000, "recovery_time < 20s"), false, "it came back in time all the same");
});

Deno.test("holdRule() takes a drift for one only where its interval leaves out 0", () => {
  const rising = madeRun({ plan: ONE_TASK, calls: (_, second) => okCalls(20, 100_000 + second * 200) });
  const real = holdRule(rising, rule("drift(response_time) < 5%/h in hold"));
  assert.ok(!real.passed && real.observed! > 1 && real.interval!.low > 0, JSON.stringify(real));
  const wild = madeRun({ plan: ONE_TASK, calls: (_, second) => okCalls(20, 100_000 + (second * 7919) % 13 * 3000) });
  const noise = holdRule(wild, rule("drift(response_time) < 0%/h in hold"));
  assert.ok(noise.passed && noise.interval!.low <= 0, JSON.stringify(noise));
  assert.match(noise.observed_text, / %\/h \(may be 0\)$/);
});
