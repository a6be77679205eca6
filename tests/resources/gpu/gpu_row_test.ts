import assert from "node:assert/strict";
import fc from "fast-check";
import { type GpuRow, parseRow, splitGlued } from "../../../lib/resources/gpu/gpu_row.ts";
import { BASIC } from "./columns.ts";

const UUID = "GPU-1c7d0f5e-2b9a-4d21-9c3e-8f60aa41b7d2";
const fixture = (name: string) =>
  Deno.readTextFileSync(new URL(`../fixtures/${name}`, import.meta.url)).split("\n").slice(0, -1);

function rowOf(line: string): GpuRow {
  const parsed = parseRow(line, BASIC);
  assert.equal(parsed.kind, "row", line);
  return (parsed as { row: GpuRow }).row;
}

/** A good row, its columns replaced by position. */
function rowWith(changes: Record<number, string>): GpuRow {
  const cells = fixture("h100.csv")[1]!.split(", ");
  for (const [at, text] of Object.entries(changes)) cells[Number(at)] = text;
  return rowOf(cells.join(", "));
}

Deno.test("parseRow() reads a row with units", () => {
  const row = rowOf(fixture("h100.csv")[2]!);
  assert.deepEqual(row.values, {
    index: 0,
    uuid: UUID,
    name: "NVIDIA H100 80GB HBM3",
    utilization_percent: 100,
    memory_utilization_percent: 41,
    memory_used_bytes: 61546 * 1048576,
    memory_total_bytes: 81559 * 1048576,
    power_w: 631.95,
    power_limit_w: 700,
    temperature_c: 57,
    sm_clock_mhz: 1755,
    clock_event_mask: 4,
  });
  assert.equal(row.mig, false);
  assert.deepEqual(row.unknown, []);
});

Deno.test("parseRow() reads a row without units and with CRLF", () => {
  const units = fixture("h100.csv")[2]!;
  const bare = units.replaceAll(/ (%|MiB|W|MHz)(?=,)/g, "");
  assert.notEqual(bare, units);
  assert.deepEqual(parseRow(bare + "\r", BASIC), parseRow(units, BASIC));
});

Deno.test("parseRow() keeps the distance of the printed times", () => {
  const [first, second] = fixture("h100.csv").map(rowOf);
  assert.equal(second!.printed_ms! - first!.printed_ms!, 1000);
  assert.equal(rowWith({ 0: "[N/A]" }).printed_ms, null);
});

Deno.test("parseRow() takes every word for missing as null, never as 0", () => {
  const words = [
    "[N/A]",
    "N/A",
    "[Not Supported]",
    "[Unknown Error]",
    "[Function Not Found]",
    "[Requested functionality has been deprecated]",
    "[Insufficient Permissions]",
    "",
  ];
  for (const word of words) {
    const row = rowWith({ 4: word, 8: word, 12: word });
    assert.equal(row.missing.get("power.draw"), word);
    assert.equal(row.values.utilization_percent, null, word);
    assert.equal(row.values.power_w, null, word);
    assert.equal(row.values.clock_event_mask, null, word);
    assert.deepEqual(row.unknown, [], word);
    assert.equal(row.device_lost, false, word);
  }
  const unnamed = rowWith({ 2: "[N/A]", 3: "[Unknown Error]" }).values;
  assert.deepEqual([unnamed.uuid, unnamed.name], ["", ""]);
});

Deno.test("parseRow() keeps unknown words apart from missing values", () => {
  const row = rowWith({ 8: "[Ask Again Later]", 10: "nan", 11: "1e9 MHz" });
  assert.deepEqual(row.unknown, [
    { field: "power.draw", text: "[Ask Again Later]" },
    { field: "temperature.gpu", text: "nan" },
    { field: "clocks.current.sm", text: "1e9 MHz" },
  ]);
  assert.equal(row.values.power_w, null);
});

Deno.test("parseRow() tells a lost GPU", () => {
  assert.equal(rowWith({ 8: "[GPU is lost]" }).device_lost, true);
  assert.equal(rowWith({ 4: "[GPU requires reset]" }).device_lost, true);
});

