/** `june-load schema` */
import { buildCommand } from "@stricli/core";
import { configurationDoc } from "../scenario/reference/configuration.ts";
import { reportJsonSchema } from "../report/forms/json_schema.ts";
import { JSON_FORMAT } from "../report/json.ts";
import { scenarioJsonSchema } from "../scenario/reference/json_schema.ts";
import { type CliContext, say } from "./context.ts";
import { switchFlag } from "./flag_kinds.ts";

interface SchemaFlags {
  markdown?: boolean;
  report?: boolean;
}

/** Prints the JSON Schema of scenario files or of reports, or the configuration reference. */
export const schemaCommand = buildCommand<SchemaFlags, [], CliContext>({
  func({ markdown, report }) {
    if (markdown === true) return say(this, configurationDoc().trimEnd());
    const schema = report === true ? reportJsonSchema(JSON_FORMAT) : scenarioJsonSchema();
    say(this, JSON.stringify(schema, null, 2));
  },
  parameters: {
    flags: {
      markdown: switchFlag("Print the configuration reference (docs/configuration.md) instead"),
      report: switchFlag("Print the JSON Schema of the report's JSON document (docs/report.schema.json) instead"),
    },
  },
  docs: {
    brief: "Print the JSON Schema of scenario files, for editors",
    fullDescription: [
      "Prints the JSON Schema of scenario files, for editors.",
      "",
      "  june-load schema > june-load.schema.json",
      "  # first line of a scenario file, for editors with yaml-language-server:",
      "  # yaml-language-server: $schema=./june-load.schema.json",
    ].join("\n"),
  },
});
