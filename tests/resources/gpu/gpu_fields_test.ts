import assert from "node:assert/strict";
import {
  FULL_REQUEST,
  type GpuColumn,
  listedFields,
  missingFields,
  nextRequest,
  refusedField,
  requestFor,
} from "../../../lib/resources/gpu/gpu_fields.ts";

const spellings = (columns: readonly GpuColumn[] | null) => columns?.map(({ spelling }) => spelling);

Deno.test("refusedField() finds the name in nvidia-smi's words", () => {
  assert.equal(refusedField('Field "power.draw" is not a valid field to query.'), "power.draw");
  assert.equal(refusedField("No devices were found"), null);
});

Deno.test("nextRequest() tries the old spelling in the same place, then leaves the field out", () => {
  const old = nextRequest(FULL_REQUEST, "clocks_event_reasons.active")!;
  assert.equal(old.length, FULL_REQUEST.length);
  assert.deepEqual(old[12], { field: "clocks_event_reasons.active", spelling: "clocks_throttle_reasons.active" });
  assert.deepEqual(missingFields(old), []);
  const without = nextRequest(old, "clocks_throttle_reasons.active")!;
  assert.equal(without.length, FULL_REQUEST.length - 1);
  assert.deepEqual(missingFields(without), ["clocks_event_reasons.active"]);
});

Deno.test("nextRequest() leaves out a field without another spelling at once", () => {
  assert.deepEqual(missingFields(nextRequest(FULL_REQUEST, "mig.mode.current")!), ["mig.mode.current"]);
});

Deno.test("nextRequest() falls back to the least request when the refusal names no field of ours, then gives up", () => {
  const least = nextRequest(FULL_REQUEST, null);
  assert.deepEqual(spellings(least), [
    "timestamp",
    "index",
    "uuid",
    "name",
    "utilization.gpu",
    "memory.used",
    "memory.total",
    "power.draw",
  ]);
  assert.equal(nextRequest(least!, "something.else"), null);
  assert.equal(nextRequest(FULL_REQUEST, "index"), null);
});

Deno.test("nextRequest() comes to an end when every field is refused in turn", () => {
  let columns: readonly GpuColumn[] | null = FULL_REQUEST;
  let attempts = 0;
  while (columns !== null) {
    columns = nextRequest(columns, columns[0]!.spelling);
    assert.ok(++attempts < 80);
  }
});

Deno.test("requestFor() asks a driver for those of our fields that it lists, under the name it knows", () => {
  const help = `List of valid properties to query for the switch "--query-gpu":

"timestamp"
The timestamp of when the query was made in format "YYYY/MM/DD HH:MM:SS.msec".

"name" or "gpu_name"
"index"
"uuid" or "gpu_uuid"
"utilization.gpu"
"memory.total"
"memory.used"
"power.draw"
"clocks.sm"
"clocks_throttle_reasons.active"
"total_energy_consumption"
`;
  const request = requestFor(listedFields(help.split("\n")));
  assert.deepEqual(spellings(request), [
    ...["timestamp", "index", "uuid", "name", "utilization.gpu", "memory.used", "memory.total", "power.draw"],
    ...["clocks.sm", "clocks_throttle_reasons.active", "total_energy_consumption"],
  ]);
  assert.deepEqual(request[9], {
    field: "clocks_event_reasons.active",
    spelling: "clocks_throttle_reasons.active",
  });
});

Deno.test("requestFor() asks for all where the list is none", () => {
  assert.equal(requestFor(new Set()), FULL_REQUEST);
  assert.equal(requestFor(listedFields(['"index"', "NVIDIA-SMI has failed"])), FULL_REQUEST);
  assert.ok(!spellings(FULL_REQUEST)!.includes("total_energy_consumption"));
});
