/** `june-load init [file]` */
import { buildCommand } from "@stricli/core";
import { UserError } from "../plan/errors.ts";
import { outputError } from "../result/file.ts";
import { initTemplate } from "../scenario/init.ts";
import { type CliContext, say } from "./context.ts";
import { parseTargets } from "./flags.ts";

interface InitFlags {
  name: string;
  target?: string[];
}

/** Writes a commented scenario file that runs as it is. */
export const initCommand = buildCommand<InitFlags, [string?], CliContext>({
  async func({ name, target = [] }, path = `${name}.yaml`) {
    const text = initTemplate({ name, targets: parseTargets(target) });
    try {
      await Deno.writeTextFile(path, text, { createNew: true });
    } catch (error) {
      if (error instanceof Deno.errors.AlreadyExists) {
        throw new UserError("output", `"${path}" exists already; name another file`);
      }
      throw outputError(path, error);
    }
    say(this, `Wrote ${path}. Next: june-load check ${path}, then june-load run ${path}`);
  },
  parameters: {
    positional: {
      kind: "tuple",
      parameters: [{ brief: "File to write [default: the name]", parse: String, placeholder: "file", optional: true }],
    },
    flags: {
      name: {
        kind: "parsed",
        parse: String,
        default: "my_scenario",
        brief: "Name of the scenario",
        placeholder: "name",
      },
      target: {
        kind: "parsed",
        parse: String,
        optional: true,
        variadic: true,
        brief: "Address of a service: llm=HOST:PORT, stt=..., tts=...",
        placeholder: "service=address",
      },
    },
  },
  docs: {
    brief: "Write a commented scenario file to start from",
    fullDescription: [
      "Writes a commented scenario file that runs as it is.",
      "",
      "  june-load init",
      "  june-load init load.yaml --target llm=gpu-1:50051 --target stt=gpu-1:50052",
    ].join("\n"),
  },
});
