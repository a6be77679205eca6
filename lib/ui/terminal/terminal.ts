/** Shows a run in the terminal: on a screen of its own if possible, else as plain lines. */
import { type InPlaceOptions, openInPlace } from "./in_place.ts";
import type { Keyboard } from "./device/keyboard.ts";
import { createPace, renderProgressLine } from "./progress_lines.ts";
import type { Device } from "./device/screen.ts";
import { type ColorDepth, colorDepth, type Line, paint, signs } from "./style.ts";
import { renderSummary } from "./summary.ts";
import { printedLine } from "./printed.ts";
import type { TerminalView } from "./view.ts";

/** Everything that a terminal view needs. */
export interface TerminalOptions extends Partial<Pick<InPlaceOptions, "watch" | "isOwn">> {
  device: Device;
  /** Reads an environment variable: TERM, COLUMNS, COLORTERM, NO_COLOR, FORCE_COLOR, CI. */
  env(name: string): string | undefined;
  /** Null: nobody can press a key. */
  keyboard?: Keyboard | null;
}

/** Opens the view. It takes the screen and the keys at the first update. */
export function openTerminal({ device, env, keyboard = null, ...how }: TerminalOptions): TerminalView {
  const depth = colorDepth({ isTerminal: device.isTerminal, env });
  const inPlace = device.isTerminal && env("TERM") !== "dumb" && !isPipeline(env("CI"));
  if (!inPlace) return openPlain(device, depth, plainColumns(env("COLUMNS")));
  return openInPlace({ device, depth, keyboard, ...how });
}

/** A pipeline may have a terminal, but nobody sits before it. */
const isPipeline = (setting = "") => !["", "0", "false"].includes(setting.toLowerCase());

/** Columns of a log: those that COLUMNS asks for, as `COLUMNS=80 june-load run ... | cat`. */
function plainColumns(asked: string | undefined): number {
  const columns = Number(asked ?? "");
  return Number.isInteger(columns) && columns >= COLUMNS_MIN ? columns : PLAIN_SPACE.columns;
}

const COLUMNS_MIN = 40;

function openPlain(device: Device, depth: ColorDepth, columns: number): TerminalView {
  const isDue = createPace();
  const write = (line: Line) => device.write(`${paint(line, depth)}\n`);
  const print = (text: string) => write(printedLine(text));
  return {
    details: false,
    update: (view) => {
      if (isDue(view)) write(renderProgressLine(view));
    },
    onKey: () => {},
    toggle: () => {},
    say: print,
    print,
    leave: () => {},
    finish: (view, below = []) => {
      renderSummary(view, { ...PLAIN_SPACE, columns }).forEach(write);
      below.forEach((text) => write([signs(text, "plain")]));
    },
    close: () => {},
  };
}

/** A summary in a log, which has no height. */
const PLAIN_SPACE = { columns: 100, rows: null };
