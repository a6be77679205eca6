/** The bench behind the page: makes plans, and runs them by the same code as `june-load run`, one at a time. */
import { dirname } from "node:path";
import { errorOf } from "../../base/errors.ts";
import { reportOf } from "../../live/saved/forms.ts";
import type { SavedRuns } from "../../live/saved/runs.ts";
import type { Board } from "../../live/show/board.ts";
import { planView } from "../../live/show/plan_view.ts";
import { verdictOf, watchSession } from "../../live/show/run_watch.ts";
import type { Declined, Workbench } from "../../live/workbench.ts";
import { UserError } from "../../plan/errors.ts";
import type { Change } from "../../plan/steering.ts";
import { createRedactor } from "../../plan/redact.ts";
import { lookAtServices } from "../../run/preflight.ts";
import type { EventRecord } from "../../result/record.ts";
import type { Session } from "../../run/session.ts";
import type { CheckReply, PlanProblem, PlanReply, PlanRequest, RunState, Started } from "../../ui/web/api.ts";
import { type CliContext, warn } from "../context.ts";
import type { LoadFlags } from "../flags.ts";
import { aimed, roomFor } from "../run/aim.ts";
import { calibrationFor } from "../run/calibration.ts";
import { concludeJob, type Conclusion, failureText, prepareJob, type Voice } from "../run/job.ts";
import { sending } from "../run/run_plan.ts";
import { simulatorFor } from "../sim/simulator.ts";
import { VERSION } from "../version.ts";
import type { Compiled, Plans } from "./plans.ts";

/** The run that is under way, from the command to the end of its report. */
interface Current {
  id: string;
  /** Null while it is made ready. */
  session: Session | null;
  /** Where its result is. */
  folder: string | null;
  /** What was asked for before there was a session. */
  wanted: "stop" | "abort" | null;
}

/** What a bench works with. */
export interface BenchOptions {
  context: CliContext;
  board: Board;
  plans: Plans;
  saved: SavedRuns;
  flags: LoadFlags;
}

/** Nothing runs that a command could be for. */
const IDLE: Declined = { declined: "No run is under way" };

/** Runs plans for the page. */
export class Bench implements Workbench {
  readonly version = VERSION;
  readonly #redact: (text: string) => string;
  #current: Current | null = null;
  /** Resolves when all of the last run is done. */
  #last: Promise<void> = Promise.resolve();
  #interrupted = false;
  #checking = false;

  constructor(readonly options: BenchOptions) {
    this.#redact = createRedactor(options.context.process.env);
  }

  // deno-lint-ignore require-await -- the seam allows for benches that ask others
  async plan(request: PlanRequest): Promise<PlanReply> {
    const compiled = this.options.plans.compile(request);
    return "problems" in compiled ? compiled : compiled.view;
  }

  async check(request: PlanRequest): Promise<CheckReply> {
    const compiled = this.options.plans.compile(request);
    if ("problems" in compiled) return compiled;
    if (compiled.simulator) return { services: compiled.view.services.map(simulatedCheck) };
    if (this.#checking) return { problems: [problem("The targets are being asked already: wait for the answer")] };
    this.#checking = true;
    try {
      const services = await lookAtServices(compiled.loaded.plan);
      return {
        services: services.map(({ name, address, state, details, tried, remedy, took_ms }) => (
          { name, address, state, details, tried, remedy, took_ms }
        )),
      };
    } finally {
      this.#checking = false;
    }
  }

  // deno-lint-ignore require-await -- see `plan`
  async start(request: PlanRequest): Promise<Started | { problems: PlanProblem[] } | Declined> {
    const { board, plans } = this.options;
    if (this.#current !== null) {
      const name = board.state.run?.scenario ?? "another one";
      return { declined: `A run of "${name}" is under way: stop it first, or wait until it has ended` };
    }
    const compiled = plans.compile(request);
    if ("problems" in compiled) return compiled;
    const id = crypto.randomUUID().slice(0, 8);
    const current: Current = { id, session: null, folder: null, wanted: null };
    this.#current = current;
    this.#last = this.#run(current, compiled);
    return { run: id };
  }

  steer(change: Change): { event: EventRecord } | Declined {
    const session = this.#current?.session ?? null;
    if (session === null) return IDLE;
    const steered = session.steer(change);
    return "refused" in steered ? { declined: steered.refused } : steered;
  }

  stop(): Declined | null {
    return this.#end("stop");
  }

  abort(): Declined | null {
    return this.#end("abort");
  }

  get currentFolder(): string | null {
    return this.#current?.folder ?? null;
  }

  /** Whether a run is under way. */
  get isBusy(): boolean {
    return this.#current !== null;
  }

  /** Whether its report is being written: nothing can be stopped any more. */
  get isReporting(): boolean {
    return this.options.board.state.phase === "reporting";
  }

  /**
   * Ctrl-C: the first ends the load as `stop` does, the second at once.
   * @returns resolves when nothing is under way any more
   */
  async interrupt(times: number): Promise<void> {
    this.#interrupted = true;
    this.#end(times > 1 ? "abort" : "stop");
    await this.#last;
  }

  #end(how: "stop" | "abort"): Declined | null {
    const current = this.#current;
    if (current === null || this.options.board.state.phase === "reporting") return IDLE;
    if (current.session === null) current.wanted = how;
    else current.session[how]();
    return null;
  }

