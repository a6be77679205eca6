/** The command line: verbs, and what becomes of their errors. */
import { errorOf } from "../base/errors.ts";
import { type Application, buildApplication, buildRouteMap, run, text_en } from "@stricli/core";
import { UserError } from "../plan/errors.ts";
import { outputReason } from "../result/output_error.ts";
import { besideCommand } from "./calibrate/beside_command.ts";
import { calibrateCommand } from "./calibrate/calibrate_command.ts";
import { BESIDE } from "./calibrate/self.ts";
import { checkCommand } from "./check_command.ts";
import { completionCommands } from "./completion_command.ts";
import { compareCommand } from "./compare/compare_command.ts";
import { type CliContext, processContext, warn } from "./context.ts";
import { describeCommand } from "./describe/describe_command.ts";
import { ExitCode, exitCodeOf, isAnswer } from "./exit_codes.ts";
import { historyCommand } from "./history/history_command.ts";
import { initCommand } from "./init/init_command.ts";
import { reportCommand } from "./report/report_command.ts";
import { runCommand } from "./run/run_command.ts";
import { scenariosCommand } from "./scenarios_command.ts";
import { schemaCommand } from "./schema_command.ts";
import { simCommand } from "./sim/sim_command.ts";
import { UI_PORT, uiCommand } from "./ui/ui_command.ts";
import { TOOL, VERSION } from "./version.ts";
import { versionCommand } from "./version_command.ts";

/** The message for an error that ended a command: a user's mistake without a stack trace, a bug with one. */
function describeError(error: unknown): string {
  if (error instanceof UserError) return error.message;
  const { message, stack } = errorOf(error);
  return `june-load itself failed: ${message}\nThis is a bug; please report it with these lines (${TOOL}):\n${
    stack ?? ""
  }`;
}

/** All commands. */
function buildApp(): Application<CliContext> {
  const root = buildRouteMap({
    routes: {
      run: runCommand,
      ui: uiCommand,
      report: reportCommand,
      compare: compareCommand,
      history: historyCommand,
      check: checkCommand,
      describe: describeCommand,
      sim: simCommand,
      calibrate: calibrateCommand,
      scenarios: scenariosCommand,
      init: initCommand,
      schema: schemaCommand,
      version: versionCommand,
      ...completionCommands(buildApp),
      [BESIDE]: besideCommand,
    },
    docs: {
      brief: "Load tester for voice-AI back ends: speech-to-text, language models and text-to-speech",
      fullDescription: [
        "Load tester for voice-AI back ends: speech-to-text, language models and text-to-speech over gRPC, HTTP and WebSocket.",
        "",
        "  june-load run demo --sim         try it against the built-in simulator",
        "  june-load run baseline           run a scenario against June's services",
        "  june-load ui                     the same in a browser, on http://127.0.0.1:8089",
        "  june-load check baseline         check that the services answer",
        "  june-load describe HOST:PORT     list the methods of a gRPC server",
        "  june-load report reports/...     make the report again from a saved result",
        "  june-load compare BASE NEW       what changed between saved runs, and how sure that is",
        "  june-load history reports/       figures over all runs, and where a level changed",
        "  june-load calibrate              what june-load itself adds to the figures on this host",
        "",
        "Exit codes: 0 passed, 99 a threshold failed, 2 wrong flags or configuration, 3 a service is not reachable,",
        "4 something cannot be written, 5 the run carries no verdict, 1 june-load itself failed, 130 interrupted.",
      ].join("\n"),
      hideRoute: { __complete: true, [BESIDE]: true },
    },
  });
  const describe = (error: unknown) => describeError(error);
  return buildApplication(root, {
    name: "june-load",
    versionInfo: { currentVersion: VERSION },
    scanner: { caseStyle: "allow-kebab-for-camel", allowArgumentEscapeSequence: true },
    documentation: { caseStyle: "convert-camel-to-kebab", disableAnsiColor: true, onlyRequiredInUsageLine: true },
    localization: {
      text: {
        ...text_en,
        exceptionWhileRunningCommand: describe,
        exceptionWhileLoadingCommandFunction: describe,
        exceptionWhileLoadingCommandContext: describe,
      },
    },
    determineExitCode: exitCodeOf,
  });
}

/** Runs one command line; returns the exit code, see `ExitCode`. */
export async function runCli(argv: readonly string[], context: CliContext = processContext()): Promise<number> {
  await run(buildApp(), argv.map(withPort), context);
  const code = Number(context.process.exitCode ?? ExitCode.OK);
  // The library's own codes for unknown commands and flags are negative.
  return afterOutput(context, code < 0 ? ExitCode.USAGE : code);
}

/** A flag of the library has a value or none: `--ui` means `--ui=8089`, and what follows it is the scenario. */
const withPort = (argument: string): string => argument === "--ui" ? `--ui=${UI_PORT}` : argument;

/** The code of a command whose output may not all have been written: an answer that was not shown is none. */
function afterOutput(context: CliContext, code: number): number {
  const { lost } = context.process.stdout;
  if (lost?.kind !== "failed") return code;
  warn(context, `Cannot write standard output: ${outputReason(lost.error, "send it to another file")}`);
  return isAnswer(code) ? ExitCode.OUTPUT : code;
}
