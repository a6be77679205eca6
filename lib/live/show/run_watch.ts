/** Follows a session and shows it on the board, second by second. */
import { newsOf } from "../../result/event_kinds.ts";
import type { Plan } from "../../plan/plan.ts";
import type { EventRecord } from "../../result/record.ts";
import { pageMarks } from "../../report/charts/run_marks.ts";
import type { Session, SessionEvent } from "../../run/session.ts";
import { createJudge, detailView } from "../../ui/views/detail_view.ts";
import { liveFigures } from "../../ui/views/live_view.ts";
import { SecondLineMaker } from "../../ui/views/second_lines.ts";
import { soFar } from "../../ui/views/so_far.ts";
import { SinceReset, statisticsOf } from "../../ui/views/statistics.ts";
import type { LogLine, PlanView, RunState, SecondsView } from "../../ui/web/api.ts";
import type { Verdict } from "../../verdict/verdict.ts";
import type { Board } from "./board.ts";

/** Follows one session. */
class RunWatch {
  readonly #judge = createJudge();
  readonly #lines: SecondLineMaker;
  readonly #since: SinceReset;
  readonly #steered: LogLine[] = [];

  constructor(readonly board: Board, readonly session: Session, readonly draw: (plan: Plan) => PlanView) {
    this.#lines = new SecondLineMaker(session.run);
    this.#since = new SinceReset(session.run);
  }

  hear(event: SessionEvent): void {
    const { board } = this;
    switch (event.type) {
      case "second":
        return this.#second(event);
      case "event":
        return this.#event(event.event);
      case "ended":
        board.look(this.#view(true));
        return board.change({ phase: "reporting" });
    }
  }

  #second({ run, interval }: Extract<SessionEvent, { type: "second" }>): void {
    const { board, session } = this;
    const judgement = this.#judge(run);
    const ending = session.phase === "ending" || run.elapsed_ms >= run.plan.duration_ms;
    this.#since.second(interval);
    board.second(interval.index + 0.5, this.#lines.second(interval), this.#view(ending));
    board.change({ phase: ending ? "stopping" : "running" });
    // A paused plan grows by the pause.
    board.changeRun({
      verdict: soFar(judgement.verdict, judgement.health),
      ...(session.paused && { plan: this.#plan() }),
    });
  }

  #event(event: EventRecord): void {
    const line = logEvent(this.board, event);
    if (line?.tone !== "steer") return;
    this.#steered.push(line);
    this.board.changeRun({ plan: this.#plan(), paused: this.session.paused, steered: [...this.#steered] });
  }

  #view(ending: boolean): SecondsView {
    const { run } = this.session;
    const judgement = this.#judge(run);
    const view = liveFigures(run, judgement.verdict, run.elapsed_ms, ending);
    return {
      ...view,
      ...detailView(run, judgement),
      statistics: statisticsOf(run),
      since: this.#since.view(),
      marks: pageMarks(run),
    };
  }

  #plan(): PlanView {
    return this.draw(this.session.plan_now);
  }
}

/**
 * Shows a session's seconds, events, verdict and phase; returns a function that stops this.
 * @param draw draws the plan, which changes as it is steered
 */
export function watchSession(board: Board, session: Session, draw: (plan: Plan) => PlanView): () => void {
  const watch = new RunWatch(board, session, draw);
  board.change({ phase: "running" });
  return session.subscribe((event) => watch.hear(event));
}

/** A verdict as the page shows it. */
export function verdictOf({ status, sentence }: Verdict): NonNullable<RunState["verdict"]> {
  return { status, tone: status === "PASS" ? "pass" : status === "FAIL" ? "fail" : "warn", sentence };
}

function logEvent(board: Board, event: EventRecord): LogLine | null {
  if (newsOf([event]).length === 0) return null;
  return board.log({ at_ms: event.t_ms, tone: toneOf(event), text: event.text });
}

function toneOf({ kind }: EventRecord): LogLine["tone"] {
  switch (kind) {
    case "aborted_by_rule":
    case "write_failed":
    case "worker_failed":
      return "fail";
    case "steered":
      return "steer";
    case "stop_requested":
      return "info";
    default:
      return "warn";
  }
}
