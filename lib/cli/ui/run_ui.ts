/** `june-load ui`: serves the page until it is interrupted. */
import { errorOf } from "../../base/errors.ts";
import { Board } from "../../live/show/board.ts";
import { SavedRuns } from "../../live/saved/runs.ts";
import { type LiveServer, serveLive, type ServerOptions } from "../../live/server.ts";
import { newToken, TOKEN_MIN } from "../../live/guard/token.ts";
import type { Workbench } from "../../live/workbench.ts";
import { UserError } from "../../plan/errors.ts";
import { type CliContext, say, warn } from "../context.ts";
import { ExitCode } from "../exit_codes.ts";
import type { LoadFlags } from "../flags.ts";
import { prepareForSignals } from "../interrupt.ts";
import { watchInterrupts } from "../run/interrupts.ts";
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

/** The variable that holds a token, which a command line would show to all users of the machine. */
const TOKEN_VARIABLE = "JUNE_LOAD_TOKEN";
const LOOPBACK = "127.0.0.1";

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
  const server = openServer(context, { board, bench, saved }, flags);
  const interrupts = watchInterrupts();
  try {
    await interrupted(interrupts, bench, (text) => warn(context, text));
  } finally {
    interrupts.close();
    await server.close();
  }
  return ExitCode.OK;
}

/** Resolves when the user has ended the program, and with it the run. */
function interrupted(
  interrupts: ReturnType<typeof watchInterrupts>,
  bench: Bench,
  tell: (text: string) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    interrupts.act((times) => {
      if (bench.isBusy) {
        tell(times === 1 ? "Stopping: no new tasks; calls in flight may end. Ctrl-C again ends at once." : "Ending.");
      }
      if (bench.isReporting) interrupts.close();
      bench.interrupt(times).then(resolve, reject);
    });
  });
}

/**
 * Opens the server and says where it is.
 * @throws {UserError} where it cannot be opened, or would be open to all
 */
export function openServer(
  context: CliContext,
  { board, bench, saved }: { board: Board; bench: Workbench; saved: SavedRuns },
  { port, listen = LOOPBACK, token }: Pick<UiFlags, "port" | "listen" | "token">,
): LiveServer {
  const given = token ?? context.process.env[TOKEN_VARIABLE];
  const isLocal = listen === LOOPBACK || listen === "localhost" || listen === "::1";
  const made = given === undefined && !isLocal ? newToken() : null;
  const options: ServerOptions = {
    hostname: listen,
    port: parsePort(port),
    token: checkToken(given) ?? made,
    report: (error) => warn(context, `june-load itself failed: ${errorOf(error).stack ?? ""}`),
  };
  const server = serveLive(board, bench, saved, options);
  say(context, `june-load's page: ${addressOf(listen, server.port)}${made === null ? "" : `?token=${made}`}`);
  if (given !== undefined) say(context, "It needs its token once: add ?token=TOKEN to the address.");
  return server;
}

/** Where a browser of this machine finds it, or of another where any may come. */
function addressOf(listen: string, port: number): string {
  const anywhere = listen === "0.0.0.0" || listen === "::";
  const host = anywhere ? Deno.hostname() : listen.includes(":") ? `[${listen}]` : listen;
  return `http://${host}:${port}/`;
}

/** @throws {UserError} kind `usage` for one that is easily guessed */
function checkToken(token: string | undefined): string | null {
  if (token === undefined) return null;
  if (token.length >= TOKEN_MIN && /^[\x21-\x7e]+$/.test(token)) return token;
  throw new UserError(
    "usage",
    `--token: take at least ${TOKEN_MIN} characters without blanks, or leave it out: june-load then makes one`,
  );
}

/** @throws {UserError} kind `usage` */
export function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port;
  throw new UserError("usage", `"${text}" is no port: use 0 (any free one) or 1 to 65535, as in --ui=8089`);
}
