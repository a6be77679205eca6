/** Holds report documents to their published schema. */
import assert from "node:assert/strict";
import { Ajv2020 } from "ajv/dist/2020.js";
import { reportJsonSchema } from "../../../lib/report/forms/json_schema.ts";
import { JSON_FORMAT } from "../../../lib/report/json.ts";

/** The schema of the reports of today. */
export const REPORT_SCHEMA = reportJsonSchema(JSON_FORMAT);

/** The schema with nothing allowed that it does not name, to find what it leaves out. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== "object" || schema === null) return schema;
  const copy = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closed(value)]));
  return "properties" in copy && "required" in copy ? { additionalProperties: false, ...copy } : copy;
}

/** A check of documents against a schema. */
export const validatorOf = (schema: unknown) =>
  new Ajv2020({ strict: true, allErrors: true }).compile(schema as object);

let isReport: ReturnType<typeof validatorOf> | undefined;

/** Fails for a document that is no report, or that has a member which the schema does not name. */
export function assertReport(document: unknown, name = ""): void {
  isReport ??= validatorOf(closed(REPORT_SCHEMA));
  assert.ok(isReport(document), `${name}: ${JSON.stringify(isReport.errors?.slice(0, 3))}`);
}
