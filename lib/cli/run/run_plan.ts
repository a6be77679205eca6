/** The main job, step by step: inputs, services, load, verdict, report. */
import type { Plan } from "../../plan/plan.ts";
import type { Session } from "../../run/session.ts";
import type { Verdict } from "../../verdict/verdict.ts";
import { openKeyboard } from "../../ui/terminal/device/keyboard.ts";
import type { Calibration } from "../../result/calibration.ts";
import { type CliContext, say, warn } from "../context.ts";
import type { RunFlags } from "../flags.ts";
import type { ActionsLog } from "../github.ts";
import { prepareForSignals } from "../interrupt.ts";
import type { OtlpTarget } from "../report/otlp_push.ts";
import { openView } from "../report/summary.ts";
import { finishRun } from "./finish_run.ts";
import { watchInterrupts } from "./interrupts.ts";
import { type JobOptions, prepareJob, type Voice } from "./job.ts";
import { sendMetrics } from "./live_metrics.ts";
import { runLoad } from "./run_load.ts";

/** Where a run takes place. */
export interface RunSurroundings {
  room: JobOptions["room"];
  /** What june-load adds on this host; null: not known. */
  calibration: Calibration | null;
  log: ActionsLog;
  /** Shows the run elsewhere, too; null: nobody does. */
  watcher: RunWatcher | null;
}

/** Somebody who follows a run beside the terminal. */
export interface RunWatcher {
  /** The run is ready, and about to begin; its result goes to a folder. */
  begin(session: Session, folder: string): void;
  /** The report is written; `ended` resolves when the user ends the program. */
  end(verdict: Verdict, exit_code: number, path: string, ended: Promise<void>): Promise<void>;
}

/**
 * Runs a plan as the flags say; returns the exit code.
 * @throws {UserError} for faults that the user must fix, before any load is sent
 */
export async function runPlan(
  context: CliContext,
  asked: Plan,
  flags: RunFlags,
  { room, log, watcher, calibration }: RunSurroundings,
): Promise<number> {
  prepareForSignals();
  const quiet = flags.quiet === true;
  const options = { forms: flags, env: context.process.env, preflight: flags.preflight, room, calibration };
  const { session, order, folder } = await prepareJob(asked, options, voiceOf(context, quiet));
  const view = openView(context, openKeyboard());
  const interrupts = watchInterrupts();
  try {
    watcher?.begin(session, folder);
    const tell = (text: string) => quiet ? warn(context, text) : view.print(text);
    const stopSending = sending(session, order.collector, tell);
    const ended = await runLoad(context, session, quiet ? null : view, interrupts).finally(stopSending);
    const { verdict, exit_code } = await finishRun({ context, view, interrupts, log }, ended, order);
    // Who has pressed Ctrl-C waits for nobody.
    const left = interrupts.times > 0
      ? Promise.resolve()
      : new Promise<void>((resolve) => interrupts.act(() => resolve()));
    await watcher?.end(verdict, exit_code, ended.path, left);
    return exit_code;
  } finally {
    interrupts.close();
    view.close();
  }
}

/** The voice of a job in the terminal. */
export function voiceOf(context: CliContext, quiet: boolean): Voice {
  return {
    say: (text) => quiet ? undefined : say(context, text),
    warn: (text) => warn(context, text),
  };
}

/** Sends metrics while the run is under way, where somebody wants them; returns what ends that. */
export function sending(
  session: Session,
  collector: OtlpTarget | null,
  tell: (text: string) => void,
): () => Promise<void> {
  return collector === null ? async () => {} : sendMetrics(session, collector, tell);
}
