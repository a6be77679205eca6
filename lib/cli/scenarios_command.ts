/** `june-load scenarios [file]` */
import { buildCommand } from "@stricli/core";
import type { CliContext } from "./context.ts";
import { textFlag } from "./flag_kinds.ts";

interface ScenariosFlags {
  show?: string;
}

/** Lists the built-in scenarios, or those of a file. */
export const scenariosCommand = buildCommand<ScenariosFlags, [string?], CliContext>({
  async func({ show }, path) {
    const { showBuiltIn, showScenarios } = await import("./list_scenarios.ts");
    if (show !== undefined) return showBuiltIn(this, show);
    await showScenarios(this, path);
  },
  parameters: {
    positional: {
      kind: "tuple",
      parameters: [{ brief: "A scenario file", parse: String, placeholder: "file", optional: true }],
    },
    flags: {
      show: textFlag("Print the file of a built-in scenario, to copy and change", "name"),
    },
  },
  docs: {
    brief: "List the built-in scenarios, or those of a file",
    fullDescription: [
      "Lists the built-in scenarios, or those of a file.",
      "",
      "  june-load scenarios",
      "  june-load scenarios --show spike > my_spike.yaml",
      "  june-load scenarios load_test_config.yaml",
    ].join("\n"),
  },
});
