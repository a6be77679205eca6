/** `june-load check [scenario]`: only the preflight. */
import { buildCommand } from "@stricli/core";
import type { CliContext } from "./context.ts";
import { serviceFlagParameters, type ServiceFlags } from "./flags.ts";
import { scenarioParameter } from "./scenario_parameter.ts";

/** Connects to every service of a scenario and checks its health; sends no load. */
export const checkCommand = buildCommand<ServiceFlags, [string?], CliContext>({
  async func(flags, scenario) {
    const { checkScenario } = await import("./check_services.ts");
    this.process.exitCode = await checkScenario(this, scenario, flags);
  },
  parameters: { positional: scenarioParameter, flags: serviceFlagParameters },
  docs: {
    customUsage: ["[<scenario>]"],
    brief: "Check the health of every service of a scenario; send no load",
    fullDescription: [
      "Connects to every service of a scenario and checks its health. Sends no load, but tries each model of OpenAI's interface",
      "with one small call. Ends with 3 when a service cannot be reached or cannot do its task.",
      "",
      "  june-load check",
      "  june-load check baseline --target stt=gpu-1:50052",
    ].join("\n"),
  },
});
