import assert from "node:assert/strict";
import type { ServiceSample } from "../../lib/measure/resource.ts";
import { MAX_SERVICE_VALUES } from "../../lib/measure/service_series.ts";
import { RecordDecoder } from "../../lib/result/decode/decoder.ts";
import { MAX_PAGES } from "../../lib/result/decode/limits.ts";
import { DuetRuns } from "../../lib/result/duet.ts";
import { Run } from "../../lib/result/run.ts";
import { duetRecords } from "./make_duet.ts";
import { makeHeader, makePlan } from "./make_run.ts";

const sample = (change: Partial<ServiceSample> = {}): ServiceSample => ({
  type: "service",
  t_ms: 1000,
  source: "llm",
  values: { running_requests: 3, 'queue_time{model="a"}': null },
  ...change,
});

function decode(...records: unknown[]) {
  const decoder = new RecordDecoder();
  const lines = [makeHeader(makePlan()), ...records].map((record) => JSON.stringify(record));
  return lines.map((line) => decoder.decode(line, line.length)).slice(1);
}

const faultOf = (record: unknown): string => {
  const [decoded] = decode(record);
  return decoded !== undefined && "fault" in decoded ? decoded.fault : "";
};

Deno.test("a reading of a page is read again as it was written", () => {
  assert.deepEqual(decode(sample()), [{ record: sample() }]);
});

Deno.test("what no page says is refused with its place", () => {
  assert.match(faultOf(sample({ values: { running_requests: "3" as unknown as number } })), /running_requests/);
  assert.match(faultOf(sample({ values: { "a\u0007b": 3 } })), /values/);
  assert.match(faultOf(sample({ source: "" })), /source/);
  const many = Object.fromEntries(Array.from({ length: MAX_SERVICE_VALUES + 1 }, (_, i) => [`s${i}`, i]));
  assert.match(faultOf(sample({ values: many })), new RegExp(`${MAX_SERVICE_VALUES}`));
});

Deno.test("readings of more pages than a plan may have are refused", () => {
  const all = decode(...Array.from({ length: MAX_PAGES + 1 }, (_, i) => sample({ source: `page${i}` })));
  assert.deepEqual(all.at(-1), { fault: `only ${MAX_PAGES} pages of metrics are read` });
  assert.equal(all.filter((one) => "record" in one).length, MAX_PAGES);
});

Deno.test("a run keeps the readings of its pages", () => {
  const run = new Run(makeHeader(makePlan()));
  for (const t_ms of [1000, 2000]) for (const source of ["llm", "gpus"]) run.add(sample({ t_ms, source }));
  assert.deepEqual([...run.service].map(({ t_ms, source }) => [t_ms, source]), [
    [1000, "llm"],
    [1000, "gpus"],
    [2000, "llm"],
    [2000, "gpus"],
  ]);
});

Deno.test("of a duet a page is of the side whose service it is, and any other of both", () => {
  const [header] = duetRecords();
  assert.ok(header?.type === "header");
  const duet = new DuetRuns(header);
  const [base, other] = duet.names;
  for (const source of [`llm@${base}`, `llm@${other}`, "gpus"]) duet.add(sample({ source }));
  assert.deepEqual(duet.sides.map((run) => [...run.service].map(({ source }) => source)), [
    ["llm", "gpus"],
    ["llm", "gpus"],
  ]);
});
