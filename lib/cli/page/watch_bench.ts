/** The bench behind the page of `run --ui`: its one run can be watched, steered and ended. */
import { dirname } from "node:path";
import { reportOf } from "../../live/saved/forms.ts";
import { SavedRuns } from "../../live/saved/runs.ts";
import type { LiveServer } from "../../live/server.ts";
import { Board } from "../../live/show/board.ts";
import { planView } from "../../live/show/plan_view.ts";
import { verdictOf, watchSession } from "../../live/show/run_watch.ts";
import type { Declined, Workbench } from "../../live/workbench.ts";
import type { Plan } from "../../plan/plan.ts";
import type { Change } from "../../plan/steering.ts";
import type { EventRecord } from "../../result/record.ts";
import type { Session } from "../../run/session.ts";
import type { PlanView } from "../../ui/web/api.ts";
import type { Verdict } from "../../verdict/verdict.ts";
import { type CliContext, say } from "../context.ts";
import { TOOL, VERSION } from "../version.ts";
import { openServer, type PageFlags } from "./open_server.ts";

const WATCHED = "This page watches a run of the command line; `june-load ui` serves one that starts runs";
const IDLE: Declined = { declined: "No run is under way" };
/** A page that is loaded again is away for a moment. */
const GONE_AFTER_MS = 3000;

/** The page beside one run of the command line. */
export class WatchBench implements Workbench {
  readonly version = VERSION;
  readonly board = new Board({
    tool: TOOL,
    mode: "watch",
    phase: "preparing",
    scenarios: [],
    run: null,
    failure: null,
  });
  readonly #id = crypto.randomUUID().slice(0, 8);
  readonly #saved: SavedRuns;
  #server: LiveServer | null = null;
  readonly #simulator: boolean;
  #session: Session | null = null;
  #folder: string | null = null;

  private constructor(readonly context: CliContext, folder: string, simulator: boolean) {
    this.#simulator = simulator;
    this.#saved = new SavedRuns(() => [folder]);
  }

  /**
   * Serves the page.
   * @param folder of all runs
   * @param simulator the simulator stands in for the services
   * @throws {UserError} where it cannot be served
   */
  static async open(context: CliContext, folder: string, simulator: boolean, flags: PageFlags): Promise<WatchBench> {
    const bench = new WatchBench(context, folder, simulator);
    const { board } = bench;
    bench.#server = await openServer(context, { board, bench, saved: bench.#saved }, flags);
    return bench;
  }

  get isBusy(): boolean {
    return this.#session !== null && this.#session.phase !== "ended";
  }

  get currentFolder(): string | null {
    return this.isBusy ? this.#folder : null;
  }

  plan(): Promise<{ problems: { line: null; column: null; path: string; message: string }[] }> {
    return Promise.resolve({ problems: [{ line: null, column: null, path: "", message: WATCHED }] });
  }

  check(): ReturnType<WatchBench["plan"]> {
    return this.plan();
  }

  start(): Promise<Declined> {
    return Promise.resolve({ declined: WATCHED });
  }

  steer(change: Change): { event: EventRecord } | Declined {
    if (this.#session === null) return IDLE;
    const steered = this.#session.steer(change);
    return "refused" in steered ? { declined: steered.refused } : steered;
  }

  stop(): Declined | null {
    return this.#end("stop");
  }

  abort(): Declined | null {
    return this.#end("abort");
  }

  #end(how: "stop" | "abort"): Declined | null {
    if (!this.isBusy) return IDLE;
    this.#session?.[how]();
    return null;
  }

  /** The run is ready, and about to begin. */
  begin(session: Session, folder: string): void {
    this.#session = session;
    this.#folder = folder;
    this.#saved.idOf(folder, this.#id);
    const { plan, header } = session.run;
    this.board.change({
      run: {
        id: this.#id,
        scenario: plan.scenario,
        started_at: header.started_at,
        plan: this.#draw(plan),
        paused: false,
        steered: [],
        verdict: null,
        report: null,
        exit_code: null,
      },
    });
    watchSession(this.board, session, (now) => this.#draw(now));
  }

  #draw(plan: Plan): PlanView {
    return planView(plan, { yaml: "", warnings: [], simulator: this.#simulator });
  }

  /**
   * The report is written. Stays as long as somebody looks at the page, and until the next Ctrl-C.
   * @param ended resolves at Ctrl-C
   */
  async end(verdict: Verdict, exit_code: number, path: string, ended: Promise<void>): Promise<void> {
    const dir = dirname(path);
    const report = await reportOf(this.#saved.idOf(dir, this.#id), dir);
    this.board.changeRun({ verdict: verdictOf(verdict), exit_code, report });
    this.board.change({ phase: "done" });
    if (this.#pages === 0) return;
    say(this.context, "The page stays as long as it is open in a browser; Ctrl-C ends it.");
    const watch = new AbortController();
    await Promise.race([ended, this.#deserted(watch.signal)]);
    watch.abort();
  }

  /** Resolves when no page has been open for a while. */
  async #deserted(signal: AbortSignal): Promise<void> {
    let since_ms = performance.now();
    while (!signal.aborted && performance.now() - since_ms < GONE_AFTER_MS) {
      await new Promise((resolve) => setTimeout(resolve, 250));
      if (this.#pages > 0) since_ms = performance.now();
    }
  }

  get #pages(): number {
    return this.#server?.pages ?? 0;
  }

  /** Stops serving. */
  async close(): Promise<void> {
    await this.#server?.close();
  }
}
