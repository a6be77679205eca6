import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import type { OpenLoad, Plan } from "../../../lib/plan/plan.ts";
import { LOADS_EXAMPLE } from "../../../lib/scenario/reference/loads.ts";
import { listScenarios, loadScenario } from "../../../lib/scenario/load.ts";
import { STAGGERED } from "../../plans.ts";
import { faultsOf, load, planOf } from "../helpers.ts";

/** The plan of a scenario of these lines alone. */
const planOfLines = (...lines: string[]): Plan => planOf(fileOf(lines), { readText: () => "0\n0.5\n2.25\n" });

const fileOf = (lines: readonly string[]) => ["scenarios:", "  one:", ...lines.map((line) => `    ${line}`)].join("\n");

/** The only fault of a scenario of these lines, without the file's name. */
function faultOf(...lines: string[]): string {
  const faults = faultsOf(fileOf(lines), { readText: () => "0\n0.5\n2.25\n" });
  assert.equal(faults.length, 1, faults.join("\n"));
  return faults[0]!.replace("load.yaml:", "");
}

const stagesOf = (plan: Plan) => plan.stages.map(({ name, start_ms, end_ms }) => [name, start_ms, end_ms]);

function openLoad(plan: Plan): OpenLoad {
  const [first] = plan.loads;
  return first?.kind === "open" ? first : assert.fail("The load is closed");
}

Deno.test("loadScenario() makes an open load of a rate", () => {
  const plan = planOfLines("rate: 50/s", "duration: 1m", "warm_up: 10s");
  assert.deepEqual(plan.loads, [{
    kind: "open",
    name: "one",
    courses: [{ kind: "linear", start_ms: 0, end_ms: 60_000, from: 50, to: 50 }],
    spacing: "constant",
    max_in_flight: 1000,
    max_wait_ms: 1000,
  }]);
  assert.deepEqual(stagesOf(plan), [["warm_up", 0, 10_000], ["hold", 10_000, 60_000]]);
  assert.deepEqual(plan.stages.map(({ warm_up }) => warm_up), [true, false]);
  assert.equal(plan.thresholds.at(-1)!.source, "load >= 99%");
});

Deno.test("loadScenario() reads rates as numbers, per unit of time, as ramps and as waves", () => {
  const course = (rate: string) => openLoad(planOfLines(`rate: ${rate}`, "duration: 10s")).courses[0];
  const linear = (from: number, to: number) => ({ kind: "linear", start_ms: 0, end_ms: 10_000, from, to });
  assert.deepEqual(course("2.5"), linear(2.5, 2.5));
  assert.deepEqual(course("120/m"), linear(2, 2));
  assert.deepEqual(course("0/s to 50/s"), linear(0, 50));
  assert.deepEqual(course("5 to 300/m"), linear(5, 5));
  assert.deepEqual(course("{ mean: 20/s, amplitude: 60/m, period: 5s }"), {
    kind: "sine",
    start_ms: 0,
    end_ms: 10_000,
    mean: 20,
    amplitude: 1,
    period_ms: 5000,
  });
  assert.deepEqual(stagesOf(planOfLines("rate: 1 to 2", "duration: 10s")), [["ramp", 0, 10_000]]);
});

