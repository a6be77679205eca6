/** Shows a run in the terminal: redrawn in place if possible, else as plain lines. */
import { renderLive } from "./live.ts";
import { createPace, renderProgressLine } from "./progress_lines.ts";
import { type Device, type DrawnLine, Screen } from "./screen.ts";
import { type ColorDepth, colorDepth, type Line, paint, signs, type Span } from "./style.ts";
import { renderSummary } from "./summary.ts";
import { cleanText, textWidth } from "./text.ts";
import type { LiveView } from "../views/live_view.ts";
import type { SummaryView } from "../views/summary_view.ts";

/** Everything that a terminal view needs. */
export interface TerminalOptions {
  device: Device;
  /** Reads an environment variable: TERM, COLUMNS, COLORTERM, NO_COLOR, FORCE_COLOR. */
  env(name: string): string | undefined;
}

/** The view of one run. */
export interface TerminalView {
  /** Shows the state of the run; call it about once a second. */
  update(view: LiveView): void;
  /** Writes a line that stays above the live view; removes its control characters. */
  print(line: string): void;
  /** Replaces the live view with the summary and closes. */
  finish(view: SummaryView): void;
  /** Shows the cursor and leaves the last view on the screen; has no effect when already closed. */
  close(): void;
}

/** Longest message; characters. */
const PRINTED_MAX = 2000;

const printed = (line: string): Span => signs(cleanText(line, PRINTED_MAX), "plain");

/** Opens the view. It hides the cursor from the first update until `close` or the end of the program. */
export function openTerminal({ device, env }: TerminalOptions): TerminalView {
  const depth = colorDepth({ isTerminal: device.isTerminal, env });
  const inPlace = device.isTerminal && env("TERM") !== "dumb";
  return inPlace ? openInPlace(device, depth) : openPlain(device, depth, plainColumns(env("COLUMNS")));
}

function openInPlace(device: Device, depth: ColorDepth): TerminalView {
  const screen = new Screen(device);
  let last: LiveView | null = null;
  const drawn = (line: Line): DrawnLine => ({ text: paint(line, depth), width: textWidth(paint(line, "none")) });
  const draw = (view: LiveView) => screen.draw(renderLive(view, device.size()).map(drawn));
  return {
    update: (view) => {
      last = view;
      draw(view);
    },
    print: (line) => {
      screen.print([drawn([printed(line)])]);
      if (last !== null) draw(last);
    },
    finish: (view) => {
      last = null;
      screen.print(renderSummary(view, device.size()).map(drawn));
      screen.close();
    },
    close: () => {
      last = null;
      screen.close();
    },
  };
}

/** Columns of a log: those that COLUMNS asks for, as `COLUMNS=80 june-load run ... | cat`. */
function plainColumns(asked: string | undefined): number {
  const columns = Number(asked ?? "");
  return Number.isInteger(columns) && columns >= COLUMNS_MIN ? columns : PLAIN_SPACE.columns;
}

const COLUMNS_MIN = 40;

function openPlain(device: Device, depth: ColorDepth, columns: number): TerminalView {
  const isDue = createPace();
  const write = (line: Line) => device.write(`${paint(line, depth)}\n`);
  return {
    update: (view) => {
      if (isDue(view)) write(renderProgressLine(view));
    },
    print: (line) => write([printed(line)]),
    finish: (view) => renderSummary(view, { ...PLAIN_SPACE, columns }).forEach(write),
    close: () => {},
  };
}

/** Rows for a summary in a log, which has no screen size. */
const PLAIN_SPACE = { columns: 100, rows: 60 };
