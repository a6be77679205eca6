/** `june-load ui [scenario...]` */
import { buildCommand } from "@stricli/core";
import type { CliContext } from "../context.ts";
import { switchFlag, textFlag } from "../flag_kinds.ts";
import { planFlagParameters, runFlagParameters } from "../flags.ts";
import type { UiFlags } from "./run_ui.ts";

const { compare, sim, fault, profile, preflight } = runFlagParameters;

/** The port of Locust's page. */
export const UI_PORT = "8089";

/** Serves the page on which runs are chosen, started, watched and steered. */
export const uiCommand = buildCommand<UiFlags, string[], CliContext>({
  async func(flags, ...named) {
    const { runUi } = await import("./run_ui.ts");
    this.process.exitCode = await runUi(this, named, flags);
  },
  parameters: {
    positional: {
      kind: "array",
      parameter: {
        brief: "Built-in scenarios, scenario files, or folders of them [default: all built-in ones]",
        parse: String,
        placeholder: "scenario",
      },
    },
    flags: {
      port: { kind: "parsed", parse: String, default: UI_PORT, brief: "Port; 0: any free one", placeholder: "port" },
      listen: textFlag(
        "Address to listen on; any but this machine's own needs a token [default: 127.0.0.1]",
        "address",
      ),
      token: textFlag("Token that opens the page; better JUNE_LOAD_TOKEN [default: made where needed]", "token"),
      anyTarget: switchFlag("The page may send load to any address, not only to those of the files and --target"),
      ...planFlagParameters,
      compare,
      sim,
      fault,
      profile,
      preflight,
    },
  },
  docs: {
    brief: "Serve the page: choose, start, watch, steer and compare runs in a browser",
    fullDescription: [
      "Serves a page on http://127.0.0.1:8089 on which runs are chosen, started, watched, steered and compared.",
      "",
      "  june-load ui                                    the built-in scenarios",
      "  june-load ui my.yaml --target llm=gpu-1:50051   your own file, with one address changed",
      "  june-load ui demo --sim                         against the built-in simulator",
      "  june-load run my.yaml --ui                      the page beside a run of the command line",
      "",
      "The flags of a run are what the form begins with. A run goes on when the page is closed. Ctrl-C stops a run that is",
      "under way, writes its report, and ends. Whoever reaches the port can start load: see docs/security.md before --listen.",
    ].join("\n"),
  },
});
