/** Runs a session from the command line: Ctrl-C ends it, the terminal shows it. */
import type { Run } from "../../result/run.ts";
import type { Session, SessionEnd } from "../../run/session.ts";
import type { TerminalView } from "../../ui/terminal/view.ts";
import { liveView } from "../../ui/views/live_view.ts";
import { evaluate } from "../../verdict/evaluate.ts";
import type { Verdict } from "../../verdict/verdict.ts";
import { type CliContext, warn } from "../context.ts";
import type { Interrupts } from "./interrupts.ts";
import { pressKey } from "./run_keys.ts";

/** Runs the load. The first Ctrl-C stops it, the second one ends it at once. */
export async function runLoad(
  context: CliContext,
  session: Session,
  view: TerminalView | null,
  interrupts: Interrupts,
): Promise<SessionEnd> {
  interrupts.act((times) => {
    if (times > 1) return session.abort();
    view?.say("Stopping: no new tasks; calls in flight may end. Ctrl-C again ends at once.");
    session.stop();
  });
  const hide = view === null ? () => {} : showLive(session, view, interrupts);
  const deaf = session.subscribe((event) => {
    if (event.type !== "event" || event.event.kind !== "result_moved") return;
    const { text } = event.event;
    if (view === null) warn(context, `warning: ${text}`);
    else view.print(text);
  });
  try {
    return await session.execute();
  } finally {
    deaf();
    hide();
  }
}

/** Time between verdicts in the live view. A verdict with all its intervals takes a tenth of a second to compute. */
const LIVE_VERDICT_MS = 5000;

/** Shows a session in the terminal from the start; returns a function that stops this. */
function showLive(session: Session, view: TerminalView, interrupts: Interrupts): () => void {
  const verdictOf = createLiveVerdict();
  const show = () => {
    const { run } = session;
    view.update(liveView(run, verdictOf(run), run.elapsed_ms, session.phase === "ending", { details: view.details }));
  };
  view.onKey((key) => pressKey(key, { session, view, interrupts, show }));
  const off = session.subscribe((event) => {
    if (event.type === "event" && event.event.kind === "local_shortage") return view.print(event.event.text);
    if (event.type === "second") show();
  });
  show();
  return () => {
    off();
    view.onKey(() => {});
    view.leave();
  };
}

function createLiveVerdict(): (run: Run) => Verdict {
  let last: Verdict | null = null;
  return (run) => {
    // Before the first second there is nothing to judge.
    if (run.elapsed_ms === 0) return unjudged(evaluate(run));
    return last = last === null || run.elapsed_ms % LIVE_VERDICT_MS === 0 ? evaluate(run) : last;
  };
}

function unjudged(verdict: Verdict): Verdict {
  const rules = verdict.rules.map((rule) => ({
    ...rule,
    passed: false,
    observed: null,
    observed_text: "",
    ratio: null,
  }));
  return { ...verdict, rules };
}
