/** `june-load version` */
import { buildCommand } from "@stricli/core";
import { type CliContext, say } from "./context.ts";
import { TOOL } from "./version.ts";

/** Prints the version, the platform and the versions of Deno and V8. */
export const versionCommand = buildCommand<Record<never, never>, [], CliContext>({
  func() {
    const { deno, v8 } = Deno.version;
    say(this, `${TOOL} (${Deno.build.target}, Deno ${deno}, V8 ${v8})`);
  },
  parameters: {},
  docs: { brief: "Print the version" },
});
