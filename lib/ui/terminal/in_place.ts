/** The live view on a screen of its own, with keys, and the summary on the screen that was there before. */
import { isInForeground } from "./device/job.ts";
import type { Keyboard } from "./device/keyboard.ts";
import { firstLine, type Shown } from "./key_line.ts";
import { OVERVIEW, renderLive } from "./live.ts";
import { printedLine } from "./printed.ts";
import { type Device, type DrawnLine, Screen } from "./device/screen.ts";
import { type TerminalEvents, watchTerminal } from "./device/signals.ts";
import { type ColorDepth, type Line, paint, signs } from "./style.ts";
import { renderSummary, rowsOf } from "./summary.ts";
import { textWidth } from "./text.ts";
import type { TerminalView } from "./view.ts";
import type { LiveView } from "../views/live_view.ts";
import type { SummaryView } from "../views/summary_view.ts";

/** A terminal that can be drawn on. */
export interface InPlaceOptions {
  device: Device;
  depth: ColorDepth;
  keyboard: Keyboard | null;
  /** Hears of other sizes, Ctrl-Z and the way back; returns a function that stops this. */
  watch?: (events: TerminalEvents) => () => void;
  /** Whether the terminal is this program's, and not its shell's. */
  isOwn?: () => boolean;
}

/** Lines that stay: more are counted, since nobody reads a thousand. */
const KEPT_MAX = 20;
/** Time for which an answer is shown. */
const MESSAGE_MS = 4000;

/** Opens the view. */
export function openInPlace(options: InPlaceOptions): TerminalView {
  return new InPlaceView(options);
}

class InPlaceView implements TerminalView {
  readonly #options: InPlaceOptions;
  readonly #screen: Screen;
  #last: LiveView | null = null;
  #shown: Omit<Shown, "keys"> = OVERVIEW;
  #said_ms = 0;
  #kept: string[] = [];
  #left_out = 0;
  #hear: (key: string) => void = () => {};
  /** `left`: keys are still taken, and heard by nobody, until the summary stands. */
  #phase: "not begun" | "up" | "left" | "closed" = "not begun";
  #unwatch: () => void = () => {};
  /** While the terminal is the shell's, nothing is drawn and no key is read. */
  #asleep = true;

  constructor(options: InPlaceOptions) {
    this.#options = options;
    this.#screen = new Screen(options.device);
  }

  get details(): boolean {
    return this.#shown.details;
  }

  update(view: LiveView): void {
    this.#last = view;
    if (this.#phase === "not begun") this.#begin();
    // A program that runs in the background gets no signal when the shell brings it back.
    if (this.#asleep) this.#wake();
    else this.#draw();
  }

  onKey(listener: (key: string) => void): void {
    this.#hear = listener;
  }

  toggle(what: "details" | "help"): void {
    this.#shown = { ...this.#shown, message: "", [what]: !this.#shown[what] };
    this.#draw();
  }

  say(text: string): void {
    if (this.#phase !== "up") return this.#write(printedLine(text));
    this.#shown = { ...this.#shown, message: firstLine(text, MESSAGE_COLUMNS) };
    this.#said_ms = performance.now();
    this.#draw();
  }

  print(line: string): void {
    if (this.#phase !== "up") return this.#write(printedLine(line));
    if (this.#kept.length < KEPT_MAX) this.#kept.push(line);
    else this.#left_out++;
    this.say(line);
  }

  leave(): void {
    if (this.#phase !== "up") return;
    this.#phase = "left";
    this.#hear = () => {};
    this.#screen.leave();
    for (const line of this.#kept) this.#write(printedLine(line));
    if (this.#left_out > 0) this.#write(printedLine(`${this.#left_out} more messages`));
    [this.#kept, this.#left_out] = [[], 0];
  }

  finish(view: SummaryView, below: readonly string[] = []): void {
    this.#end();
    const { columns, rows } = this.#options.device.size();
    const lines = below.map((text): Line => [signs(text, "plain")]);
    renderSummary(view, { columns, rows: rows - rowsOf(lines, columns) }).forEach((line) => this.#write(line));
    lines.forEach((line) => this.#write(line));
  }

  close(): void {
    const wasUp = this.#phase === "up";
    this.#end();
    if (!wasUp || this.#last === null) return;
    const { body } = renderLive(this.#last, this.#options.device.size());
    body.forEach((line) => this.#write(line));
  }

  #end(): void {
    this.leave();
    this.#phase = "closed";
    this.#unwatch();
    this.#unwatch = () => {};
    this.#options.keyboard?.close();
  }

  #begin(): void {
    this.#phase = "up";
    const { watch = watchTerminal } = this.#options;
    this.#unwatch = watch({
      resized: () => this.#draw(),
      stopping: () => this.#sleep(),
      stopRefused: () => this.say("Ctrl-Z: no shell could bring june-load back, so it goes on"),
      continued: () => this.#comeBack(),
    });
  }

  /** Whatever is on the terminal now, the frame comes back whole. */
  #comeBack(): void {
    if (!this.#isOwn()) return;
    this.#sleep();
    this.#wake();
  }

  #isOwn(): boolean {
    return (this.#options.isOwn ?? isInForeground)();
  }

  #wake(): void {
    if (!this.#isOwn()) return;
    this.#asleep = false;
    this.#options.keyboard?.open((key) => this.#hear(key));
    this.#draw();
  }

  #sleep(): void {
    this.#asleep = true;
    this.#options.keyboard?.close();
    this.#screen.leave();
  }

  #draw(): void {
    if (this.#last === null || this.#asleep || this.#phase !== "up") return;
    if (performance.now() - this.#said_ms > MESSAGE_MS) this.#shown = { ...this.#shown, message: "" };
    const { columns, rows } = this.#options.device.size();
    const shown = { ...this.#shown, keys: this.#options.keyboard !== null };
    const { body, keys } = renderLive(this.#last, { columns, rows }, shown);
    const blanks = Array.from({ length: Math.max(0, rows - body.length - keys.length) }, (): Line => []);
    this.#screen.draw([...body, ...blanks, ...keys].map((line) => this.#drawn(line)));
  }

  #drawn(line: Line): DrawnLine {
    return { text: paint(line, this.#options.depth), width: textWidth(paint(line, "none")) };
  }

  #write(line: Line): void {
    this.#options.device.write(`${paint(line, this.#options.depth)}\n`);
  }
}

/** Answers are a line; a longer one ends at the window's edge. */
const MESSAGE_COLUMNS = 200;
