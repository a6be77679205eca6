/** The last row of the live view: keys, or the answer to one. */
import { formatCount } from "../../plan/units.ts";
import { gap, joinParts, type Line, lineWidth, span } from "./style.ts";
import { cleanText, wrapText } from "./text.ts";
import type { LiveView } from "../views/live_view.ts";

/** What the user chose to see. */
export interface Shown {
  /** Whether there are keys: standard input is a terminal. */
  keys: boolean;
  /** All columns, further figures of each operation and failures in place of the overview. */
  details: boolean;
  help: boolean;
  /** The answer to the last key; empty: none. */
  message: string;
}

type Hint = readonly [key: string, does: string];

const GAP = 3;

/** A row, or more where help needs them. */
export function keyLines(view: LiveView, shown: Shown, columns: number): Line[] {
  if (shown.message !== "") return [[span(shown.message, "warn")]];
  if (!shown.keys) return [joinParts([waiting(view), [span(`ctrl-c ${stopWord(view)}`, "dim")]], GAP)];
  if (shown.help) return wrapHints(helpOf(view, shown), columns);
  const hints = hintsOf(view, shown);
  const line = joinParts([waiting(view), ...hints.map(hintLine)], GAP);
  // In a narrow window the keys themselves must do; `?` says what they are for.
  return [lineWidth(line) <= columns ? line : joinParts(hints.slice(-HINTS_NARROW).map(hintLine), GAP)];
}

const HINTS_NARROW = 3;

function hintLine([key, does]: Hint): Line {
  return [span(key, "plain", true), gap(1), span(does, "dim")];
}

function hintsOf(view: LiveView, { details }: Shown): Hint[] {
  const help: Hint[] = [["d", details ? "back" : "details"], ["?", "keys"]];
  if (view.phase === "stopping") return [["q", stopWord(view)], ...help];
  return [["+ -", loadWord(view)], ["p", view.paused ? "resume" : "pause"], ["s", "stop"], ...help];
}

function helpOf(view: LiveView, { details }: Shown): Hint[] {
  return [
    ["s", "stop: calls in flight may end"],
    ["p", view.paused ? "resume" : "pause: no new tasks"],
    ["+ -", `a tenth more or fewer ${loadWord(view)}`],
    ["d", details ? "back" : "details"],
    ["q", "as Ctrl-C: stop, twice ends at once"],
    ["?", "close"],
  ];
}

function wrapHints(hints: readonly Hint[], columns: number): Line[] {
  const lines: Line[] = [];
  for (const hint of hints.map(hintLine)) {
    const longer = joinParts([lines.at(-1) ?? [], hint], GAP);
    if (lines.length > 0 && lineWidth(longer) <= columns) lines[lines.length - 1] = longer;
    else lines.push(hint);
  }
  return lines;
}

const loadWord = ({ users, arrivals }: LiveView) => arrivals === null ? "users" : users === null ? "arrivals" : "load";
const stopWord = ({ phase }: LiveView) => phase === "stopping" ? "end at once" : "stop";

function waiting({ phase, in_flight }: LiveView): Line {
  return phase === "stopping" ? [span(`waiting for ${formatCount(in_flight)} calls in flight`, "dim")] : [];
}

/** The first words of a message that fit. */
export function firstLine(message: string, columns: number): string {
  return wrapText(cleanText(message), columns)[0] ?? "";
}