Deno.test("parseRow() tells a GPU split by MIG, whose utilization is missing", () => {
  const row = rowOf(fixture("h100_mig.csv")[0]!);
  assert.equal(row.mig, true);
  assert.equal(row.values.utilization_percent, null);
  assert.equal(row.values.power_w, 433.78);
});

Deno.test("parseRow() takes error words and cut rows as text", () => {
  for (const name of ["refused_field", "driver_mismatch", "gpu_off_the_bus", "no_gpu", "driver_not_loaded"]) {
    for (const line of fixture(`${name}.txt`)) {
      assert.deepEqual(parseRow(line, BASIC), { kind: "text", text: line });
    }
  }
  const cut = Deno.readTextFileSync(new URL("../fixtures/h100_cut_off.csv", import.meta.url)).split("\n").at(-1)!;
  assert.equal(parseRow(cut, BASIC).kind, "part");
  assert.equal(parseRow(fixture("h100.csv")[0]! + ", one more", BASIC).kind, "part");
  assert.equal(parseRow(fixture("h100.csv")[0]!.replace(", 0,", ", [N/A],"), BASIC).kind, "part");
  const words = Array.from({ length: BASIC.length }, (_, at) => at === 1 ? "3" : "word").join(", ");
  assert.equal(parseRow(words, BASIC).kind, "text", "as many words as columns");
});

Deno.test("parseRow() reads masks to the lowest 53 bits", () => {
  const maskOf = (text: string) => rowWith({ 12: text }).values.clock_event_mask;
  assert.equal(maskOf("0x0000000000000024"), 0x24);
  assert.equal(maskOf("0x0000000100000004"), 2 ** 32 + 4);
  assert.equal(maskOf("0x8000000000000004"), 4);
});

Deno.test("parseRow() never throws and yields only finite numbers or null", () => {
  const cell = fc.oneof(
    fc.string(),
    fc.double().map(String),
    fc.constantFrom("[N/A]", "0x", "0xZZ", "-", "1 %", ". W"),
  );
  fc.assert(fc.property(fc.array(cell, { minLength: 14, maxLength: 14 }), (cells) => {
    cells[0] = "[N/A]";
    cells[1] = "3";
    const parsed = parseRow(cells.join(","), BASIC);
    if (parsed.kind !== "row") return;
    for (const value of Object.values(parsed.row.values) as unknown[]) {
      assert.ok(value === null || typeof value === "string" || Number.isFinite(value));
    }
  }));
});

Deno.test("splitGlued() takes rows apart that lost their line ends, and text before a row", () => {
  const [one, two] = fixture("h100.csv");
  assert.deepEqual(splitGlued(one! + two!), [one, two]);
  assert.deepEqual(splitGlued(`WARNING: infoROM is corrupted${one}`), ["WARNING: infoROM is corrupted", one]);
  assert.deepEqual(splitGlued(one!.slice(0, 40) + two!).map((part) => parseRow(part, BASIC).kind), ["part", "row"]);
  assert.deepEqual(splitGlued("at 2026/07/14 08:12:53.353 it failed"), ["at 2026/07/14 08:12:53.353 it failed"]);
});

Deno.test("parseRow() takes the power from the field that has it, and sums the times of heat", () => {
  const fields = ["index", "power.draw", "power.draw.average", "power.draw.instant"] as const;
  const slow = [
    "clocks_event_reasons_counters.sw_thermal_slowdown",
    "clocks_event_reasons_counters.hw_thermal_slowdown",
  ];
  const columns = [...fields, ...slow as (typeof fields[number])[]].map((field) => ({ field, spelling: field }));
  const valuesOf = (line: string) => {
    const parsed = parseRow(line, columns);
    assert.ok(parsed.kind === "row");
    return [parsed.row.values.power_w, parsed.row.values.heat_slowed_us];
  };
  assert.deepEqual(valuesOf("0, 300.5, 301, 420, 5, 7"), [300.5, 12]);
  assert.deepEqual(valuesOf("0, [N/A], 301, 420, [N/A], 7"), [301, 7]);
  assert.deepEqual(valuesOf("0, [N/A], [N/A], 420 W, [N/A], [N/A]"), [420, undefined]);
});