Deno.test("loadScenario() lays stages one after another", () => {
  const plan = planOfLines(
    "stages:",
    "  warm_up: { duration: 10s, users: 0 to 5, warm_up: true }",
    "  hold: { duration: 20s, users: 5 }",
    "  waves: { duration: 30s, users: { mean: 5, amplitude: 2.5, period: 10s } }",
    "  leave: { duration: 5s, users: 5 to 0 }",
  );
  assert.deepEqual(stagesOf(plan), [
    ["warm_up", 0, 10_000],
    ["hold", 10_000, 30_000],
    ["waves", 30_000, 60_000],
    ["leave", 60_000, 65_000],
  ]);
  assert.deepEqual(plan.stages.map(({ warm_up }) => warm_up), [true, false, false, false]);
  assert.equal(plan.duration_ms, 65_000);
  const [crowd] = plan.loads;
  assert.deepEqual(crowd, {
    kind: "closed",
    name: "one",
    courses: [
      { kind: "linear", start_ms: 0, end_ms: 10_000, from: 0, to: 5 },
      { kind: "linear", start_ms: 10_000, end_ms: 30_000, from: 5, to: 5 },
      { kind: "sine", start_ms: 30_000, end_ms: 60_000, mean: 5, amplitude: 2.5, period_ms: 10_000 },
      { kind: "linear", start_ms: 60_000, end_ms: 65_000, from: 5, to: 0 },
    ],
    users: 8,
    think_time: { kind: "uniform", min_ms: 1000, max_ms: 3000 },
    ...STAGGERED,
  });
  assert.equal(plan.thresholds.at(-1)!.source, "load >= 100%");
});

Deno.test("loadScenario() makes a stair of a ramp with steps", () => {
  const { courses } = openLoad(planOfLines("stages: { up: { duration: 12s, rate: 10/s to 40/s, steps: 4 } }"));
  assert.deepEqual(
    courses,
    [10, 20, 30, 40].map((rate, i) => ({
      kind: "linear",
      start_ms: i * 3000,
      end_ms: (i + 1) * 3000,
      from: rate,
      to: rate,
    })),
  );
});

Deno.test("loadScenario() reads a replay and lets its stage last until the next full second", () => {
  const plan = planOfLines("stages: { before: { duration: 1s, rate: 5 }, monday: { replay: monday.txt } }");
  assert.deepEqual(stagesOf(plan), [["before", 0, 1000], ["monday", 1000, 4000]]);
  const file = { path: "/files/monday.txt", at: "load.yaml:3:68" };
  assert.deepEqual(openLoad(plan).courses[1], { kind: "replay", start_ms: 1000, end_ms: 4000, file, arrivals: 3 });
  assert.deepEqual(stagesOf(planOfLines("stages: { monday: { replay: m.txt, duration: 9s } }")), [["monday", 0, 9000]]);
});

Deno.test("loadScenario() tells faults of a replay by file and line", () => {
  const text = fileOf(["stages: { monday: { replay: m.txt } }"]);
  assert.deepEqual(faultsOf(text, { readText: () => "0\n1\nsoon\n" }), [
    '/files/m.txt:3:1: Cannot read the offset "soon": write seconds such as "12.5", or a duration such as "250ms"',
  ]);
  assert.match(faultsOf(text, { exists: () => false })[0]!, /^load\.yaml:3:33: .* No such file or folder: "m\.txt"/);
  const dir = fileURLToPath(new URL(".", import.meta.url));
  const folder = loadScenario.bind(null, {
    text: text.replace("m.txt", "."),
    file: "f.yaml",
    dir,
    env: {},
    cores: 1,
    overrides: {},
  });
  assert.throws(
    folder,
    /f\.yaml:3:33: .* Cannot read ".*tests\/scenario\/plan": it is a folder; name a file inside it$/,
  );
  assert.equal(
    faultOf("stages: { monday: { duration: 2s, replay: m.txt } }"),
    "3:35: scenarios.one.stages.monday.duration: The replay's last arrival is at 2s250ms, but the stage ends after 2s: make the stage longer",
  );
});

