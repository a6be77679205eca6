import assert from "node:assert/strict";
import type { GeneratorData } from "../../lib/measure/interval.ts";
import type { Plan } from "../../lib/plan/plan.ts";
import { evaluate } from "../../lib/verdict/evaluate.ts";
import { type FitCheck, generatorFit } from "../../lib/verdict/generator_fit.ts";
import { closedLoad, constantPause, rule, task } from "../plans.ts";
import { hostSample, withHost } from "./fit/host_samples.ts";
import { lags, madeRun, okCalls, OPEN, type Order } from "./made_run.ts";

const ONE_TASK: Partial<Plan> = { tasks: [task("llm.chat_stream")] };
const FULL_SPEED: Partial<Plan> = { ...ONE_TASK, loads: [closedLoad(20, 4, 60_000, constantPause(0))] };

/** Twenty calls of 100 ms a second, for which the generator was as it says. */
function withGenerator(generator: Partial<GeneratorData>, plan: Partial<Plan> = ONE_TASK, latency_us = 100_000) {
  return madeRun({ plan, calls: () => okCalls(20, latency_us), generator: () => generator });
}

function states(run: Parameters<typeof generatorFit>[0]): Record<string, FitCheck["state"]> {
  return Object.fromEntries(generatorFit(run).map(({ name, state }) => [name, state]));
}

Deno.test("generatorFit() finds nothing to say of a generator that kept up", () => {
  const quiet = { start_lag: lags(20, 300), loop_lag_us: 2000, busiest_pool: 0.2, gc_pause_us: 3000, clock_step_ms: 1 };
  const checks = generatorFit(withHost(withGenerator(quiet)));
  assert.ok(checks.every(({ state, advice }) => state === "ok" && advice === ""), JSON.stringify(checks));
});

Deno.test("generatorFit() decides by the delay of its own starts against the latency", () => {
  const name = "tasks begun on time";
  const state = (lag_us: number, latency_us: number) =>
    states(withGenerator({ start_lag: lags(20, lag_us) }, ONE_TASK, latency_us))[name];
  assert.deepEqual([state(800, 1000), state(4000, 100_000), state(6000, 100_000), state(12_000, 100_000)], [
    "ok",
    "ok",
    "warn",
    "invalid",
  ]);
  assert.equal(state(90_000, 2_000_000), "ok");
});

Deno.test("generatorFit() only warns of late starts that change the answer of no rule on a time", () => {
  const objectives = [{ operations: null, of: "response_time", limit: 400_000 }] as const;
  const state = (lag_us: number, rules: string[], goals: Plan["objectives"] = []) => {
    const plan = { ...ONE_TASK, thresholds: rules.map(rule), objectives: goals };
    return states(withGenerator({ start_lag: lags(20, lag_us) }, plan, 1000))["tasks begun on time"];
  };
  const response = "p95(response_time) < 2s";
  assert.deepEqual([state(29_000, [response]), state(99_000, [response]), state(101_000, [response])], [
    "warn",
    "warn",
    "invalid",
  ]);
  assert.equal(state(29_000, [response, "p99(first_message) < 400ms"]), "invalid", "the tightest limit decides");
  assert.equal(state(19_000, [response, "p99(first_message) < 400ms"]), "warn");
  assert.equal(state(29_000, [response, "p95(start_delay) < 20ms"]), "invalid", "it holds the delay itself");
  assert.equal(state(101_000, ["p95(response_time) < 10s"]), "invalid", "so late a start is never passed over");
  assert.equal(state(9000, ["p95(response_time) < 20ms"]), "warn", "the floor holds for tight rules, too");
  for (const rules of [[], ["error_rate < 1%"], ["throughput > 1/s"], ["host.cpu < 90%"]]) {
    assert.equal(state(29_000, rules), "invalid", `no rule on a time: ${rules.join()}`);
  }
  for (const other of ["drift(response_time) < 5%/h", "recovery_time < 30s", "p50(latency) > 10ms"]) {
    assert.equal(state(29_000, [response, other]), "invalid", `${other} has no such limit`);
  }
  assert.equal(state(29_000, [response, "drift(memory) < 5%/h"]), "warn");
  assert.equal(state(29_000, [response], [...objectives]), "warn", "no rule reads the objective");
  assert.equal(state(29_000, [response, "good_rate > 95%"], [...objectives]), "invalid");
  assert.equal(state(19_000, ["good_rate > 95%"], [...objectives]), "warn");
});

Deno.test("evaluate() passes a quick service whose starts were late by less than its rules can show", () => {
  const plan = { ...ONE_TASK, thresholds: [rule("p95(response_time) < 2s")] };
  const { status, sentence } = evaluate(withHost(withGenerator({ start_lag: lags(20, 29_000) }, plan, 1000)));
  assert.equal(status, "PASS", sentence);
});

