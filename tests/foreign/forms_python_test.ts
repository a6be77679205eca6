/** JUnit, Prometheus' text, HdrHistogram's log and OTLP, read by the parsers of Python that others use. */
import assert from "node:assert/strict";
import { formRenderer } from "../../lib/report/form.ts";
import type { Run } from "../../lib/result/run.ts";
import { evaluate } from "../../lib/verdict/evaluate.ts";
import { inFolder } from "../end_to_end/cli.ts";
import { hostileRun, incompleteRun, SMALL_CASES, usualRun } from "../report/cases.ts";
import { pythonWith } from "./python.ts";

const SOURCE = new URL("./forms_python/", import.meta.url).pathname;
const FILES = { junit: "junit.xml", prometheus: "run.prom", hlog: "run.hlog", otlp: "run.otlp.json" } as const;

/** What Python read. */
interface Read {
  junit: {
    tests: number;
    failures: number;
    errors: number;
    cases: { name: string; results: string[]; messages: string[] }[];
    properties: Record<string, string>;
  };
  prometheus: {
    name: string;
    type: string;
    samples: { name: string; labels: Record<string, string>; value: number }[];
  }[];
  hlog: { start_s: number; tags: Record<string, { count: number; max: number; lines: number; first_ms: number }> };
  otlp: {
    resource: Record<string, string>;
    metrics: {
      name: string;
      unit: string;
      kind: string;
      points: number;
      count?: number;
      bucketed?: number;
      cumulative?: boolean;
      total?: number;
    }[];
  };
}

async function readInPython(run: Run): Promise<Read> {
  const python = await pythonWith("forms_python", SOURCE);
  let read: Read | null = null;
  await inFolder(async (dir) => {
    const render = formRenderer(run, evaluate(run), { version: "0.1.0" });
    for (const form of Object.keys(FILES) as (keyof typeof FILES)[]) {
      await Deno.writeTextFile(`${dir}/${FILES[form]}`, await render(form));
    }
    const { success, stdout, stderr } = await new Deno.Command(python, { args: [`${SOURCE}read.py`, dir] }).output();
    assert.ok(success, new TextDecoder().decode(stderr));
    read = JSON.parse(new TextDecoder().decode(stdout)) as Read;
  });
  return read!;
}

Deno.test("junitparser reads a case for each threshold, with what was observed", async () => {
  const run = usualRun();
  const { junit } = await readInPython(run);
  assert.deepEqual([junit.tests, junit.failures, junit.errors], [5, 2, 0]);
  assert.deepEqual(junit.cases.map(({ name }) => name).slice(1), run.plan.thresholds.map(({ source }) => source));
  assert.deepEqual(junit.cases.map(({ results }) => results.join()), ["", "Failure", "", "Failure", ""]);
  assert.match(junit.cases[3]!.messages[0]!, /^broken: 5\.11 %$/);
  assert.equal(junit.properties.verdict, "FAIL");
  const { junit: cut } = await readInPython(incompleteRun());
  assert.deepEqual(cut.cases[0]!.results, ["Error"]);
});

Deno.test("the Python client of Prometheus reads summaries, counters and gauges with the run's figures", async () => {
  const run = usualRun();
  const { prometheus } = await readInPython(run);
  const family = (name: string) => prometheus.find((one) => one.name === name)!;
  const times = family("june_load_response_time_seconds");
  assert.equal(times.type, "summary");
  const own = times.samples.filter(({ labels }) => labels.operation === "llm.chat_stream");
  const histogram = run.total({ operations: "llm.chat_stream" }).histogram("response_time");
  assert.equal(own.find(({ name }) => name.endsWith("_count"))?.value, histogram.count);
  const p95 = own.find(({ labels }) => labels.quantile === "0.95")!.value;
  assert.ok(Math.abs(p95 - histogram.percentile(95) / 1e6) < 1e-9);
  assert.equal(family("june_load_calls").type, "counter");
  assert.equal(family("june_load_passed").samples[0]?.value, 0);
});

Deno.test("Python's hdrhistogram reads the log: every ok call of each operation, when it ended", async () => {
  const run = usualRun();
  const { hlog } = await readInPython(run);
  assert.equal(hlog.start_s, Date.parse(run.header.started_at) / 1000);
  for (const operation of run.operations) {
    const histogram = run.total({ operations: operation }, true).histogram("response_time");
    const { count, lines, first_ms } = hlog.tags[operation]!;
    assert.equal(count, histogram.count);
    assert.ok(lines <= 20 && first_ms >= hlog.start_s * 1000, operation);
  }
});

Deno.test("OpenTelemetry's definitions take every document, and count what the run does", async () => {
  for (const [name, make] of [...SMALL_CASES, ["hostile", hostileRun] as const]) {
    const run = make();
    const { resource, metrics } = (await readInPython(run)).otlp;
    assert.equal(resource["service.name"], "june-load", name);
    const total = run.total({}, true);
    const calls = metrics.find((one) => one.name === "june_load.calls.issued");
    assert.equal(calls?.total ?? 0, total.issued, name);
    for (const { kind, count, bucketed, cumulative, unit } of metrics) {
      if (kind !== "exponential_histogram") continue;
      assert.deepEqual([bucketed, cumulative], [count, true], name);
      assert.notEqual(unit, "", name);
    }
    const times = metrics.find((one) => one.name === "june_load.response_time");
    assert.equal(times?.count ?? 0, total.histogram("response_time").count, name);
  }
});
