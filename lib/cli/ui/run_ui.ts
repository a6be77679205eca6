/** `june-load ui`: serves the page until it is interrupted. */
import { Board } from "../../live/show/board.ts";
import type { LiveServer } from "../../live/server.ts";
import { SavedRuns } from "../../live/saved/runs.ts";
import { UserError } from "../../plan/errors.ts";
import { type CliContext, warn } from "../context.ts";
import { ExitCode } from "../exit_codes.ts";
import type { LoadFlags } from "../flags.ts";
import { prepareForSignals } from "../interrupt.ts";
import { openServer } from "../page/open_server.ts";
import { type Interrupts, watchInterrupts } from "../run/interrupts.ts";
import { checkSimulatorFlags } from "../run/run_scenario.ts";
import { TOOL } from "../version.ts";
import { Bench } from "./bench.ts";
import { Plans } from "./plans.ts";
import { findSources } from "./sources.ts";

/** Where the page is served. */
export interface UiFlags extends LoadFlags {
  port: string;
  listen?: string;
  token?: string;
  anyTarget?: boolean;
}

/**
 * Serves the page; returns the exit code.
 * @throws {UserError} for faults that the user must fix
 */
export async function runUi(context: CliContext, named: readonly string[], flags: UiFlags): Promise<number> {
  prepareForSignals();
  checkSimulatorFlags(flags);
  const asked = flags.config === undefined ? named : [flags.config, ...named];
  const sources = (await findSources(context, asked)).filter(({ name }) =>
    flags.scenario === undefined || flags.scenario === name
  );
  if (sources.length === 0) throw new UserError("config", `There is no scenario "${flags.scenario}"`);
  const plans = new Plans(context, sources, flags, flags.anyTarget === true);
  const board = new Board({
    tool: TOOL,
    mode: "choose",
    phase: "before",
    scenarios: plans.entries(),
    run: null,
    failure: null,
  });
  const saved = new SavedRuns(() => plans.folders);
  const bench = new Bench({ context, board, plans, saved, flags });
  // Before the first output: an early Ctrl-C would kill the process.
  const interrupts = watchInterrupts();
  const ended = interrupted(interrupts, bench, (text) => warn(context, text));
  let server: LiveServer | null = null;
  try {
    server = await openServer(context, { board, bench, saved }, flags);
    return await ended;
  } finally {
    interrupts.close();
    await server?.close();
  }
}

/** The exit code, when the user has ended the program, and with it the run. */
function interrupted(interrupts: Interrupts, bench: Bench, tell: (text: string) => void): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  let code: number | null = null;
  interrupts.act((times) => {
    // An end before any run, or after it, is the normal one.
    code ??= bench.isBusy ? ExitCode.INTERRUPTED : ExitCode.OK;
    if (bench.isReporting) {
      interrupts.close();
      tell("Writing the report. Ctrl-C again ends without a report.");
    } else if (bench.isBusy) {
      tell(times === 1 ? "Stopping: no new tasks; calls in flight may end. Ctrl-C again ends at once." : "Ending.");
    }
    bench.interrupt(times).then(() => resolve(code ?? ExitCode.OK), reject);
  });
  return promise;
}
