import assert from "node:assert/strict";
import { faultsOf, fileWith, planOf } from "../helpers.ts";

/** The only fault of a file with one scenario and this further line. */
function scenarioFault(line: string): string {
  const faults = faultsOf(fileWith({ scenario: [line] }));
  assert.equal(faults.length, 1, faults.join("\n"));
  return faults[0]!;
}

Deno.test("loadScenario() reads think times as a range, one duration or a map", () => {
  const think = (line: string) =>
    planOf(fileWith({ scenario: [line] })).loads.map((load) => load.kind === "closed" && load.think_time)[0];
  assert.deepEqual(think("think_time: 200ms-1s"), { kind: "uniform", min_ms: 200, max_ms: 1000 });
  assert.deepEqual(think("think_time: 2s"), { kind: "constant", value_ms: 2000 });
  assert.deepEqual(think("think_time: 0s"), { kind: "constant", value_ms: 0 });
  assert.deepEqual(think("think_time: { min: 1s, max: 2s }"), { kind: "uniform", min_ms: 1000, max_ms: 2000 });
  assert.deepEqual(think("think_time: 1s - 1s"), { kind: "constant", value_ms: 1000 });
  assert.deepEqual(think("think_time: { exponential: 2s }"), { kind: "exponential", mean_ms: 2000 });
  const lognormal = { kind: "lognormal", median_ms: 2000, sigma: 0.5 };
  assert.deepEqual(think("think_time: { lognormal: { median: 2s, sigma: 0.5 } }"), lognormal);
  assert.deepEqual(think("pacing: 5s"), { kind: "pacing", every_ms: 5000 });
});

Deno.test("loadScenario() refuses think times that make no range", () => {
  const path = "load.yaml:5:17: scenarios.one.think_time: ";
  const expected = 'Expected a think time of at most 1h, such as "1s-3s" or "2s"';
  assert.equal(
    scenarioFault("think_time: 3s-1s"),
    `${path}The think time "3s-1s" must name the shorter duration first`,
  );
  assert.equal(
    scenarioFault("think_time: 1-3s"),
    `${path}The duration "1" has no unit: did you mean "1s"? (a think time looks like "1s-3s" or "2s")`,
  );
  assert.equal(scenarioFault("think_time: 2h"), `${path}${expected}, found "2h"`);
  assert.equal(scenarioFault("think_time: 1s-2s-3s"), `${path}${expected}, found "1s-2s-3s"`);
  assert.equal(
    scenarioFault("think_time: [1s]"),
    `${path}Expected a think time of at most 1h, such as "1s-3s" or "2s", or a map, found a list`,
  );
  assert.equal(
    scenarioFault("think_time: { min: 5s, max: 2s }"),
    'load.yaml:5:24: scenarios.one.think_time.min: Expected at most the "max" of 2s, found 5s',
  );
  assert.equal(
    scenarioFault("think_time: { min: 5s }"),
    'load.yaml:5:17: scenarios.one.think_time.max: Missing key: "min" is given, and a range needs both "min" and "max"',
  );
  const ways =
    'load.yaml:5:17: scenarios.one.think_time: Expected one of "min" and "max", "exponential" or "lognormal"';
  assert.equal(scenarioFault("think_time: {}"), ways);
  assert.equal(scenarioFault("think_time: { exponential: 1s, min: 1s, max: 2s }"), ways);
  assert.equal(
    scenarioFault("think_time: { lognormal: { median: 1s, sigma: 9 } }"),
    "load.yaml:5:51: scenarios.one.think_time.lognormal.sigma: Expected a number above 0 and at most 3, found 9",
  );
});
