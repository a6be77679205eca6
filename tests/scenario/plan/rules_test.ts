import assert from "node:assert/strict";
import { faultsOf, fileWith, planOf } from "../helpers.ts";

const sources = (text: string) => planOf(text).thresholds.map(({ source }) => source);

Deno.test("loadScenario() has June's acceptance criteria for each operation of the mix", () => {
  const tasks = "tasks: { llm.chat: 1, llm.embed: 1, stt.recognize: 1, stt.recognize_stream: 1 }";
  assert.deepEqual(sources(fileWith({ scenario: [tasks] })), [
    "p95(response_time, llm.chat) < 2s",
    "p95(response_time, llm.embed) < 2s",
    "p95(response_time, stt.recognize) < 2s",
    "p95(response_time, stt.recognize_stream) < 2s",
    "error_rate < 1%",
    "load >= 100%",
  ]);
});

Deno.test("loadScenario() judges speech sent at once by its whole latency", () => {
  assert.deepEqual(
    sources(fileWith({ services: ["stt: { pacing: fast }"] }))[0],
    "p95(response_time, stt.recognize_stream) < 2s",
  );
});

Deno.test("loadScenario() writes the limit of the error rate without rounding faults", () => {
  const rule = (threshold: string) =>
    planOf(fileWith({ rest: [`metrics: { error_rate: { threshold: ${threshold} } }`] })).thresholds.at(-2)!;
  for (
    const [written, shown, limit] of [["0.07", "7%", 0.07], ["0.005", "0.5%", 0.005], ["2%", "2%", 0.02], [
      "0",
      "0%",
      0,
    ]] as const
  ) {
    assert.deepEqual([rule(written).source, rule(written).limit], [`error_rate < ${shown}`, limit]);
  }
  assert.deepEqual(faultsOf(fileWith({ rest: ["metrics: { error_rate: { threshold: 1 } }"] })), [
    'load.yaml:5:37: metrics.error_rate.threshold: The share "1" is not below 1 and has no "%": did you mean "1%" or "100%"?',
  ]);
  assert.deepEqual(faultsOf(fileWith({ rest: ["metrics: { error_rate: { threshold: 101% } }"] })), [
    'load.yaml:5:37: metrics.error_rate.threshold: Expected a share from 0 to 1, such as 0.01 or "1%", found "101%"',
  ]);
});

Deno.test("loadScenario() replaces the default rules by the scenario's", () => {
  assert.deepEqual(sources(fileWith({ scenario: ["thresholds: [calls>5, load >= 50%, calls > 5]"] })), [
    "calls > 5",
    "load >= 50%",
  ]);
  assert.deepEqual(sources(fileWith({ scenario: ["thresholds: error_rate < 5%"] })), ["error_rate < 5%"]);
  assert.deepEqual(sources(fileWith({ scenario: ["thresholds: []"] })), []);
});

Deno.test("loadScenario() refuses rules that cannot be read", () => {
  const scenario = ["thresholds:", "  - avg(latency) < 2s", "  - error_rate < 1", "  - [a]"];
  assert.deepEqual(faultsOf(fileWith({ scenario })), [
    'load.yaml:6:9: scenarios.one.thresholds[0]: Cannot read the threshold "avg(latency) < 2s": Unknown measure "avg"; did you mean "mean"? (column 1 of the rule)',
    'load.yaml:7:9: scenarios.one.thresholds[1]: Cannot read the threshold "error_rate < 1": The share "1" is not below 1 and has no "%": did you mean "1%" or "100%"? (column 14 of the rule)',
    'load.yaml:8:9: scenarios.one.thresholds[2]: Expected a threshold such as "p95(response_time, llm.*) < 2s" or "error_rate < 1%", found a list',
  ]);
});

Deno.test("loadScenario() says where YAML cut a rule in two", () => {
  const [half] = faultsOf(fileWith({ scenario: ["thresholds: [p95(latency, llm.*) < 2s]"] }));
  const cut = "if it was cut at a comma: YAML ends an entry of [...] there, unless the rule is in quotes";
  assert.equal(
    half,
    `load.yaml:5:18: scenarios.one.thresholds[0]: Cannot read the threshold "p95(latency": Expected ")", found the end (column 12 of the rule); ${cut}`,
  );
  assert.deepEqual(sources(fileWith({ scenario: ['thresholds: ["p95(latency, llm.*) < 2s"]'] })).length, 1);
});

