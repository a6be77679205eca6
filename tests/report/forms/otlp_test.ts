import assert from "node:assert/strict";
import * as fc from "fast-check";
import { highestAt, Histogram, indexOf, lowestAt } from "../../../lib/measure/histogram.ts";
import { bucketOf, exponentialOf, MAX_BUCKETS } from "../../../lib/report/forms/exponential.ts";
import { renderOtlp } from "../../../lib/report/forms/otlp.ts";
import type { Run } from "../../../lib/result/run.ts";
import { assertGolden } from "../../golden/golden.ts";
import { makeRun } from "../../result/make_run.ts";
import { SMALL_CASES, usualRun, verdictOf } from "../cases.ts";
import { speechRun } from "../speech_cases.ts";

interface Point {
  attributes: { key: string; value: { stringValue?: string; intValue?: string } }[];
  startTimeUnixNano: string;
  timeUnixNano: string;
  asInt?: string;
  count?: string;
  zeroCount?: string;
  positive?: { offset: number; bucketCounts: string[] };
  negative?: { offset: number; bucketCounts: string[] };
}

interface Metric {
  name: string;
  unit: string;
  sum?: { dataPoints: Point[] };
  gauge?: { dataPoints: Point[] };
  exponentialHistogram?: { dataPoints: Point[] };
}

function metricsOf(run: Run): Metric[] {
  return JSON.parse(renderOtlp(run, verdictOf(run))).resourceMetrics[0].scopeMetrics[0].metrics;
}

const pointsOf = (metrics: readonly Metric[], name: string): Point[] => {
  const metric = metrics.find((one) => one.name === name);
  return (metric?.sum ?? metric?.gauge ?? metric?.exponentialHistogram)?.dataPoints ?? [];
};

const attributesOf = ({ attributes }: Point) =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue ?? Number(value.intValue)]));

Deno.test("renderOtlp() is the golden document", async () => {
  const run = makeRun({ seconds: 2 });
  await assertGolden("report/metrics.otlp.json", renderOtlp(run, verdictOf(run)));
});

Deno.test("renderOtlp() counts every call and value once, whatever the run", () => {
  for (const [name, make] of SMALL_CASES) {
    const run = make();
    const metrics = metricsOf(run);
    const total = run.total({}, true);
    const calls = pointsOf(metrics, "june_load.calls");
    const ok = calls.filter((point) => attributesOf(point)["june_load.outcome"] === "ok");
    assert.equal(ok.reduce((sum, { asInt }) => sum + Number(asInt), 0), total.outcomes.ok, name);
    for (const { exponentialHistogram } of metrics) {
      for (const { count, zeroCount, positive, negative } of exponentialHistogram?.dataPoints ?? []) {
        const all = [zeroCount, ...positive!.bucketCounts, ...negative!.bucketCounts].map(Number);
        assert.equal(all.reduce((a, b) => a + b), Number(count), name);
      }
    }
    const times = pointsOf(metrics, "june_load.response_time");
    assert.equal(
      times.reduce((sum, { count }) => sum + Number(count), 0),
      total.histogram("response_time").count,
      name,
    );
  }
});

Deno.test("renderOtlp() has warm-up apart, as a stage, and all times from the start of the run", () => {
  const points = pointsOf(metricsOf(usualRun()), "june_load.response_time");
  assert.deepEqual(
    new Set(points.map((point) => attributesOf(point)["june_load.stage"])),
    new Set(["warm-up", "hold"]),
  );
  const start = BigInt(Date.parse("2026-11-23T14:00:00Z")) * 1_000_000n;
  for (const { startTimeUnixNano, timeUnixNano } of points) {
    assert.deepEqual([BigInt(startTimeUnixNano), BigInt(timeUnixNano)], [start, start + 20_000_000_000n]);
  }
});

Deno.test("renderOtlp() names the metrics of language models as OpenTelemetry does, and only counted tokens", () => {
  const run = usualRun();
  const metrics = metricsOf(run);
  const duration = pointsOf(metrics, "gen_ai.client.operation.duration").filter((point) =>
    attributesOf(point)["june_load.stage"] === "hold"
  );
  const own = run.total({ operations: "llm.chat_stream", stage: "hold" });
  const [ok, failed] = duration;
  assert.deepEqual([ok?.count, failed?.count], [own.outcomes.ok, own.outcomes.failed].map(String));
  const { "error.type": type, ...attributes } = attributesOf(failed!);
  assert.equal(type, "_OTHER");
  assert.deepEqual(attributes, {
    "june_load.operation": "llm.chat_stream",
    "june_load.stage": "hold",
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": "june",
    "server.address": "127.0.0.1",
    "server.port": 50051,
  });
  const spoken = metricsOf(speechRun());
  const counted = speechRun().total({}, true).counter("output_tokens") > 0;
  assert.equal(pointsOf(spoken, "gen_ai.client.token.usage").length > 0, counted);
  assert.ok(spoken.every(({ unit }) => unit !== ""));
});

const values = fc.array(fc.integer({ min: -3_600_000_000, max: 3_600_000_000 }), { minLength: 1, maxLength: 50 });

Deno.test("exponentialOf() keeps every value within its bucket, give or take a slot, in at most 160 buckets", () => {
  fc.assert(fc.property(values, (list) => {
    const histogram = new Histogram();
    for (const value of list) histogram.recordSigned(value);
    const { scale, zero_count, positive, negative } = exponentialOf(histogram, 1e6);
    const base = 2 ** (2 ** -scale);
    assert.equal(zero_count, list.filter((value) => value === 0).length);
    for (const [{ offset, counts }, sign] of [[positive, 1], [negative, -1]] as const) {
      assert.ok(counts.length <= MAX_BUCKETS);
      const magnitudes = list.filter((value) => Math.sign(value) === sign).map(Math.abs).sort((a, b) => a - b);
      assert.equal(counts.reduce((a, b) => a + b, 0), magnitudes.length);
      const bounds = counts.flatMap((count, i) => Array<number>(count).fill(base ** (offset + i)));
      for (const [i, value] of magnitudes.entries()) {
        const [low, high] = [lowestAt(indexOf(value)) / 1e6, highestAt(indexOf(value)) / 1e6];
        assert.ok(
          bounds[i]! <= high * (1 + 1e-9) && bounds[i]! * base >= low * (1 - 1e-9),
          `${value} at scale ${scale}`,
        );
      }
    }
  }));
});

Deno.test("bucketOf() has the upper bound in and the lower one out, as OpenTelemetry's buckets do", () => {
  assert.deepEqual([0.5, 1, 1.5, 2, 2.1, 4].map((value) => bucketOf(value, 0)), [-2, -1, 0, 0, 1, 1]);
  assert.deepEqual([1, 1.4, 1.5, 2].map((value) => bucketOf(value, 1)), [-1, 0, 1, 1]);
});
