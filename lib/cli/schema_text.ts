/** The schemas and references that `june-load schema` prints. */
import { configurationDoc } from "../scenario/reference/configuration.ts";
import { reportJsonSchema } from "../report/forms/json_schema.ts";
import { JSON_FORMAT } from "../report/json.ts";
import { scenarioJsonSchema } from "../scenario/reference/json_schema.ts";

/** The JSON Schema of scenario files or of reports, or the configuration reference. */
export function schemaText({ markdown, report }: { markdown?: boolean; report?: boolean }): string {
  if (markdown === true) return configurationDoc().trimEnd();
  return JSON.stringify(report === true ? reportJsonSchema(JSON_FORMAT) : scenarioJsonSchema(), null, 2);
}
