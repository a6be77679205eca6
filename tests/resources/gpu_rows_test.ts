import assert from "node:assert/strict";
import type { GpuSample, ResourceNote } from "../../lib/measure/resource.ts";
import { FULL_REQUEST } from "../../lib/resources/gpu_fields.ts";
import { type GpuRow, parseRow } from "../../lib/resources/gpu_row.ts";
import { GpuRows } from "../../lib/resources/gpu_rows.ts";

function rowsOf(name: string): GpuRow[] {
  const lines = Deno.readTextFileSync(new URL(`fixtures/${name}`, import.meta.url)).trimEnd().split("\n");
  return lines.map((line) => parseRow(line, FULL_REQUEST)).map((parsed) => {
    assert.ok(parsed.kind === "row");
    return parsed.row;
  });
}

function collect() {
  const samples: GpuSample[] = [];
  const notes: ResourceNote[] = [];
  const rows = new GpuRows({ onSample: (sample) => samples.push(sample), onNote: (note) => notes.push(note) }, 1000);
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
