import assert from "node:assert/strict";
import type { GpuSample } from "../../lib/measure/resource.ts";
import { machineItems } from "../../lib/compare/read_machine.ts";
import { energyFacts, energyJson } from "../../lib/report/figures/energy.ts";
import { renderMeasuresCsv } from "../../lib/report/csv/measures.ts";
import type { Run } from "../../lib/result/run.ts";
import { energyFigure, energyOf, measuredSpans } from "../../lib/verdict/energy.ts";
import { evaluate } from "../../lib/verdict/evaluate.ts";
import { holdStage, rule, task } from "../plans.ts";
import { madeRun, okCalls } from "./made_run.ts";

const ONE_TASK = { tasks: [task("llm.generate")] };

const GPU: GpuSample = {
  ...{ type: "gpu", t_ms: 0, index: 0, uuid: "GPU-0", name: "NVIDIA H100", utilization_percent: 5, power_w: 300 },
  ...{ memory_utilization_percent: null, memory_used_bytes: null, memory_total_bytes: null, power_limit_w: null },
  ...{ temperature_c: null, sm_clock_mhz: null, clock_event_mask: null },
};

/** A minute with ten calls a second of 20 tokens each, and GPUs at a power. */
function withPower(powers: readonly ((s: number) => number | null)[], order: Parameters<typeof madeRun>[0] = {}): Run {
  const calls = () => {
    const series = okCalls(10, 100_000);
    series.count("output_tokens", 200);
    series.count("audio_sent_us", 2e6);
    return series;
  };
  const stages = [holdStage(60_000)];
  const run = madeRun({ calls, ...order, plan: { ...ONE_TASK, stages, ...order.plan } });
  for (let s = 0; s <= 60; s++) {
    for (const [index, power] of powers.entries()) {
      run.add({ ...GPU, index, uuid: `GPU-${index}`, t_ms: s * 1000, power_w: power(s) });
    }
  }
  return run;
}

Deno.test("energyFigure() divides the energy of all GPUs by what was made with it", () => {
  const run = withPower([() => 200, () => 100]);
  assert.equal(energyFigure(run, "energy").value, 18_000);
  assert.equal(energyFigure(run, "energy_per_call").value, 30);
  assert.equal(energyFigure(run, "energy_per_token").value, 1.5);
  assert.equal(energyFigure(run, "energy_per_audio_second").value, 150);
  assert.deepEqual(energyFigure(run, "energy_per_turn"), { value: null, n: 0, why: "no voice turn was ok" });
});

Deno.test("rules on energy hold, break, and are open with their reason", () => {
  const outcome = (source: string, run: Run) => {
    run.plan.thresholds.splice(0, 1, rule(source));
    const { status, sentence, rules: [held] } = evaluate(run);
    return [status, held!.observed_text, sentence];
  };
  const steady = () => withPower([() => 300]);
  assert.deepEqual(outcome("energy_per_token < 1.6J", steady()).slice(0, 2), ["PASS", "1.50 J"]);
  const [broken, , sentence] = outcome("energy_per_token < 500mJ", steady());
  assert.equal(broken, "FAIL");
  assert.match(sentence!, /A token took too much energy/);
  const [open, , why] = outcome("energy < 20kJ", withPower([() => 300, (s) => s > 20 && s < 40 ? null : 300]));
  assert.equal(open, "INVALID");
  assert.match(why!, /nothing was read \(the power of GPU 1 was read for 66\.7 % of the time, and energy needs 95 %\)/);
  const none = madeRun({ plan: { thresholds: [rule("energy < 20kJ")] } });
  assert.deepEqual([evaluate(none).status, evaluate(none).sentence], ["FAIL", "No power was read for energy < 20kJ."]);
});

Deno.test("energy is not told of stretches that are too short for the sensor", () => {
  const stages = [holdStage(55_000), { ...holdStage(60_000), name: "spike", start_ms: 55_000 }];
  const run = withPower([() => 300], { plan: { stages } });
  assert.equal(energyOf(run, measuredSpans(run, "hold"))!.energy_j, 16_500);
  const short = energyOf(run, measuredSpans(run, "spike"))!;
  assert.equal(short.energy_j, null);
  assert.match(short.why!, /^5\.00 s are too short/);
  const spike = energyJson(run)!.stages[1]!;
  assert.deepEqual([spike.name, spike.of], ["spike", "gpu"]);
  assert.match(spike.why!, /too short/);
});

Deno.test("the idle share is told where a stretch without load was measured", () => {
  const stages = [
    { ...holdStage(20_000), name: "idle", warm_up: true },
    { ...holdStage(60_000), name: "hold", start_ms: 20_000 },
  ];
  const idle = (index: number) => index < 20;
  const run = withPower([(s) => s <= 20 ? 80 : 320], {
    plan: { stages },
    calls: (_, index) => idle(index) ? null : okCalls(10, 100_000),
    interval: (index) => ({ users: idle(index) ? 0 : 20 }),
  });
  const { idle_w, idle_j, energy_j, length_ms } = energyOf(run, measuredSpans(run))!;
  assert.deepEqual([idle_w, idle_j, length_ms], [80, 3200, 40_000]);
  assert.ok(Math.abs(energy_j! - 12_680) < 1);
  assert.match(energyFacts(run)[0]!.text, /25\.2 % of it is what the GPU draw/);
  assert.equal(energyOf(withPower([() => 300]), [{ start_ms: 0, end_ms: 60_000 }])!.idle_w, null);
});

Deno.test("energy is that of the processors where no GPU tells its power, from their counter", () => {
  const run = madeRun({ plan: { ...ONE_TASK, stages: [holdStage(60_000)] } });
  for (let s = 0; s <= 60; s++) {
    run.add({
      ...{ type: "host", t_ms: s * 1000, cpu_percent: 5, memory_used_bytes: null, memory_total_bytes: null },
      ...{ own_memory_bytes: null, own_cpu_percent: null, cpu_energy_j: 40 * s },
    });
  }
  const energy = energyOf(run, measuredSpans(run))!;
  assert.deepEqual([energy.energy_j, energy.of, energy.method], [2400, "cpu", "counter"]);
  assert.match(energyFacts(run)[0]!.text, /the processors over 1 min, from their own counter/);
});

Deno.test("energy stands in the files for other programs and in comparisons", () => {
  const run = withPower([() => 300]);
  assert.match(renderMeasuresCsv(run), /^,,energy_per_token,j,1\.5,,,12000,true,false$/m);
  const items = machineItems([run]).filter(({ unit }) => unit === "joule");
  assert.deepEqual(items.map(({ id, read }) => [id, read(run)?.value ?? null]), [
    ["energy_per_call", 30],
    ["energy_per_token", 1.5],
    ["energy_per_audio_second", 150],
    ["energy_per_turn", null],
  ]);
});