Deno.test("loadScenario() refuses rules that nothing could break", () => {
  const scenario = [
    "thresholds:",
    "  - p95(latency, llm.chatstream) < 2s",
    "  - p95(latency, riva.*) < 2s",
    "  - p95(latency) < 2s in hlod",
    "  - p95(latency) < 2s in warm_up",
    "warm_up: 5s",
  ];
  const operations = "llm.chat_stream, stt.recognize_stream, tts.synthesize";
  assert.deepEqual(faultsOf(fileWith({ scenario })), [
    `load.yaml:6:9: scenarios.one.thresholds[0]: No operation matches "llm.chatstream" in "p95(latency, llm.chatstream) < 2s"; did you mean "llm.chat_stream"? The scenario's operations are ${operations}`,
    `load.yaml:7:9: scenarios.one.thresholds[1]: No operation matches "riva.*" in "p95(latency, riva.*) < 2s"; the scenario's operations are ${operations}`,
    'load.yaml:8:9: scenarios.one.thresholds[2]: "p95(latency) < 2s in hlod" needs the stage "hlod", which the plan does not have or does not judge; did you mean "hold"? Its stages are hold',
    'load.yaml:9:9: scenarios.one.thresholds[3]: "p95(latency) < 2s in warm_up" needs the stage "warm_up", which the plan does not have or does not judge; its stages are hold',
  ]);
});

Deno.test("loadScenario() computes stages and rules after flags", () => {
  const text = fileWith({ scenario: ["thresholds: p95(latency) < 2s in hold"] });
  assert.equal(planOf(text).thresholds[0]!.stage, "hold");
  assert.deepEqual(faultsOf(text, { overrides: { duration: "1s", users: "100" } }), [
    'load.yaml:5:17: scenarios.one.thresholds: "p95(latency) < 2s in hold" needs the stage "hold", which the plan does not have or does not judge; its stages are ramp',
  ]);
});

Deno.test("loadScenario() reads other machines, and keeps their names and those of services apart", () => {
  const file = (metrics: string, rule: string) =>
    fileWith({ scenario: [`thresholds: ["${rule}"]`] }) + `\nmetrics: ${metrics}\n`;
  const far = "{ via: [ssh, -p, 2222, gpu-host], gpus: [0], processes: { stt: { container: compose-stt-1 } } }";
  const one = `{ remote: { far: ${far.replace("2222", '"2222"')} } }`;
  const { resources, thresholds: [rule] } = planOf(file(one, "max(gpu.memory_used, far) < 70GiB"));
  assert.deepEqual(resources.remote, [{
    ...{ name: "far", via: ["ssh", "-p", "2222", "gpu-host"], cpu: true, memory: true, gpu: true, gpus: ["0"] },
    processes: [{ name: "stt", by: { kind: "container", name: "compose-stt-1" } }],
  }]);
  assert.deepEqual(rule?.measure, { kind: "resource", shape: "max", of: "gpu.memory_used", device: "far" });
  assert.equal(rule?.source, "max(gpu.memory_used, far) < 70GiB");
  for (const text of ["mean(host.cpu, far) < 90%", "drift(memory, stt) < 5%/h", "drift(memory, far) < 5%/h"]) {
    assert.equal(planOf(file(one, text)).thresholds[0]?.source, text);
  }
  assert.match(faultsOf(file(one, "max(host.cpu, fare) < 90%")).join(), /needs "fare" in metrics\.remote.*far/);
  const same = `{ processes: { stt: { pid: 1 } }, remote: { far: { via: [env], processes: { stt: { pid: 1 } } } } }`;
  assert.match(faultsOf(file(same, "calls > 1")).join(), /"stt" of "far" has the name of another/);
  assert.match(faultsOf(file("{ remote: { far: { via: [] } } }", "calls > 1")).join(), /via/);
});

Deno.test("loadScenario() reads services of this machine, and refuses rules on one that is not named", () => {
  const file = (processes: string, rule: string) =>
    fileWith({ scenario: [`thresholds: ["${rule}"]`] }) + `\nmetrics: { processes: ${processes} }\n`;
  const some = "{ stt: { port: 50052 }, llm: { name: tritonserver }, db: { cgroup: /docker/db/ } }";
  assert.deepEqual(planOf(file(some, "drift(memory, stt) < 5%/h")).resources.processes, [
    { name: "stt", by: { kind: "port", port: 50052 } },
    { name: "llm", by: { kind: "name", name: "tritonserver" } },
    { name: "db", by: { kind: "cgroup", path: "/docker/db" } },
  ]);
  assert.match(faultsOf(file(some, "drift(memory, sst) < 5%/h")).join(), /needs "sst" in metrics\.processes.*stt/);
  assert.match(
    faultsOf(file("{ stt: {} }", "calls > 1")).join(),
    /by one of "port", "name", "pid", "container" and "cgroup"/,
  );
  assert.match(faultsOf(file("{ stt: { pid: 1, port: 2 } }", "calls > 1")).join(), /by one of "port"/);
});
