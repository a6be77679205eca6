/** A session followed from the command line: Ctrl-C ends it, the terminal shows it. */
import type { Run } from "../../result/run.ts";
import type { Session, SessionEnd } from "../../run/session.ts";
import type { TerminalView } from "../../ui/terminal/terminal.ts";
import { liveView } from "../../ui/views/live_view.ts";
import { evaluate } from "../../verdict/evaluate.ts";
import type { Verdict } from "../../verdict/verdict.ts";
import { onInterrupt } from "../interrupt.ts";

/** A load that is over. */
export interface LoadEnd extends SessionEnd {
  /** How often Ctrl-C was pressed. */
  interrupts: number;
}

/** Runs the load. The first Ctrl-C stops it, a further one cuts it off. */
export async function runLoad(session: Session, view: TerminalView | null): Promise<LoadEnd> {
  let interrupts = 0;
  const off = onInterrupt((times) => {
    interrupts = times;
    if (times > 1) return session.abort();
    view?.print("Stopping: no new tasks; calls in flight may end. Ctrl-C again ends at once.");
    session.stop();
  });
  const hide = view === null ? () => {} : showLive(session, view);
  try {
    return { ...await session.execute(), interrupts };
  } finally {
    hide();
    off();
  }
}

/** A verdict with all its intervals costs a tenth of a second: while the run goes it is renewed only so often. */
const LIVE_VERDICT_MS = 5000;

/** Has the terminal follow a session; returns what ends that. */
function showLive(session: Session, view: TerminalView): () => void {
  const verdictOf = createLiveVerdict();
  return session.subscribe((event) => {
    if (event.type !== "second") return;
    const { run } = event;
    view.update(liveView(run, verdictOf(run), run.elapsed_ms, session.phase === "ending"));
  });
}

function createLiveVerdict(): (run: Run) => Verdict {
  let last: Verdict | null = null;
  return (run) => last = last === null || run.elapsed_ms % LIVE_VERDICT_MS === 0 ? evaluate(run) : last;
}
