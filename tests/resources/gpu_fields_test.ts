import assert from "node:assert/strict";
import {
  FULL_REQUEST,
  type GpuColumn,
  missingFields,
  nextRequest,
  refusedField,
} from "../../lib/resources/gpu_fields.ts";

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
    assert.ok(++attempts < 40);
  }
});
