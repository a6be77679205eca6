/** Every reading has a name: in rules, in comparisons and histories, and in the files for other programs. */
import assert from "node:assert/strict";
import { historyOf, MACHINES, pastRun } from "../../lib/compare/history.ts";
import { machineItems } from "../../lib/compare/read_machine.ts";
import { resourceFigures } from "../../lib/report/figures/resources.ts";
import { renderOtlp } from "../../lib/report/forms/otlp.ts";
import { renderPrometheus } from "../../lib/report/forms/prometheus.ts";
import { renderSummary } from "../../lib/report/text/summary.ts";
import { resourceSeries } from "../../lib/result/resource_series.ts";
import { summaryView } from "../../lib/ui/views/summary_view.ts";
import { evaluate } from "../../lib/verdict/evaluate.ts";
import { holdRule } from "../../lib/verdict/hold_rule.ts";
import type { HeaderRecord } from "../../lib/result/record.ts";
import { Run } from "../../lib/result/run.ts";
import { marksOf } from "../../lib/verdict/change/marks.ts";
import { rule } from "../plans.ts";
import { makeRecords } from "../result/make_run.ts";
import { throttledRun } from "./throttled_case.ts";

const [run, steady] = [throttledRun(), throttledRun({ throttled: null })];
const verdict = evaluate(run);

