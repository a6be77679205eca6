import assert from "node:assert/strict";
import { readingsByGpu } from "../../../lib/measure/gpus.ts";
import type { GpuSample, ResourceNote } from "../../../lib/measure/resource.ts";
import { type GpuRow, parseRow } from "../../../lib/resources/gpu/gpu_row.ts";
import { Tally } from "../../../lib/resources/tally.ts";
import { BASIC } from "./columns.ts";
import { GpuRows } from "../../../lib/resources/gpu/gpu_rows.ts";

function rowsOf(name: string): GpuRow[] {
  const lines = Deno.readTextFileSync(new URL(`../fixtures/${name}`, import.meta.url)).trimEnd().split("\n");
  return lines.map((line) => parseRow(line, BASIC)).map((parsed) => {
    assert.ok(parsed.kind === "row");
    return parsed.row;
  });
}

function collect() {
  const samples: GpuSample[] = [];
  const notes: ResourceNote[] = [];
  const tally = new Tally((note) => notes.push(note), () => 0);
  const rows = new GpuRows({ onSample: (sample) => samples.push(sample), tally }, 1000);
  return { samples, notes, rows };
}

Deno.test("GpuRows drops the first row of each GPU and stamps the others by arrival", () => {
  const { samples, notes, rows } = collect();
  rowsOf("two_a10_driver_525.csv").forEach((row, i) => rows.take(row, [10, 11, 1010, 1012][i]!));
  assert.deepEqual(samples.map(({ index, t_ms }) => [index, t_ms]), [[0, 1010], [1, 1012]]);
  assert.equal(samples[0]!.power_w, null);
  assert.equal(samples[1]!.power_w, 15.97);
  assert.deepEqual(notes, []);
});

Deno.test("GpuRows notes MIG once a GPU", () => {
  const { notes, rows } = collect();
  rowsOf("h100_mig.csv").forEach((row, i) => rows.take(row, i * 1000));
  assert.deepEqual(notes.map(({ kind }) => kind), ["gpu_mig"]);
});

Deno.test("GpuRows notes rows that a buffer held back, once", () => {
  const { notes, rows } = collect();
  const row = rowsOf("h100.csv")[0]!;
  for (const seconds of [0, 1, 2, 3, 4, 5]) rows.take({ ...row, printed_ms: seconds * 4000 }, seconds);
  assert.deepEqual(notes.map(({ kind }) => kind), ["gpu_rows_late"]);
  assert.match(notes[0]!.text, /4\.0 s off/);
});

Deno.test("GpuRows notes unknown values once each, and not without end", () => {
  const { notes, rows } = collect();
  const row = rowsOf("h100.csv")[0]!;
  for (let i = 0; i < 100; i++) {
    rows.take({ ...row, printed_ms: null, unknown: [{ field: "power.draw", text: `odd ${i >> 1}` }] }, i);
  }
  assert.equal(notes.length, 8);
  assert.match(notes[0]!.text, /"odd 0" for power\.draw of GPU 0/);
});

Deno.test("GpuRows notes a lost GPU even after many unknown values", () => {
  const { notes, rows } = collect();
  const row = rowsOf("h100.csv")[0]!;
  for (let i = 0; i < 20; i++) rows.take({ ...row, unknown: [{ field: "power.draw", text: `odd ${i}` }] }, i);
  rows.take({ ...row, device_lost: true }, 30);
  assert.equal(notes.at(-1)!.kind, "gpu_device_lost");
});

Deno.test("GpuRows keeps two GPUs without a UUID apart, and two that share one", () => {
  for (const uuid of ["", "GPU-00000000"]) {
    const { samples, notes, rows } = collect();
    const [row] = rowsOf("h100.csv");
    for (let t_ms = 0; t_ms < 5000; t_ms += 1000) {
      for (const index of [0, 1]) {
        rows.take({ ...row!, printed_ms: t_ms, values: { ...row!.values, uuid, index } }, t_ms);
      }
    }
    assert.deepEqual(readingsByGpu(samples).map((one) => one.length), [4, 4], uuid);
    assert.deepEqual(notes, []);
  }
});