Deno.test("generatorFit() asks a percentile that the sample can carry", () => {
  const seen = (count: number) => {
    const run = madeRun({
      plan: ONE_TASK,
      calls: (_, second) => okCalls(second === 0 ? count : 0, 1000),
      generator: (second) => ({ start_lag: lags(second === 0 ? count : 0, 100) }),
    });
    const [check] = generatorFit(run);
    return `${check?.state}: ${check?.value}`;
  };
  assert.deepEqual([seen(19), seen(20), seen(100), seen(200), seen(1000)], [
    "unknown: too few to say",
    "unknown: P50 100 µs late, too few to say more",
    "ok: P90 100 µs late",
    "ok: P95 100 µs late",
    "ok: P99 100 µs late",
  ]);
});

Deno.test("generatorFit() decides by a busy processor and a stalled loop only where the load leaves pauses", () => {
  const names = ["processor of the busiest worker", "stalls of the event loop"] as const;
  const seen = (plan: Partial<Plan>, generator: Partial<GeneratorData>) => {
    const found = states(withGenerator(generator, plan));
    return names.map((name) => found[name]);
  };
  assert.deepEqual(seen(ONE_TASK, { busiest_pool: 0.8, loop_lag_us: 30_000 }), ["warn", "warn"]);
  assert.deepEqual(seen(ONE_TASK, { busiest_pool: 0.95, loop_lag_us: 150_000 }), ["invalid", "invalid"]);
  assert.deepEqual(seen(FULL_SPEED, { busiest_pool: 0.99, loop_lag_us: 150_000 }), ["warn", "warn"]);
});

Deno.test("generatorFit() is not moved by one bad second", () => {
  const generator: Order["generator"] = (second) =>
    second === 7 ? { busiest_pool: 1, loop_lag_us: 900_000 } : { busiest_pool: 0.1 };
  const found = states(madeRun({ plan: ONE_TASK, calls: () => okCalls(20, 100_000), generator }));
  assert.ok(Object.values(found).every((state) => state === "ok" || state === "unknown"), JSON.stringify(found));
});

/** Calls of which the later half waits for a stream, on connections that stand or do not. */
function waiting(connections: number, start_delay_us: number) {
  return madeRun({
    plan: ONE_TASK,
    calls: () =>
      okCalls(20, 100_000, (one) => {
        for (let i = 0; i < 20; i++) one.histogram("start_delay").record(start_delay_us);
      }),
    interval: () => ({
      connections: [{
        service: "llm",
        connections,
        streams_in_flight: 100,
        waiting: 5,
        reconnects_total: 0,
        moves_total: 0,
      }],
    }),
  });
}

Deno.test("generatorFit() blames waiting for streams on too few connections, but not while one is down", () => {
  const name = "calls that waited for a free stream";
  const found = generatorFit(waiting(1, 40_000)).find((check) => check.name === name);
  assert.equal(found?.state, "invalid");
  assert.match(
    found?.advice ?? "",
    /calls to llm waited .+ on its 1 connection a worker: P99 40\.0 ms .+ set more `connections`/,
  );
  assert.equal(states(waiting(0, 40_000))[name], "ok");
  assert.equal(states(waiting(1, 500))[name], "ok");
});

Deno.test("generatorFit() warns of dropped arrivals, pauses, clock steps and holes in the samples, and decides by none", () => {
  const run = madeRun({
    plan: { ...ONE_TASK, loads: [OPEN] },
    calls: () => {
      const series = okCalls(40, 100_000, (one) => one.histogram("pacing_error").record(30_000));
      series.issued += 10;
      series.outcomes.dropped = 10;
      return series;
    },
    generator: () => ({ due: 50, begun: 40, gc_pause_us: 80_000, clock_step_ms: -2000 }),
  });
  for (let t_ms = 0; t_ms < 60_000; t_ms += t_ms === 1000 ? 19_000 : 1000) {
    run.add(hostSample(t_ms));
  }
  const warned = generatorFit(run).filter(({ state }) => state !== "ok" && state !== "unknown");
  assert.deepEqual(warned.map(({ name, value, state }) => [name, value, state]), [
    ["arrivals begun", "2,400 of 3,000", "warn"],
    ["longest garbage collection", "80.0 ms", "warn"],
    ["speech sent in real time", "P99 of its chunks 30.0 ms late", "warn"],
    ["steps of the wall clock", "2.00 s", "warn"],
    ["gaps in readings of the machine", "up to 19.0 s", "warn"],
  ]);
  assert.ok(warned.every(({ advice }) => advice !== "" && !advice.endsWith(".")));
});

