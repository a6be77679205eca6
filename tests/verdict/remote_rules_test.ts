import assert from "node:assert/strict";
import type { GpuSample, HostSample } from "../../lib/measure/resource.ts";
import { resourceSeries } from "../../lib/result/resource_series.ts";
import { gpuFigures, hostFigures } from "../../lib/report/figures/facts.ts";
import { evaluate } from "../../lib/verdict/evaluate.ts";
import { holdStage, rule } from "../plans.ts";
import { madeRun } from "./made_run.ts";

const HOST: HostSample = {
  ...{ type: "host", t_ms: 0, cpu_percent: 10, memory_used_bytes: 1e9, memory_total_bytes: 16e9 },
  ...{ own_memory_bytes: null, own_cpu_percent: null },
};
const GPU: GpuSample = {
  ...{ type: "gpu", t_ms: 0, index: 0, uuid: "", name: "H100", utilization_percent: 20, memory_utilization_percent: 1 },
  ...{ memory_used_bytes: 1e9, memory_total_bytes: 8e10, power_w: 100, power_limit_w: 700, temperature_c: 40 },
  ...{ sm_clock_mhz: 1000, clock_event_mask: 0 },
};

/** Forty minutes of this machine and of another, of which both GPUs are number 0 and have no UUID. */
function twoMachines(rules: readonly string[], untilS = 2400) {
  const run = madeRun({
    seconds: 2400,
    plan: {
      ...{ stages: [holdStage(2_400_000)], duration_ms: 2_400_000, thresholds: rules.map(rule) },
      resources: {
        ...{ cpu: true, memory: true, gpu: true },
        remote: [{
          ...{ name: "far", via: ["ssh", "far"], cpu: true, memory: true, gpu: true },
          processes: [{ name: "stt", by: { kind: "pid", pid: 7 } }],
        }],
      },
    },
  });
  for (let s = 0; s < 2400; s += 2) {
    const t_ms = s * 1000;
    run.add({ ...HOST, t_ms });
    run.add({ ...GPU, t_ms });
    if (s >= untilS) continue;
    const service = { name: "stt", pid: 7, processes: 1, cpu_percent: 150, threads: 4, descriptors: 9, restarts: 0 };
    const processes = [{ ...service, memory_bytes: 1e9 + 1e5 * s }];
    run.add({ ...HOST, t_ms, host: "far", cpu_percent: 90, memory_used_bytes: 2e9 + 2e5 * s, processes });
    run.add({ ...GPU, t_ms, host: "far", memory_used_bytes: 7e10, power_w: 600 });
  }
  return run;
}

Deno.test("rules on GPUs are over all machines, or over one; those on hosts over this machine, or another", () => {
  const rules = [
    "max(gpu.memory_used) < 50GiB",
    "max(gpu.memory_used, far) < 50GiB",
    "max(gpu.memory_used, far.0) < 50GiB",
    "max(gpu.memory_used, 0) < 50GiB",
    "mean(host.cpu) < 50%",
    "mean(host.cpu, far) < 50%",
    "max(process.cpu, stt) < 200%",
    "drift(memory, far) < 5%/h",
    "drift(memory, stt) < 5%/h",
    "drift(memory) < 5%/h",
  ];
  const verdict = evaluate(twoMachines(rules));
  const passed = verdict.rules.map(({ passed }) => passed);
  assert.deepEqual(passed, [false, false, false, true, true, false, true, false, false, true]);
});

Deno.test("a rule on a machine of which readings stopped says so in the words of its note, and no other does", () => {
  const run = twoMachines(["max(gpu.power, far) < 1000W", "max(gpu.power, 0) < 1000W", "mean(host.cpu) < 50%"], 600);
  const text = 'far: readings stop: "ssh" says: "Connection reset" (exit code 255); june-load tries again';
  run.add({ type: "event", t_ms: 600_000, kind: "remote_unreachable", text, host: "far" });
  const [far, here, host] = evaluate(run).rules;
  assert.ok(far?.undecided?.kind === "partial readings", JSON.stringify(far));
  assert.deepEqual([far.undecided.why, far.undecided.device], [text, "far GPU 0 (H100)"]);
  assert.deepEqual([here?.undecided, host?.undecided], [null, null]);
});

Deno.test("figures and series name the machine that they are of", () => {
  const run = twoMachines([]);
  const names = [...hostFigures(run), ...gpuFigures(run)].map(({ name }) => name);
  assert.deepEqual(names.filter((name) => /far/.test(name)), ["host far", "service stt on far", "far GPU 0 H100"]);
  assert.ok(names.includes("GPU 0 H100"));
  const ids = resourceSeries(run, ["host.cpu", "gpu.power", "process.memory"]).map(({ id }) => id);
  assert.deepEqual(ids, [
    "gpu.power(GPU 0)",
    "gpu.power(far GPU 0)",
    "host.cpu",
    "host.cpu(far)",
    "process.memory(stt)",
  ]);
});
