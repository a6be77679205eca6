/** The scenario file's JSON Schema, for editors. */
import { scenarioFile } from "../schema/scenario_file.ts";
import type { JsonSchema } from "../shape/shape.ts";

/**
 * JSON Schema (draft 2020-12) of a scenario file, from the same declaration as the decoder.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const { properties } = scenarioJsonSchema();
 * assert.deepEqual(Object.keys(properties as object), ["services", "scenarios", "metrics", "reports"]);
 * ```
 */
export function scenarioJsonSchema(): JsonSchema {
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "june-load scenario file",
    description: "Services, load scenarios, metrics and reports of june-load",
    ...scenarioFile.jsonSchema(),
  };
}
