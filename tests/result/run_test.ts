import assert from "node:assert/strict";
import fc from "fast-check";
import { readResult, ResultWriter } from "../../lib/result/file.ts";
import type { HeaderRecord, IntervalRecord } from "../../lib/result/record.ts";
import { noGenerator } from "../../lib/measure/generator.ts";
import { Series } from "../../lib/measure/series.ts";
import type { GpuSample } from "../../lib/measure/resource.ts";
import { Run } from "../../lib/result/run.ts";
import { MAX_SLOTS, slotTotal, Timeline } from "../../lib/result/timeline.ts";
import type { ClosedLoad } from "../../lib/plan/plan.ts";
import { holdStage, STAGGERED } from "../plans.ts";
import { makeHeader, makeInterval, makePlan, makeRecords, makeRun, noise } from "./make_run.ts";

async function withFile(text: string, body: (path: string) => Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${dir}/result.ndjson`, text);
    await body(`${dir}/result.ndjson`);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

const textOf = (records: readonly unknown[]) => records.map((record) => JSON.stringify(record) + "\n").join("");

Deno.test("ResultWriter writes what readResult() reads back as the same run", async () => {
  const dir = await Deno.makeTempDir();
  const writer = await ResultWriter.create(`${dir}/result.ndjson`);
  const records = makeRecords({ errors: 0.1 });
  for (const record of records) writer.write(record);
  await writer.close();
  const read = await readResult(dir);
  const made = makeRun({ errors: 0.1 });
  assert.deepEqual(read.total().toData("all", 0), made.total().toData("all", 0));
  assert.deepEqual([read.end, read.failures, read.peak_users], [made.end, made.failures, made.peak_users]);
  await Deno.remove(dir, { recursive: true });
});

Deno.test("readResult() reads a plan under the names that earlier versions wrote", async () => {
  const plan = makePlan();
  const load = plan.loads[0] as ClosedLoad;
  plan.loads[0] = { ...load, ...STAGGERED };
  const old = JSON.stringify(makeHeader(plan))
    .replaceAll('"transparent_retry":false', '"moves":"fail"')
    .replace('"max_parallel_sentences":100', '"ahead":100')
    .replace('"moves":"fail"', '"moves":"move"')
    .replace(',"start":"staggered","after_failure_ms":1000', "");
  assert.ok(!old.includes("transparent_retry") && !old.includes("after_failure") && old.includes('"ahead":100'));
  const [llm, ...others] = plan.services;
  const [crowd] = plan.loads;
  const expected = {
    ...plan,
    loads: [{ ...crowd, start: "at_once", after_failure_ms: 0 }],
    services: [{ ...llm, transparent_retry: true }, ...others],
  };
  await withFile(`${old}\n`, async (path) => {
    const run = await readResult(path);
    assert.equal(JSON.stringify(run.plan), JSON.stringify(expected));
  });
});

Deno.test("ResultWriter.create() refuses to overwrite a result", async () => {
  await withFile("x", async (path) => {
    await assert.rejects(ResultWriter.create(path), /it exists already; nothing is overwritten/);
  });
});

Deno.test("ResultWriter reports a full disk once and writes nothing after it", async () => {
  const file = await Deno.open("/dev/full", { write: true });
  const writer = ResultWriter.over("/dev/full", file);
  for (const record of makeRecords({ seconds: 2 })) writer.write(record);
  await assert.rejects(writer.close(), /Cannot write "\/dev\/full": the disk is full; free some space/);
  assert.match(writer.failure?.message ?? "", /disk is full/);
});

Deno.test("readResult() keeps every whole line of a file cut at any byte, and marks it incomplete", async () => {
  const records = makeRecords({ seconds: 4, gpu: false });
  const text = textOf(records);
  const headerEnd = text.indexOf("\n") + 1;
  const random = noise(5);
  for (let round = 0; round < 40; round++) {
    const cut = headerEnd + Math.floor(random() * (text.length - headerEnd - 1));
    await withFile(text.slice(0, cut), async (path) => {
      const run = await readResult(path);
      assert.equal(run.end, null);
      const whole = text.slice(0, cut).split("\n").slice(1, -1);
      const intervals = whole.filter((line) => line.startsWith('{"type":"interval"')).length;
      assert.ok(run.slots.length === intervals || run.slots.length === intervals + 1, `cut at ${cut}`);
    });
  }
});

Deno.test("readResult() says plainly what is wrong with a file", async () => {
  const records = makeRecords({ seconds: 2 });
  const [header, ...rest] = records as [HeaderRecord, ...typeof records];
  const cases: [string, RegExp][] = [
    ["", /it is not a june-load result \(no header line\)/],
    ['{"hello": 1}\n{}\n', /line 1: it is not a june-load result \(no header line\)/],
    [textOf(rest), /no header line/],
    [textOf([{ ...header, format: 99 }]), /format 99 is newer than this june-load reads \(2\)/],
    [
      textOf([{ ...header, format: 1 }]),
      /it has format 1, and this june-load reads format 2; use the version that wrote/,
    ],
  ];
  for (const [text, message] of cases) {
    await withFile(text, (path) => assert.rejects(readResult(path), message));
  }
  await assert.rejects(readResult("/nonexistent/result"), /name a result.ndjson or the folder that holds it/);
});

Deno.test("Run thins out the readings of each GPU alike when it holds too many", () => {
  const run = new Run(makeHeader(makePlan()));
  const gpu = makeRun({ seconds: 1 }).gpu.last(1)[0] as GpuSample;
  for (let second = 0; second < 30_000; second++) {
    for (const index of [0, 1]) run.add({ ...gpu, t_ms: second * 1000, index, uuid: `GPU-${index}` });
  }
  const of = (index: number) => [...run.gpu].filter((one) => one.index === index).length;
  assert.ok(run.gpu.length <= 20_000);
  assert.ok(Math.abs(of(0) - of(1)) <= 1, `${of(0)} of one, ${of(1)} of the other`);
});

Deno.test("Run counts ok calls of the drain in everything but throughput", () => {
  const plan = makePlan({
    duration_ms: 10_000,
    stages: [holdStage(10_000)],
  });
  const run = new Run(makeHeader(plan));
  const one = (index: number): IntervalRecord => ({ ...makeInterval(plan, index, noise(1)), type: "interval" });
  for (let index = 0; index < 10; index++) run.add(one(index));
  const before = run.throughput();
  const okBefore = run.total().outcomes.ok;
  run.add(one(10));
  run.add({ type: "end", t_ms: 11_000, reason: "completed", text: "", unaccounted: 0 });
  assert.equal(run.throughput(), before);
  assert.equal(before, okBefore / 10);
  assert.ok(run.total().outcomes.ok > okBefore);
});

Deno.test("Run measures its window up to a stop that was asked for", () => {
  const run = makeRun({ complete: false, seconds: 20 });
  run.add({ type: "event", t_ms: 15_000, kind: "stop_requested", text: "" });
  assert.equal(run.load_end_ms, 15_000);
  assert.equal(run.window_ms(), 15_000);
  assert.equal(run.window_ms({ stage: "ramp" }), 5000);
});

Deno.test("Timeline keeps at most its limit of slots and loses no call", () => {
  const plan = makePlan();
  const seconds = 3 * MAX_SLOTS + 17;
  const timeline = new Timeline();
  const small = makeInterval(plan, 0, noise(2));
  for (let index = 0; index < seconds; index++) timeline.add({ ...small, index });
  assert.ok(timeline.slots.length <= MAX_SLOTS);
  assert.equal(timeline.slot_ms, 4000);
  const perSecond = small.series.reduce((sum, s) => sum + s.outcomes.ok, 0);
  const kept = timeline.slots.reduce((sum, slot) => sum + slotTotal(slot).outcomes.ok, 0);
  assert.equal(kept, perSecond * seconds);
  for (const [i, slot] of timeline.slots.entries()) assert.equal(slot.start_ms, i * 4000);
});

Deno.test("Timeline keeps response times exactly, also where one bucket holds more than 65,535 calls", () => {
  const plan = makePlan();
  const [first] = makeInterval(plan, 0, noise(2)).series;
  assert.ok(first !== undefined);
  const latency = { count: 70_002, min: 5, max: 900, sum: 350_905, overflow: 0, buckets: [5, 70_001, 895, 1] };
  for (const counts of [latency, { ...latency, count: 2, buckets: [5, 1, 895, 1] }]) {
    const timeline = new Timeline();
    const series = [{ ...first, histograms: { response_time: counts, start_delay: counts } }];
    timeline.add({ ...makeInterval(plan, 0, noise(2)), series });
    const total = slotTotal(timeline.slots[0] as typeof timeline.slots[number]);
    assert.deepEqual(total.histogram("response_time").toData(), counts);
    assert.equal(total.histogram("start_delay").count, 0);
  }
});

Deno.test("Timeline covers gaps without inventing calls", () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 4000 }), { minLength: 1, maxLength: 60 }), (indexes) => {
      const timeline = new Timeline();
      const small = makeInterval(makePlan(), 0, noise(3));
      for (const index of indexes.sort((a, b) => a - b)) timeline.add({ ...small, index });
      const covered = (index: number) =>
        timeline.slots.some((s) => s.start_ms <= index * 1000 && index * 1000 < s.start_ms + s.length_ms);
      assert.ok(indexes.every(covered));
      const starts = timeline.slots.map((slot) => slot.start_ms);
      assert.deepEqual(starts, [...new Set(starts)].sort((a, b) => a - b));
    }),
    { numRuns: 20 },
  );
});

Deno.test("calls that a broken-off run had begun are in flight; only a run that ended can have lost some", () => {
  const run = new Run(makeHeader(makePlan()));
  const series = new Series();
  series.issued = 5;
  series.outcomes.ok = 2;
  run.add({
    type: "interval",
    index: 0,
    series: [series.toData("llm.chat_stream", 1)],
    failures: [],
    users: 3,
    in_flight: 3,
    connections: [],
    generator: noGenerator(),
    turns: [],
  });
  assert.deepEqual([run.in_flight, run.unaccounted], [3, 0]);
  run.add({ type: "end", t_ms: 1000, reason: "completed", text: "", unaccounted: run.open_calls });
  assert.deepEqual([run.in_flight, run.unaccounted], [0, 3]);
});

Deno.test("an event that counts an earlier one becomes a part of it", () => {
  const run = makeRun();
  const before = run.events.length;
  const told = { type: "event", kind: "gpu_message", text: "nvidia-smi says: hot" } as const;
  run.add({ ...told, t_ms: 3000 });
  run.add({ ...told, t_ms: 9000, kind: "gpu_lost" });
  run.add({ ...told, t_ms: 50_000, count: 40 });
  const [first, second, ...rest] = run.events.slice(before);
  assert.deepEqual([first?.t_ms, first?.text, first?.count], [3000, "nvidia-smi says: hot (40 times)", 40]);
  assert.deepEqual([second?.kind, second?.count, rest], ["gpu_lost", undefined, []]);
  // Where the first is missing, it stands by itself.
  run.add({ ...told, t_ms: 60_000, text: "another", count: 3 });
  assert.equal(run.events.at(-1)?.text, "another");
});
