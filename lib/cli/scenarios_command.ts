/** `june-load scenarios [file]` */
import { buildCommand } from "@stricli/core";
import { builtInScenario, builtInScenarios } from "../scenario/built_in.ts";
import { listScenarios } from "../scenario/load.ts";
import { type CliContext, say } from "./context.ts";
import { UserError } from "../plan/errors.ts";
import { readSource } from "./load_plan.ts";
import { textFlag } from "./flag_kinds.ts";

interface ScenariosFlags {
  show?: string;
}

/** Lists the built-in scenarios, or those of a file. */
export const scenariosCommand = buildCommand<ScenariosFlags, [string?], CliContext>({
  async func({ show }, path) {
    if (show !== undefined) {
      const text = builtInScenario(show);
      if (text === null) {
        throw new UserError("usage", `Unknown scenario "${show}"; \`june-load scenarios\` lists them`);
      }
      return say(this, text.trimEnd());
    }
    const list = path === undefined
      ? builtInScenarios()
      : listScenarios((await readSource(path, undefined)).text, path);
    const width = Math.max(...list.map(({ name }) => name.length));
    for (const { name, description } of list) say(this, `${name.padEnd(width)}  ${description}`.trimEnd());
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
