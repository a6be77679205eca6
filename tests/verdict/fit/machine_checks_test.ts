import assert from "node:assert/strict";
import type { HostSample } from "../../../lib/measure/resource.ts";
import { generatorFit } from "../../../lib/verdict/generator_fit.ts";
import { evaluate } from "../../../lib/verdict/evaluate.ts";
import { rule, task } from "../../plans.ts";
import { madeRun, okCalls, type Order } from "../made_run.ts";
import { withHost } from "./host_samples.ts";

const NAMES = [
  "processor of this machine",
  "processor time taken by the hypervisor",
  "CPU limit of this container",
  "swapping",
];

const ORDER: Order = { plan: { tasks: [task("llm.chat")] }, calls: () => okCalls(20, 100_000) };

/** Checks of the machine of a run with these readings. */
function checksOf(change: Partial<HostSample> | ((t_ms: number) => Partial<HostSample>) = {}, order: Order = {}) {
  const run = withHost(madeRun({ ...ORDER, ...order }), typeof change === "function" ? change : () => change);
  return generatorFit(run).filter(({ name }) => NAMES.includes(name));
}

Deno.test("machine checks have nothing to say of a quiet machine", () => {
  assert.deepEqual(checksOf().map(({ name, value, state }) => [name, value, state]), [
    ["processor of this machine", "12 % of all cores busy, 12 % at most", "ok"],
    ["processor time taken by the hypervisor", "none", "ok"],
    ["CPU limit of this container", "none", "ok"],
    ["swapping", "none", "ok"],
  ]);
});

Deno.test("machine checks warn of ten minutes at 100 %, of steal, of a CPU limit and of swap, and name each remedy", () => {
  const warnings = (change: Partial<HostSample>) =>
    checksOf(change).filter(({ state }) => state !== "ok").map(({ name, state, advice }) => [name, state, advice]);
  assert.deepEqual(warnings({ cpu_percent: 100 }), [[
    "processor of this machine",
    "warn",
    "june-load may have had to wait for a core; run it on a quieter machine: the 8 cores of this one were 100 % busy, of " +
    "which june-load itself used 3 %",
  ]]);
  assert.deepEqual(warnings({ steal_percent: 18 }), [[
    "processor time taken by the hypervisor",
    "warn",
    "june-load may have stood still when the machine had no processor; run it on another host: its hypervisor gave 18 % " +
    "of this machine's processor time to others",
  ]]);
  assert.deepEqual(warnings({ throttled_percent: 12, cpu_limit_cores: 1.5 }), [[
    "CPU limit of this container",
    "warn",
    "june-load stood still until its next time slice; raise the CPU limit of this container: it may use 1.5 cores and " +
    "was held back in 12 % of its time slices",
  ]]);
  assert.deepEqual(warnings({ swapped_pages_per_s: 900 }), [], "others swap");
  assert.deepEqual(warnings({ swapped_pages_per_s: 900, own_major_faults_per_s: 12 }), [[
    "swapping",
    "warn",
    "june-load may have waited for its own memory; give this machine more memory: it moved 900 pages a second to and " +
    "from swap",
  ]]);
});

Deno.test("machine checks decide nothing by themselves", () => {
  const plan = { tasks: [task("llm.chat")], thresholds: [rule("p95(latency) < 2s")] };
  const run = withHost(
    madeRun({ ...ORDER, plan }),
    () => ({ cpu_percent: 100, steal_percent: 40, throttled_percent: 50 }),
  );
  assert.equal(evaluate(run).status, "PASS");
});

Deno.test("machine checks say unknown of what older results lack, of what cannot be read, and of too few readings", () => {
  const states = (...given: Parameters<typeof checksOf>) =>
    Object.fromEntries(checksOf(...given).map(({ name, value, state }) => [name, `${state}: ${value}`]));
  const old = madeRun(ORDER);
  for (const sample of withHost(madeRun(ORDER)).host) {
    delete sample.steal_percent;
    delete sample.throttled_percent;
    delete sample.cpu_limit_cores;
    delete sample.swapped_pages_per_s;
    delete sample.own_major_faults_per_s;
    old.add(sample);
  }
  const found = generatorFit(old).filter(({ name }) => NAMES.includes(name)).map(({ state }) => state);
  assert.deepEqual(found, ["ok", "unknown", "unknown", "unknown"]);
  const none = { cpu_percent: null, steal_percent: null, throttled_percent: null, swapped_pages_per_s: null };
  assert.deepEqual(new Set(Object.values(states(none))), new Set(["unknown: not known"]));
  const resources = { cpu: false, memory: true, gpu: false };
  assert.equal(
    states(none, { plan: { ...ORDER.plan, resources } })["processor of this machine"],
    "unknown: not read: `resources` leaves out cpu",
  );
  const few = states((t_ms) => t_ms <= 4000 ? {} : none);
  assert.equal(
    few["processor of this machine"],
    "unknown: 12 % of all cores busy, 12 % at most, in too few readings to say",
  );
});

Deno.test("machine checks read no warm-up, and nothing after the load", () => {
  const stages = [
    { name: "warm_up", load: 0, start_ms: 0, end_ms: 20_000, warm_up: true },
    { name: "hold", load: 0, start_ms: 20_000, end_ms: 40_000, warm_up: false },
  ];
  const plan = { ...ORDER.plan, stages, duration_ms: 40_000 };
  const busy = (t_ms: number) => ({ cpu_percent: t_ms < 20_000 || t_ms >= 40_000 ? 100 : 10 });
  assert.equal(checksOf(busy, { plan })[0]?.value, "10 % of all cores busy, 10 % at most");
});