Deno.test("GpuRows keeps a GPU whose UUID is missing for a while one GPU", () => {
  const { samples, rows } = collect();
  const [row] = rowsOf("h100.csv");
  for (const [at, uuid] of [row!.values.uuid, "", row!.values.uuid, "", ""].entries()) {
    rows.take({ ...row!, printed_ms: at * 1000, values: { ...row!.values, uuid } }, at * 1000);
  }
  assert.deepEqual(readingsByGpu(samples).map((one) => one.length), [4]);
});

Deno.test("GpuRows tells a GPU that is listed no more, and that it is there again", () => {
  const { samples, notes, rows } = collect();
  const [row] = rowsOf("h100.csv");
  for (let tick = 0; tick < 20; tick++) {
    for (const index of tick >= 5 && tick < 12 ? [0] : [0, 1]) {
      rows.take({ ...row!, printed_ms: null, values: { ...row!.values, uuid: `GPU-${index}`, index } }, tick * 1000);
    }
  }
  assert.deepEqual(notes.map(({ kind, text }) => [kind, text.includes("GPU 1")]), [
    ["gpu_device_lost", true],
    ["gpu_back", true],
  ]);
  assert.deepEqual(readingsByGpu(samples).map((one) => one.length), [19, 12]);
});

Deno.test("GpuRows says why a reading never comes, whatever the driver prints for it", () => {
  const [row] = rowsOf("h100.csv");
  const cases: Array<[name: string, mig: boolean, text: string | null, reason: RegExp]> = [
    ["NVIDIA GB10", false, "[N/A]", /has no memory of its own, it shares the machine's/],
    ["NVIDIA H100", true, "[N/A]", /split by MIG/],
    ["NVIDIA H100", false, "[Insufficient Permissions]", /lacks the right/],
    ["NVIDIA Thor", false, "[Not Supported]", /shares the machine's/],
    ["Orin", false, "[Function Not Found]", /shares the machine's/],
    ["NVIDIA A10", false, "[GPU requires reset]", /reset that GPU/],
    ["NVIDIA A10", false, "[N/A]", /does not tell it, as where its memory is the machine's/],
    ["NVIDIA A10", false, null, /no field memory\.used/],
  ];
  for (const [name, mig, text, reason] of cases) {
    const { samples, notes, rows } = collect();
    const values = { ...row!.values, name, memory_used_bytes: null };
    for (let tick = 0; tick < 6; tick++) {
      rows.take({ ...row!, printed_ms: null, mig, values, missing: new Map([["memory.used", text]]) }, tick * 1000);
    }
    const found = notes.filter(({ kind }) => kind === "gpu_memory_unreadable");
    assert.equal(found.length, 1, name);
    assert.match(found[0]!.text, reason);
    assert.match(found[0]!.text, /^The memory of GPU 0 cannot be read: /);
    assert.equal(samples.length, 5);
  }
});

Deno.test("GpuRows does not call a reading unreadable that failed once", () => {
  const { notes, rows } = collect();
  const [row] = rowsOf("h100.csv");
  for (let tick = 0; tick < 8; tick++) {
    const failed = tick === 1 || tick > 4;
    const values = { ...row!.values, memory_used_bytes: failed ? null : 5 };
    rows.take(
      { ...row!, printed_ms: null, values, missing: new Map([["memory.used", "[Unknown Error]"]]) },
      tick * 1000,
    );
  }
  assert.deepEqual(notes, []);
});

Deno.test("GpuRows takes one of many rows that come in a heap", () => {
  const { samples, rows } = collect();
  const [row] = rowsOf("h100.csv");
  for (let at = 0; at < 1000; at++) rows.take({ ...row!, printed_ms: null }, at);
  assert.ok(samples.length <= 4, `${samples.length}`);
});