Deno.test("generatorFit() tells of a sampler that ended before the load did", () => {
  const run = madeRun({ plan: ONE_TASK });
  for (let t_ms = 0; t_ms <= 30_000; t_ms += 1000) run.add(hostSample(t_ms));
  const gaps = generatorFit(run).find(({ name }) => name === "gaps in readings of the machine");
  assert.deepEqual([gaps?.state, gaps?.value], ["warn", "up to 30.0 s"]);
});

Deno.test("evaluate() makes a run INVALID whose generator was the limit, whether its rules hold or not", () => {
  for (const text of ["p95(latency) < 800ms", "p95(latency) < 1ms"]) {
    const seen = { start_lag: lags(20, 50_000), busiest_pool: 0.8 };
    const run = withHost(withGenerator(seen, { ...ONE_TASK, thresholds: [rule(text)] }));
    const { status, sentence } = evaluate(run);
    assert.equal(status, "INVALID");
    assert.equal(
      sentence,
      "The load generator was the limit: june-load began its tasks too late to measure what it was asked to: " +
        `P99 50.0 ms where ${
          text.endsWith("800ms") ? "40.0" : "5.00"
        } ms would do; give it more than 1 worker: the busiest worker used 80 % of a core.`,
    );
  }
});

Deno.test("generatorFit() reads no warm-up", () => {
  const plan: Partial<Plan> = {
    ...ONE_TASK,
    stages: [
      { name: "warm_up", load: 0, start_ms: 0, end_ms: 50_000, warm_up: true },
      { name: "hold", load: 0, start_ms: 50_000, end_ms: 60_000, warm_up: false },
    ],
  };
  const generator: Order["generator"] = (second) =>
    second < 50
      ? { busiest_pool: 1, loop_lag_us: 900_000, start_lag: lags(20, 900_000) }
      : { start_lag: lags(20, 100) };
  const found = states(madeRun({ plan, calls: () => okCalls(20, 100_000), generator }));
  assert.ok(Object.values(found).every((state) => state === "ok" || state === "unknown"), JSON.stringify(found));
});

Deno.test("generatorFit() counts clips that june-load sent late, and not those that the services held back", () => {
  const seen = (late_us: number, clips: number, late: number) => {
    const run = madeRun({
      plan: ONE_TASK,
      calls: () =>
        okCalls(20, 100_000, (one) => {
          for (let i = 0; i < 50; i++) one.histogram("pacing_error").record(late_us);
          one.count("paced_calls", clips);
          one.count("late_speech", late);
        }),
    });
    const check = generatorFit(withHost(run)).find(({ name }) => name === "speech sent in real time");
    return [check?.value, check?.state, check?.advice.split(";")[0]];
  };
  assert.deepEqual(seen(12_000, 2, 0), ["120 of 120 clips, P99 of its chunks 12.0 ms late", "ok", ""]);
  assert.deepEqual(seen(213_000, 2, 0), [
    "120 of 120 clips, P99 of its chunks 213 ms late, held back by the services",
    "ok",
    "",
  ]);
  assert.deepEqual(seen(213_000, 2, 1), [
    "60 of 120 clips, P99 of its chunks 213 ms late",
    "warn",
    "june-load sent 60 clips late, so that each rule is judged with and without their calls",
  ]);
});

Deno.test("generatorFit() warns where june-load spoilt calls, though a typical second has no stall", () => {
  const run = madeRun({
    plan: ONE_TASK,
    calls: (_, second) =>
      okCalls(20, 100_000, (one) => {
        if (second === 7) one.tainted.outcomes.ok = one.tainted.issued = 12;
      }),
    generator: (second) => ({ loop_lag_us: second === 7 ? 900_000 : 1000 }),
  });
  const check = generatorFit(withHost(run)).find(({ name }) => name === "stalls of the event loop");
  assert.equal(check?.state, "warn");
  assert.match(
    check?.advice ?? "",
    /^june-load itself spoilt 12 calls, so that each rule is judged with and without them; run/,
  );
});

Deno.test("generatorFit() says unknown, not ok, of all that it has too little of", () => {
  const all = (run: Parameters<typeof states>[0]) => new Set(Object.values(states(run)));
  const nothing = madeRun({ plan: { ...ONE_TASK, loads: [OPEN] }, seconds: 0, open: true });
  assert.deepEqual(all(nothing), new Set(["unknown"]));
  const stages = [{ name: "warm_up", load: 0, start_ms: 0, end_ms: 60_000, warm_up: true }];
  assert.deepEqual(all(madeRun({ plan: { ...ONE_TASK, stages } })), new Set(["unknown"]));
  const short = states(withHost(
    madeRun({ plan: ONE_TASK, seconds: 3, generator: () => ({ busiest_pool: 0.2, loop_lag_us: 900 }) }),
    () => ({}),
    3000,
  ));
  assert.deepEqual(
    [short["processor of the busiest worker"], short["stalls of the event loop"], short["processor of this machine"]],
    ["unknown", "unknown", "unknown"],
  );
});
