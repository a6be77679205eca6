/** Follows a session and shows it on the board, second by second. */
import { newsOf } from "../../result/event_kinds.ts";
import type { EventRecord } from "../../result/record.ts";
import type { Session, SessionEvent } from "../../run/session.ts";
import { createJudge, detailView, type Judgement } from "../../ui/views/detail_view.ts";
import { liveView } from "../../ui/views/live_view.ts";
import { SinceReset, statisticsOf } from "../../ui/views/statistics.ts";
import { SecondLineMaker } from "../../ui/views/second_lines.ts";
import type { LogLine, RunState, SecondsView } from "../../ui/web/api.ts";
import type { Verdict } from "../../verdict/verdict.ts";
import type { Board } from "./board.ts";

/** Shows a session's seconds, events, verdict and phase; returns a function that stops this. */
export function watchSession(board: Board, session: Session): () => void {
  const judge = createJudge();
  const lines = new SecondLineMaker(session.run);
  board.change({ phase: "running" });
  return session.subscribe((event) => {
    switch (event.type) {
      case "second":
        return showSecond(board, session, event, lines, judge(event.run));
      case "event":
        return logEvent(board, event.event);
      case "ended":
        board.look(viewOf(session, judge(event.end.run), true));
        return board.change({ phase: "reporting" });
    }
  });
}

function showSecond(
  board: Board,
  session: Session,
  { run, interval }: Extract<SessionEvent, { type: "second" }>,
  lines: SecondLineMaker,
  judgement: Judgement,
): void {
  const ending = session.phase === "ending" || run.elapsed_ms >= run.plan.duration_ms;
  board.second(interval.index + 0.5, lines.second(interval), viewOf(session, judgement, ending));
  board.change({ phase: ending ? "stopping" : "running" });
  board.changeRun({ verdict: verdictSoFar(judgement.verdict) });
}

function viewOf({ run }: Session, judgement: Judgement, ending: boolean): SecondsView {
  const { p95_history_us: _times, error_history: _errors, ...view } = liveView(
    run,
    judgement.verdict,
    run.elapsed_ms,
    ending,
  );
  return { ...view, ...detailView(run, judgement) };
}

/** What would come of the run if it ended now. */
function verdictSoFar(verdict: Verdict): RunState["verdict"] {
  return { ...verdictOf(verdict), status: verdict.status === "INVALID" ? "No verdict yet" : `Would ${verdict.status}` };
}

/** A verdict as the page shows it. */
export function verdictOf({ status, sentence }: Verdict): NonNullable<RunState["verdict"]> {
  return { status, tone: status === "PASS" ? "pass" : status === "FAIL" ? "fail" : "warn", sentence };
}

function logEvent(board: Board, event: EventRecord): void {
  if (newsOf([event]).length === 0) return;
  board.log({ at_ms: event.t_ms, tone: toneOf(event), text: event.text });
}

function toneOf({ kind }: EventRecord): LogLine["tone"] {
  switch (kind) {
    case "aborted_by_rule":
    case "write_failed":
    case "worker_failed":
      return "fail";
    case "stop_requested":
      return "info";
    default:
      return "warn";
  }
}
