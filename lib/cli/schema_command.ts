/** `june-load schema` */
import { buildCommand } from "@stricli/core";
import { type CliContext, say } from "./context.ts";
import { switchFlag } from "./flag_kinds.ts";

interface SchemaFlags {
  markdown?: boolean;
  report?: boolean;
}

/** Prints the JSON Schema of scenario files or of reports, or the configuration reference. */
export const schemaCommand = buildCommand<SchemaFlags, [], CliContext>({
  async func(flags) {
    const { schemaText } = await import("./schema_text.ts");
    say(this, schemaText(flags));
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