  async #run(current: Current, compiled: Compiled): Promise<void> {
    const { board } = this.options;
    const before = board.state;
    board.begin();
    board.change({ phase: "preparing", failure: null, run: runState(current.id, compiled) });
    try {
      await this.#load(current, compiled);
    } catch (error) {
      // A run that has begun keeps its place: what was measured is saved.
      const begun = current.session !== null;
      const text = this.#told(error);
      board.log({ at_ms: null, tone: "fail", text });
      // Whoever reads that it is over may start the next.
      this.#current = null;
      const run = begun ? board.state.run : before.run;
      board.change({ failure: text, phase: run === null ? "before" : "done", run });
    }
  }

  async #load(current: Current, { loaded, simulator, view }: Compiled): Promise<void> {
    const { context, board, flags } = this.options;
    const voice = this.#voice();
    const room = roomFor(loaded.plan, simulator, true);
    room.check();
    for (const text of [...room.warnings, ...view.warnings]) voice.warn(`warning: ${text}`);
    const sim = simulator ? await simulatorFor(loaded.plan, flags, (error) => voice.warn(error.message)) : null;
    try {
      const plan = sim === null ? loaded.plan : aimed(loaded, sim).plan;
      const calibration = await calibrationFor(context, {}, plan, voice.warn);
      const options = { forms: {}, env: context.process.env, preflight: flags.preflight, room, calibration };
      const { session, order, folder } = await prepareJob(plan, options, voice);
      current.session = session;
      current.folder = folder;
      this.options.saved.idOf(folder, current.id);
      if (current.wanted !== null) session[current.wanted]();
      const { yaml, warnings } = view;
      const deaf = watchSession(board, session, (now) => planView(now, { yaml, warnings, simulator }));
      board.changeRun({ started_at: session.run.header.started_at });
      const stopSending = sending(session, order.collector, (text) => voice.warn(text));
      const ended = await session.execute().finally(stopSending).finally(deaf);
      const interrupted = () => this.#interrupted;
      const conclusion = await concludeJob(ended, order, { interrupted, warn: voice.warn });
      await this.#show(current.id, session, conclusion, dirname(ended.path));
    } finally {
      await sim?.close();
    }
  }

  async #show(
    id: string,
    session: Session,
    { verdict, failure, exit_code, report_path }: Conclusion,
    dir: string,
  ): Promise<void> {
    const { context, board, saved } = this.options;
    const known = saved.idOf(dir, id);
    const report = await reportOf(known, dir);
    const text = failure === null ? null : this.#redact(failureText(failure, dir));
    if (text !== null) board.log({ at_ms: null, tone: "fail", text });
    this.#current = null;
    board.change({
      phase: "done",
      failure: text,
      run: {
        ...board.state.run as RunState,
        verdict: verdictOf(verdict),
        exit_code,
        report,
      },
    });
    warn(context, `${verdict.status}  ${session.plan.scenario}: ${verdict.sentence}`);
    if (report_path !== "") warn(context, report_path);
  }

  #voice(): Voice {
    const { context, board } = this.options;
    const tell = (tone: "info" | "warn") => (text: string) => {
      board.log({ at_ms: null, tone, text: this.#redact(text) });
      warn(context, text);
    };
    return { say: tell("info"), warn: tell("warn") };
  }

  /** What went wrong, for the page and for the terminal. */
  #told(error: unknown): string {
    const { context } = this.options;
    if (error instanceof UserError) {
      warn(context, error.message);
      return this.#redact(error.message);
    }
    const { message, stack } = errorOf(error);
    warn(context, `june-load itself failed: ${message}\n${stack ?? ""}`);
    return this.#redact(`june-load itself failed: ${message}. This is a bug; its terminal says more`);
  }
}

const problem = (message: string): PlanProblem => ({ line: null, column: null, path: "", message });

function simulatedCheck({ name, address }: { name: string; address: string }) {
  const details = "The simulator starts with the run";
  return { name, address, state: "serving" as const, details, tried: "", remedy: "", took_ms: 0 };
}

function runState(id: string, { source, view }: Compiled): RunState {
  return {
    id,
    scenario: source.name,
    started_at: new Date().toISOString(),
    plan: view,
    paused: false,
    steered: [],
    verdict: null,
    report: null,
    exit_code: null,
  };
}
