/** What a run can do with a terminal, whatever that can do. */
import type { LiveView } from "../views/live_view.ts";
import type { SummaryView } from "../views/summary_view.ts";

/** The view of one run. */
export interface TerminalView {
  /** Whether the user asked for details: `LiveView.details` is shown. */
  readonly details: boolean;
  /** Shows the state of the run; call it about once a second. */
  update(view: LiveView): void;
  /** Hears the keys while the view is up. */
  onKey(listener: (key: string) => void): void;
  /** Shows or hides the details or the help. */
  toggle(what: "details" | "help"): void;
  /** Answers a key, or says what has begun: in the view for some seconds, or as a line of a log. */
  say(text: string): void;
  /** Writes a line that stays; removes its control characters. */
  print(line: string): void;
  /** Ends the live view: the terminal is as it was before, and the lines that stay are on it. */
  leave(): void;
  /** Shows the summary, and lines of june-load's own that follow it, and closes. */
  finish(view: SummaryView, below?: readonly string[]): void;
  /** Leaves the last view on the screen; has no effect when already closed. */
  close(): void;
}
