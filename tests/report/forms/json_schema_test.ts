import assert from "node:assert/strict";
import { JSON_FORMAT, renderJson } from "../../../lib/report/json.ts";
import type { Run } from "../../../lib/result/run.ts";
import { assertGolden } from "../../golden/golden.ts";
import { CASES, killedRun, rotatedRun, unfinishedRun, verdictOf } from "../cases.ts";
import { assertReport, REPORT_SCHEMA, validatorOf } from "./schema.ts";

const documentOf = (run: Run) => JSON.parse(renderJson(run, verdictOf(run)));

Deno.test("docs/report.schema.json is the schema of the reports that are written", async () => {
  await assertGolden("../../docs/report.schema.json", `${JSON.stringify(REPORT_SCHEMA, null, 2)}\n`);
});

Deno.test("every report is valid against its schema, which names every member of it", () => {
  const more = [["killed", killedRun], ["rotated", rotatedRun], ["unfinished", unfinishedRun]] as const;
  for (const [name, make] of [...CASES, ...more]) {
    assertReport(documentOf(make()), name);
  }
});

Deno.test("the schema refuses a member that is missing, of another type, or of another format, and lets new ones pass", () => {
  const isValid = validatorOf(REPORT_SCHEMA);
  const document = documentOf(CASES[0]![1]());
  assert.ok(isValid({ ...document, new_member: 1 }));
  const { verdict, ...rest } = document;
  assert.ok(!isValid(rest));
  assert.ok(!isValid({ ...document, verdict: { ...verdict, status: "MAYBE" } }));
  assert.ok(!isValid({ ...document, format: JSON_FORMAT + 1 }));
  const [row, ...rows] = document.operations;
  assert.ok(!isValid({ ...document, operations: [{ ...row, latency: 0 }, ...rows] }));
});
