/** The server of the live page: each request passes the guard, then the table of routes. */
import { UserError } from "../plan/errors.ts";
import { outputReason } from "../result/output_error.ts";
import { Assets } from "./serve/assets.ts";
import type { Board } from "./show/board.ts";
import { hostFault, refusalOf } from "./guard/guard.ts";
import { openGate } from "./gate/gate.ts";
import { HttpError } from "./guard/http_error.ts";
import { serveInside } from "./inside.ts";
import { PAGE_FILES } from "./serve/page.ts";
import { refusal, reply } from "./serve/replies.ts";
import { answer } from "./routes.ts";
import { Streams } from "./serve/sse.ts";
import type { SavedRuns } from "./saved/runs.ts";
import { TokenLock } from "./guard/token.ts";
import type { Workbench } from "./workbench.ts";

/** Where to listen, and to whom. */
export interface ServerOptions {
  hostname: string;
  /** 0: any free one. */
  port: number;
  /** Null: only this machine's users reach the port. */
  token: string | null;
  /** What goes wrong in june-load itself, for standard error. */
  report: (error: unknown) => void;
}

/** A server that listens. */
export interface LiveServer {
  port: number;
  /** Pages that are open. */
  readonly pages: number;
  /** Ends all streams and stops listening. */
  close(): Promise<void>;
}

/**
 * Begins to listen.
 * @throws {UserError} where that cannot be done
 */
export async function serveLive(
  board: Board,
  bench: Workbench,
  saved: SavedRuns,
  options: ServerOptions,
): Promise<LiveServer> {
  const streams = new Streams(board);
  const served = { board, streams, bench, saved, assets: new Assets(PAGE_FILES) };
  let lock: TokenLock | null = null;
  const names = namesOf(options.hostname);
  const handle = async (request: Request): Promise<Response> => {
    try {
      const refused = hostFault(request, { names, lock });
      if (refused !== null) return refusal(refused.status, refused.message);
      return entered(request, lock) ?? await guarded(request);
    } catch (error) {
      if (error instanceof HttpError) return refusal(error.status, error.message);
      if (error instanceof UserError) return refusal(400, error.message);
      options.report(error);
      return refusal(500, "june-load itself failed; its terminal says more");
    }
  };
  const guarded = async (request: Request): Promise<Response> => {
    const refused = refusalOf(request, { names, lock });
    return refused === null ? await answer(request, served) : refusal(refused.status, refused.message);
  };
  const listener = listen(options);
  const inside = await serveInside(handle, (error) => failed(error, options.report));
  const gate = openGate(listener, inside.connect);
  if (options.token !== null) lock = new TokenLock(options.token, gate.port);
  return {
    port: gate.port,
    get pages() {
      return streams.count;
    },
    close: async () => {
      streams.close();
      await gate.close();
      await inside.close();
    },
  };
}

function listen({ hostname, port }: ServerOptions): Deno.TcpListener {
  try {
    return Deno.listen({ hostname, port });
  } catch (error) {
    throw new UserError("usage", listenMessage(error, hostname, port));
  }
}

function failed(error: unknown, report: (error: unknown) => void): Response {
  // A browser that has gone needs no answer.
  if (!(error instanceof DOMException && error.name === "AbortError")) report(error);
  return refusal(500, "june-load itself failed; its terminal says more");
}

function listenMessage(error: unknown, hostname: string, port: number): string {
  const head = `The page cannot be served on ${hostname}:${port}`;
  if (error instanceof Deno.errors.AddrInUse) {
    return `${head}: the port is in use. Stop the program that has it, or choose another one (0 takes any free one)`;
  }
  if (error instanceof Deno.errors.PermissionDenied) {
    return `${head}: ports below 1024 need special rights. Choose a higher port`;
  }
  return `${head}: ${outputReason(error, "check the address, or use 127.0.0.1")}`;
}

/** The names that this machine may be called by. */
function namesOf(hostname: string): string[] {
  const machine = Deno.hostname().toLowerCase();
  return [hostname.toLowerCase(), machine].filter((name) => name !== "");
}

/** Whoever opens the page with its token gets a cookie in exchange, and an address without the token. */
function entered(request: Request, lock: TokenLock | null): Response | null {
  const url = new URL(request.url);
  const token = url.searchParams.get("token");
  if (lock === null || token === null || request.method !== "GET" || url.pathname !== "/" || !lock.fits(token)) {
    return null;
  }
  return reply(null, { location: "/", "set-cookie": lock.cookie(token) }, 303);
}
