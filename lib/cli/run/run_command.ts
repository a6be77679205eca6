/** `june-load run <scenario>` */
import { buildCommand } from "@stricli/core";
import { type CliContext } from "../context.ts";
import { runFlagParameters, type RunFlags } from "../flags.ts";
import { scenarioParameter } from "../scenario_parameter.ts";

/** Runs a scenario and reports on it. */
export const runCommand = buildCommand<RunFlags, [string?], CliContext>({
  async func(flags, scenario) {
    const { runScenario } = await import("./run_scenario.ts");
    this.process.exitCode = await runScenario(this, scenario, flags);
  },
  parameters: {
    positional: scenarioParameter,
    flags: runFlagParameters,
  },
  docs: {
    customUsage: ["<scenario>", "--config <file> --scenario <name>"],
    brief: "Run a scenario: send load, measure, judge, report",
    fullDescription: [
      "Runs a scenario: sends load to the services, measures, judges the thresholds and writes a report.",
      "",
      "  june-load run demo --sim                              against the built-in simulator",
      "  june-load run baseline --target llm=gpu-1:50051       June's baseline, one address changed",
      "  june-load run target --rate 20/s --arrivals poisson   random arrivals, whether or not the services keep up",
      "  june-load run my.yaml --users 50 --duration 2m        your own file, with other numbers",
      "  june-load run --scenario target --config load_test_config.yaml --output-dir reports",
      "",
      "Ctrl-C once: no new tasks, then the report. Twice: end at once; what was measured is saved.",
      "Keys while it runs: s stop, p pause, + and - users or arrivals by a tenth, d details, ? all of them.",
    ].join("\n"),
  },
});