Deno.test("loadScenario() refuses two loads in one scenario, and settings of the other kind", () => {
  assert.equal(
    faultOf("users: 5", "rate: 5/s", "duration: 1m"),
    '4:11: scenarios.one.rate: Both "users" and "rate" are given: a load has either users or arrivals. Remove one, or write two scenarios and a third that runs both in "parallel"',
  );
  assert.equal(
    faultOf("rate: 5/s", "duration: 1m", "think_time: 1s"),
    '5:17: scenarios.one.think_time: The key "think_time" has no effect on an open load, whose tasks start at scheduled times: remove it',
  );
  for (const line of ["start: at_once", "after_failure: 2s"]) {
    assert.match(faultOf("rate: 5/s", "duration: 1m", line), /has no effect on an open load, whose tasks start at/);
  }
  assert.equal(
    faultOf("users: 5", "duration: 1m", "max_wait: 1s"),
    '5:15: scenarios.one.max_wait: The key "max_wait" is only for open loads, and this load has users: remove it, or give a "rate" instead of users',
  );
  assert.equal(
    faultOf("users: 5", "duration: 1m", "think_time: 1s", "pacing: 1s"),
    '6:13: scenarios.one.pacing: Both "think_time" and "pacing" are given: remove one',
  );
  assert.equal(
    faultOf("rate: 5/s"),
    '3:5: scenarios.one.duration: Missing key "duration": expected a duration from 100ms to 7d, such as "30s"',
  );
});

Deno.test("loadScenario() refuses what stages say already", () => {
  const stages = "stages: { hold: { duration: 1m, users: 5 } }";
  assert.equal(
    faultOf(stages, "duration: 1m"),
    '4:15: scenarios.one.duration: Both "duration" and "stages" are given: each stage sets its own. Remove one',
  );
  assert.equal(
    faultOf(stages, "spawn_rate: 5"),
    '4:17: scenarios.one.spawn_rate: The stages set how fast users start: write a stage such as { duration: 10s, users: "0 to 50" }',
  );
  assert.equal(
    faultOf(stages, "warm_up: 5s"),
    '4:14: scenarios.one.warm_up: Mark a stage with "warm_up: true" instead',
  );
  assert.equal(
    faultOf(stages, "arrivals: poisson"),
    '4:15: scenarios.one.arrivals: The key "arrivals" is only for open loads, and this load has users: remove it, or give a "rate" instead of users',
  );
});

Deno.test("loadScenario() refuses stages that make no load", () => {
  const fault = (...stages: string[]) => faultOf("stages:", ...stages.map((stage) => `  ${stage}`));
  const path = "scenarios.one.stages";
  const cases: [string, string][] = [
    ["a: { duration: 1m }", `4:10: ${path}.a: The stage has no load: give it "users", "rate" or "replay"`],
    [
      "a: { duration: 1m, users: 5, rate: 5 }",
      `4:42: ${path}.a.rate: A stage has one of "users", "rate" and "replay": remove one`,
    ],
    ["a: { users: 5 }", `4:10: ${path}.a: Missing key "duration": say how long the stage lasts, such as "1m"`],
    [
      "a: { duration: 1m, users: 5, steps: 3 }",
      `4:43: ${path}.a.steps: Only a ramp has steps, such as "users: 10 to 100": remove "steps"`,
    ],
    ["a: { duration: 1m, users: 0 }", `4:7: ${path}: Every stage asks for 0, so there is no load`],
    [
      "a: { duration: 1m, users: 1, warm_up: true }",
      `4:7: ${path}: Every stage is a warm-up, so nothing is measured`,
    ],
    [
      "a: { duration: 1m, users: 5 to many }",
      `4:33: ${path}.a.users: Expected users, such as 10 or "10 to 100" (at most 100,000), found "5 to many"`,
    ],
    [
      "a: { duration: 1m, rate: 5/d }",
      `4:32: ${path}.a.rate: Expected a rate, such as "50/s", "300/m" or "5/s to 50/s" (at most 100,000/s), found "5/d"`,
    ],
    [
      "a: { duration: 1m, rate: { mean: 5, period: 1s } }",
      `4:32: ${path}.a.rate.amplitude: Missing key "amplitude": expected a rate above 0, such as "50/s"`,
    ],
    [
      "a b: { duration: 1m, users: 1 }",
      `4:7: ${path}.a b: The name "a b" is not allowed: expected 1 to 64 letters, digits, "_" and "-"`,
    ],
  ];
  for (const [stage, expected] of cases) assert.equal(fault(stage), expected);
  assert.equal(
    fault("a: { duration: 1m, users: 5 }", "b: { duration: 1m, rate: 5 }"),
    `4:33: ${path}.a.users: Other stages have arrivals: write two scenarios, one with users and one with arrivals`,
  );
  assert.equal(
    fault("a: { duration: 4d, users: 5 }", "b: { duration: 4d, users: 5 }"),
    `4:7: ${path}: The stages together last longer than 7d, the longest run`,
  );
});