Deno.test("a rule reads any series, of the device that fares worst or of the one it names", () => {
  const held = (text: string) => {
    const { passed, observed, observed_text } = holdRule(run, rule(text));
    return [passed, observed === null ? null : Number(observed.toPrecision(3)), observed_text.replace(/ \(.*/, "")];
  };
  assert.deepEqual(held("min(gpu.sm_clock) > 1500MHz"), [false, 1200, "1,200 MHz"]);
  assert.deepEqual(held("min(gpu.sm_clock, 0) > 1500MHz"), [true, 1970, "1,965 MHz"]);
  assert.deepEqual(held("mean(gpu.power_capped, 1) < 50%").slice(0, 2), [true, 0.386]);
  assert.deepEqual(held("max(process.memory, triton) < 8GiB").slice(0, 2), [false, 9010000000]);
  assert.deepEqual(held("max(gpu.temperature) < 80C").slice(0, 1), [true]);
  assert.deepEqual(held("max(process.memory, nobody) < 8GiB").slice(0, 2), [false, null], "nothing of that name");
});

Deno.test("the catalogue has each reading once, with what it is called, and leaves gaps", () => {
  const all = resourceSeries(run);
  assert.equal(new Set(all.map(({ id }) => id)).size, all.length);
  assert.ok(all.every(({ t_ms, values }) => t_ms.length === values.length && values.some((value) => value !== null)));
  const labels = all.map(({ label }) => label);
  for (const label of ["GPU 1 SM clock", "host CPU", "june-load's memory", "triton threads", "llm connections"]) {
    assert.ok(labels.includes(label), label);
  }
  const gap = throttledRun({ seconds: 30 });
  gap.add({ ...[...gap.gpu][0]!, t_ms: 29_500, power_w: null });
  const [power] = resourceSeries(gap, ["gpu.power"]);
  assert.equal(power?.values.at(-1), null);
});

Deno.test("GOAWAYs, losses and pings of connections are readings, and marked", () => {
  const [header, ...records] = makeRecords({ seconds: 20 });
  const one = new Run(header as HeaderRecord);
  for (const record of records) {
    if (record.type === "interval") {
      const goaways_total = record.index < 10 ? 0 : 2;
      const ping = { count: 2, min: 400, max: 600, sum: 1000, overflow: 0, buckets: [] };
      Object.assign(record.connections[0] as object, { goaways_total, lost_total: goaways_total, ping });
    }
    one.add(record);
  }
  const values = (id: string) => resourceSeries(one).find((series) => series.id === id)?.values.slice(8, 12);
  assert.deepEqual(values("connections.goaways(llm)"), [0, 0, 2, 0]);
  assert.deepEqual(values("connections.ping(llm)"), [500, 500, 500, 500]);
  assert.deepEqual(
    marksOf(one).filter(({ kind }) => kind === "connection").map(({ name, start_ms }) => [name, start_ms]),
    [
      ["GOAWAY from llm", 10_000],
    ],
  );
});

Deno.test("a comparison has the readings beside the latency, and none that no run ever had", () => {
  const items = machineItems([steady, run]);
  const value = (id: string, of: typeof run) => items.find((item) => item.id === id)?.read(of)?.value ?? null;
  assert.ok(value("gpu.power(GPU 1)", run)! < value("gpu.power(GPU 1)", steady)! - 50);
  assert.equal(Math.round(100 * value("gpu.power_capped(GPU 1)", run)!), 39);
  assert.ok(!items.some(({ id }) => /heat_slowed|power_capped\(GPU 0/.test(id)));
  assert.ok(machineItems([steady]).every(({ id }) => !/power_capped/.test(id)));
});

Deno.test("a history follows the readings, too", () => {
  const side = { run, verdict, path: "a" };
  const runs = [pastRun({ run: steady, verdict, path: "b" }, side), pastRun(side, side)];
  const machines = historyOf(side, runs).figures.filter(({ operation }) => operation === MACHINES);
  const clock = machines.find(({ id }) => id === "gpu.sm_clock(GPU 1)");
  assert.deepEqual(clock?.points.map(({ value }) => value > 1900), [true, false]);
});

Deno.test("Prometheus has mean and extremes of each reading in its base unit, and energy in all and by stage", () => {
  const text = renderPrometheus(run, verdict);
  const value = (name: string) =>
    Number(text.split("\n").find((line) => line.startsWith(`${name} `))?.split(" ").at(-1));
  assert.ok(value('june_load_gpu_sm_clock_hertz{scenario="two-gpus",source="GPU 1",of="min"}') >= 1.2e9);
  assert.ok(value('june_load_gpu_power_watts{scenario="two-gpus",source="GPU 0",of="max"}') <= 600);
  assert.ok(value('june_load_process_memory_bytes{scenario="two-gpus",source="triton",of="mean"}') >= 9e9);
  const [all, hold] = [
    value('june_load_energy_joules{scenario="two-gpus"}'),
    value(
      'june_load_stage_energy_joules{scenario="two-gpus",stage="hold"}',
    ),
  ];
  assert.ok(all > 500_000 && Math.abs(all - hold) < 1);
});

Deno.test("OTLP has the newest of each reading, and energy", () => {
  type Metric = { name: string; unit: string; gauge?: { dataPoints: { asDouble: number; attributes: unknown }[] } };
  const { resourceMetrics: [{ scopeMetrics: [{ metrics }] }] } = JSON.parse(renderOtlp(run, null));
  const found = (name: string) => (metrics as Metric[]).find((one) => one.name === name);
  const clock = found("june_load.gpu.sm_clock");
  assert.deepEqual([clock?.unit, clock?.gauge?.dataPoints.length], ["MHz", 2]);
  const newest = resourceFigures(run).find(({ id }) => id === "gpu.sm_clock(GPU 1)")?.last ?? 0;
  assert.ok(Math.abs((clock?.gauge?.dataPoints[1]?.asDouble ?? 0) - newest) < 1e-3);
  assert.ok((found("june_load.energy")?.gauge?.dataPoints[0]?.asDouble ?? 0) > 500_000);
  assert.equal(found("june_load.stage.energy")?.gauge?.dataPoints.length, 2);
});

Deno.test("summary and terminal say when the P95 rose and what else changed", () => {
  assert.match(
    renderSummary(run, verdict),
    /When the P95 rose\nP95 of llm\.chat_stream rose from 448 ms to 1\.35 s at 4:10\./,
  );
  const outcome = { report_path: "", exit_code: 0, exit_meaning: "", advice: [] };
  assert.equal(summaryView(run, verdict, outcome).changes.length, 1);
  assert.equal(summaryView(steady, verdict, outcome).changes.length, 0);
});
