/** `june-load schema` */
import { buildCommand } from "@stricli/core";
import { configurationDoc } from "../scenario/reference/configuration.ts";
import { scenarioJsonSchema } from "../scenario/reference/json_schema.ts";
import { type CliContext, say } from "./context.ts";
import { switchFlag } from "./flag_kinds.ts";

interface SchemaFlags {
  markdown?: boolean;
}

/** Prints the JSON Schema of scenario files, or the configuration reference. */
export const schemaCommand = buildCommand<SchemaFlags, [], CliContext>({
  func({ markdown }) {
    say(this, markdown === true ? configurationDoc().trimEnd() : JSON.stringify(scenarioJsonSchema(), null, 2));
  },
  parameters: {
    flags: {
      markdown: switchFlag("Print the configuration reference (docs/configuration.md) instead"),
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
