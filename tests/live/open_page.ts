/** The live page's server in this process, with the bench that the command line has, and a client that speaks to it. */
import assert from "node:assert/strict";
import { processContext } from "../../lib/cli/context.ts";
import { Bench } from "../../lib/cli/ui/bench.ts";
import { Plans } from "../../lib/cli/ui/plans.ts";
import { findSources } from "../../lib/cli/ui/sources.ts";
import type { LoadFlags } from "../../lib/cli/flags.ts";
import { SavedRuns } from "../../lib/live/saved/runs.ts";
import { serveLive } from "../../lib/live/server.ts";
import { Board } from "../../lib/live/show/board.ts";
import type { UiState } from "../../lib/ui/web/api.ts";

/** How the page is opened. */
export interface PageOptions {
  named?: string[];
  flags?: Partial<LoadFlags>;
  env?: Record<string, string>;
  any_target?: boolean;
  token?: string;
  hostname?: string;
}

/** A page that is served. */
export interface OpenPage {
  port: number;
  board: Board;
  bench: Bench;
  /** What the terminal was told. */
  told: string[];
  /** Faults of june-load itself. */
  faults: unknown[];
  state(): Promise<UiState>;
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<{ status: number; body: Reply }>;
  get(path: string, headers?: Record<string, string>): Promise<Response>;
  /** Resolves once the state is as wanted. */
  until(wanted: (state: UiState) => boolean): Promise<UiState>;
}

/** Any reply. */
// deno-lint-ignore no-explicit-any -- a test says itself what it expects
export type Reply = any;

/** Headers of a command. */
export const COMMAND = { "x-june-load": "1", "content-type": "application/json" };

/** Opens the page, and closes it when `use` is done; a run that is under way is ended. */
export async function withPage(options: PageOptions, use: (page: OpenPage) => Promise<void>): Promise<void> {
  const told: string[] = [];
  const process = processContext().process;
  const write = (text: string) => void told.push(text);
  const env = options.env ?? {};
  const context = { process: { ...process, env, stdout: { write, lost: null }, stderr: { write, lost: null } } };
  const flags: LoadFlags = { preflight: true, ...options.flags };
  const plans = new Plans(
    context,
    await findSources(context, options.named ?? ["smoke"]),
    flags,
    options.any_target === true,
  );
  const scenarios = plans.entries();
  const board = new Board({ tool: "june-load", mode: "choose", phase: "before", scenarios, run: null, failure: null });
  const saved = new SavedRuns(() => plans.folders);
  const bench = new Bench({ context, board, plans, saved, flags });
  const faults: unknown[] = [];
  const server = await serveLive(board, bench, saved, {
    hostname: options.hostname ?? "127.0.0.1",
    port: 0,
    token: options.token ?? null,
    report: (error) => void faults.push(error),
  });
  const page = pageOf(server.port, { board, bench, told, faults });
  try {
    await use(page);
    assert.deepEqual(faults, []);
  } finally {
    await bench.interrupt(2);
    await server.close();
  }
}

function pageOf(port: number, parts: Pick<OpenPage, "board" | "bench" | "told" | "faults">): OpenPage {
  const at = `http://127.0.0.1:${port}`;
  const state = async () => await (await fetch(`${at}/api/state`)).json() as UiState;
  return {
    port,
    ...parts,
    state,
    get: (path, headers = {}) => fetch(`${at}${path}`, { headers, redirect: "manual" }),
    post: async (path, body, headers = {}) => {
      const response = await fetch(`${at}${path}`, {
        method: "POST",
        headers: { ...COMMAND, ...headers },
        body: JSON.stringify(body),
      });
      return { status: response.status, body: await response.json() };
    },
    until: (wanted) =>
      new Promise((resolve) => {
        const look = () => {
          if (!wanted(parts.board.state)) return;
          deaf();
          resolve(parts.board.state);
        };
        const deaf = parts.board.feed.listen(look);
        look();
      }),
  };
}

/** Sends bytes as they are, and gives what comes back until the server closes or a whole head is there. */
export async function raw(port: number, text: string): Promise<string> {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port });
  const decoder = new TextDecoder();
  let got = "";
  try {
    await connection.write(new TextEncoder().encode(text));
    const bytes = new Uint8Array(65_536);
    while (!got.includes("\r\n\r\n")) {
      const read = await connection.read(bytes);
      if (read === null) break;
      got += decoder.decode(bytes.subarray(0, read), { stream: true });
    }
    return got;
  } finally {
    connection.close();
  }
}

/** The status of a raw reply; 0: it was cut off without one. */
export const statusOf = (reply: string): number => Number(/^HTTP\/1\.1 (\d{3})/.exec(reply)?.[1] ?? 0);
