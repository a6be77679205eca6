/** `june-load run <scenario>` */
import { buildCommand } from "@stricli/core";
import { type CliContext } from "../context.ts";
import { switchFlag, textFlag, textsFlag } from "../flag_kinds.ts";
import { planFlagParameters, type RunFlags } from "../flags.ts";
import { scenarioParameter } from "../load_plan.ts";

/** Runs a scenario and reports on it. */
export const runCommand = buildCommand<RunFlags, [string?], CliContext>({
  async func(flags, scenario) {
    const { runScenario } = await import("./run_scenario.ts");
    this.process.exitCode = await runScenario(this, scenario, flags);
  },
  parameters: {
    positional: scenarioParameter,
    flags: {
      ...planFlagParameters,
      compare: textFlag("An earlier result to compare with", "baseline"),
      sim: switchFlag("Call the built-in simulator instead of the scenario's services"),
      fault: textsFlag("With --sim: a fault, e.g. llm.error_rate=5% (see sim --help)", "fault"),
      profile: {
        kind: "enum",
        values: ["ideal", "june"],
        optional: true,
        brief: "With --sim: june behaves as June's real servers do [default: ideal]",
      },
      dryRun: switchFlag("Print the plan and stop"),
      preflight: { kind: "boolean", default: true, brief: "Check every service's health before the load" },
      quiet: switchFlag("No plan and no progress, only the summary"),
    },
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
    ].join("\n"),
  },
});