const PARALLEL = `scenarios:
  both: { parallel: [callers, batch], seed: 7 }
  callers: { users: 2, spawn_rate: 1, duration: 10s, tasks: { llm.chat: 3, stt.recognize: 1 }, seed: 8 }
  batch: { stages: { warm: { duration: 5s, rate: 1/s, warm_up: true }, hold: { duration: 20s, rate: 1/s } }, tasks: { llm.chat: 1 } }
`;

Deno.test("loadScenario() runs scenarios in parallel, each with its load, stages and tasks", () => {
  const plan = planOf(PARALLEL, { name: "both", cores: 8 });
  assert.deepEqual(plan.loads.map(({ kind, name }) => [kind, name]), [["closed", "callers"], ["open", "batch"]]);
  assert.deepEqual(plan.stages.map(({ name, load, start_ms, end_ms }) => [name, load, start_ms, end_ms]), [
    ["callers.ramp", 0, 0, 2000],
    ["callers.hold", 0, 2000, 10_000],
    ["batch.warm", 1, 0, 5000],
    ["batch.hold", 1, 5000, 25_000],
  ]);
  assert.deepEqual(plan.tasks.map(({ operation, load, weight }) => [operation, load, weight]), [
    ["llm.chat", 0, 3],
    ["stt.recognize", 0, 1],
    ["llm.chat", 1, 1],
  ]);
  assert.deepEqual(plan.services.map(({ name }) => name), ["llm", "stt"]);
  assert.deepEqual([plan.seed, plan.duration_ms, plan.workers, plan.scenario], [7, 25_000, 7, "both"]);
  assert.deepEqual(plan.thresholds.map(({ source }) => source), [
    "p95(response_time, llm.chat) < 2s",
    "p95(response_time, stt.recognize) < 2s",
    "error_rate < 1%",
    "load >= 99%",
  ]);
});

Deno.test("loadScenario() lets rules read the stages of one load, and names them where one is unknown", () => {
  const rule = (stage: string) => PARALLEL.replace("seed: 7", `thresholds: [p95(latency) < 2s in ${stage}]`);
  assert.equal(planOf(rule("batch.hold"), { name: "both" }).thresholds[0]!.stage, "batch.hold");
  assert.match(
    faultsOf(rule("hold"), { name: "both" })[0]!,
    /needs the stage "hold", .*its stages are callers\.ramp, callers\.hold, batch\.hold$/,
  );
});

Deno.test("loadScenario() names an operation by its service where loads differ in it", () => {
  const services = ["services:", "  grpc:", "    llm:", "    inference_api:", ""].join("\n");
  const text = PARALLEL.replace("llm.chat: 3", "llm.chat@llm: 3").replace(
    "tasks: { llm.chat: 1 }",
    "tasks: { llm.chat@inference_api: 1 }",
  ).replace(", stt.recognize: 1", "");
  assert.deepEqual(planOf(services + text, { name: "both" }).tasks.map(({ operation }) => operation), [
    "llm.chat@llm",
    "llm.chat@inference_api",
  ]);
});

