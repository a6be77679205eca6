/** Opens the live page's server as the flags say. */
import { errorOf } from "../../base/errors.ts";
import { newToken, TOKEN_MIN } from "../../live/guard/token.ts";
import type { SavedRuns } from "../../live/saved/runs.ts";
import { type LiveServer, serveLive, type ServerOptions } from "../../live/server.ts";
import type { Board } from "../../live/show/board.ts";
import type { Workbench } from "../../live/workbench.ts";
import { UserError } from "../../plan/errors.ts";
import { type CliContext, say, warn } from "../context.ts";
import { parsePort } from "../port.ts";

/** Where the page is served, and to whom. */
export interface PageFlags {
  port: string;
  listen?: string;
  token?: string;
}

/** What is served. */
export interface PageContent {
  board: Board;
  bench: Workbench;
  saved: SavedRuns;
}

/** The variable that holds a token, which a command line would show to all users of the machine. */
const TOKEN_VARIABLE = "JUNE_LOAD_TOKEN";
const LOOPBACK = "127.0.0.1";

/**
 * Opens the server and says where it is.
 * @throws {UserError} where it cannot be opened, or would be open to all
 */
export async function openServer(
  context: CliContext,
  { board, bench, saved }: PageContent,
  { port, listen = LOOPBACK, token }: PageFlags,
): Promise<LiveServer> {
  const given = token ?? context.process.env[TOKEN_VARIABLE];
  const isLocal = listen === LOOPBACK || listen === "localhost" || listen === "::1";
  const made = given === undefined && !isLocal ? newToken() : null;
  const options: ServerOptions = {
    hostname: listen,
    port: parsePort(port, "--port 8089"),
    token: checkToken(given) ?? made,
    report: (error) => warn(context, `june-load itself failed: ${errorOf(error).stack ?? ""}`),
  };
  const server = await serveLive(board, bench, saved, options);
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