Deno.test("loadScenario() refuses scenarios that cannot run in parallel", () => {
  const fault = (list: string, more = "") => {
    const text = PARALLEL.replace("[callers, batch], seed: 7", `${list}${more}`) +
      "  more: { parallel: [callers, batch] }\n";
    return faultsOf(text, { name: "both" }).join("\n").replaceAll("load.yaml:", "");
  };
  const at = "2:31: scenarios.both.parallel[1]: ";
  assert.equal(
    fault("[callers, both]"),
    `${at}A scenario cannot run in parallel with itself: name other scenarios of the file`,
  );
  assert.equal(fault("[callers, callers]"), `${at}The scenario "callers" is named twice`);
  assert.equal(
    fault("[callers, bach]"),
    `${at}Unknown scenario "bach"; did you mean "batch"? The file also holds callers, batch`,
  );
  assert.equal(
    fault("[callers, more]"),
    `${at}The scenario "more" has "parallel" scenarios itself: name those instead`,
  );
  assert.equal(
    fault("[callers, batch]", ", users: 5"),
    '2:46: scenarios.both.users: The key "users" has no effect beside "parallel": each parallel scenario sets its own. Remove it',
  );
  assert.equal(fault("[callers]"), "2:21: scenarios.both.parallel: Expected 2 to 20 items, found 1");
});

Deno.test("the loads of the documentation load as they stand", () => {
  for (const { name } of listScenarios(LOADS_EXAMPLE, "load.yaml")) {
    const { plan, warnings } = load(LOADS_EXAMPLE, { name, readText: () => "1\n" });
    assert.deepEqual([plan.scenario, warnings], [name, []]);
  }
});

/** Names of the stages that percentiles leave out. */
const rampsOf = (...lines: string[]): string[] =>
  planOfLines(...lines).stages.filter(({ ramp }) => ramp === true).map(({ name }) => name);

Deno.test("loadScenario() marks the stages in which users start or leave one after another", () => {
  assert.deepEqual(rampsOf("users: 10", "duration: 1m"), ["ramp"]);
  assert.deepEqual(rampsOf("users: 10", "duration: 1m", "warm_up: 500ms"), ["ramp"]);
  assert.deepEqual(rampsOf("users: 10", "duration: 1m", "warm_up: 2s"), []);
  const stages = [
    "stages:",
    "  warm_up: { duration: 10s, users: 0 to 5, warm_up: true }",
    "  hold: { duration: 20s, users: 5 }",
    "  waves: { duration: 30s, users: { mean: 5, amplitude: 2.5, period: 10s } }",
    "  climb: { duration: 10s, users: 5 to 10 }",
    "  ladder: { duration: 30s, users: 10 to 30, steps: 3 }",
    "  spike: { duration: 10s, users: 100 }",
    "  leave: { duration: 5s, users: 5 to 0 }",
  ];
  assert.deepEqual(rampsOf(...stages), ["climb", "leave"]);
});

Deno.test("loadScenario() leaves out no ramp where there is nothing else, and none of an open load", () => {
  assert.deepEqual(rampsOf("users: 10", "spawn_rate: 2", "duration: 2s"), []);
  assert.deepEqual(
    rampsOf("stages: { up: { duration: 1m, users: 0 to 50 }, down: { duration: 1m, users: 50 to 0 } }"),
    [],
  );
  assert.deepEqual(rampsOf("stages: { up: { duration: 1m, rate: 0 to 50 }, hold: { duration: 1m, rate: 50 } }"), []);
});

Deno.test("loadScenario() marks the ramps of each load by itself", () => {
  const text = `scenarios:
  both: { parallel: [callers, climbers] }
  callers: { users: 4, duration: 10s, tasks: { llm.chat: 1 } }
  climbers: { stages: { up: { duration: 10s, users: 0 to 5 } }, tasks: { llm.embed: 1 } }
`;
  const { stages } = planOf(text, { name: "both" });
  assert.deepEqual(stages.filter(({ ramp }) => ramp === true).map(({ name }) => name), ["callers.ramp"]);
});
