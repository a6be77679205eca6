/** What all browsers see: the state, the log and the seconds of the run, kept for those who come later. */
import type { LogLine, RunState, Seconds, SecondsView, UiState } from "../../ui/web/api.ts";
import { Points } from "../../ui/views/points.ts";
import type { SecondLines } from "../../ui/views/second_lines.ts";
import { Feed } from "./feed.ts";

/** Lines of the log that are kept. */
const MAX_LOG = 500;

/** The state of the page, and its changes as events. Everything in it is plain data without secrets. */
export class Board {
  readonly feed = new Feed(crypto.randomUUID().slice(0, 8));
  #state: UiState;
  #log: LogLine[] = [];
  #lines = 0;
  #points = new Points();
  #view: SecondsView | null = null;

  constructor(state: UiState) {
    this.#state = state;
  }

  /** All but the seconds. */
  get state(): Readonly<UiState> {
    return this.#state;
  }

  /** Changes parts of the state, and tells it if that changes anything. */
  change(part: Partial<UiState>): void {
    const names = Object.keys(part) as (keyof UiState)[];
    const changed = names.some((name) => JSON.stringify(part[name]) !== JSON.stringify(this.#state[name]));
    if (!changed) return;
    this.#state = { ...this.#state, ...part };
    this.feed.publish("state", this.#state);
  }

  /** Changes parts of the run's state. */
  changeRun(part: Partial<RunState>): void {
    if (this.#state.run !== null) this.change({ run: { ...this.#state.run, ...part } });
  }

  /** Another run begins: the points and the log of the one before are forgotten. */
  begin(): void {
    this.#points = new Points();
    this.#view = null;
    this.#log = [];
  }

  /** Adds a line to the log. */
  log(line: Omit<LogLine, "id">): LogLine {
    const kept = { id: ++this.#lines, ...line };
    this.#log.push(kept);
    if (this.#log.length > MAX_LOG) this.#log.shift();
    this.feed.publish("log", kept);
    return kept;
  }

  /** Another second of the run. */
  second(at_s: number, values: SecondLines, view: SecondsView): void {
    this.#points.add(at_s, values);
    this.#view = view;
    const lines = Object.entries(values).map(([name, { unit, value }]) => [name, { unit, values: [value] }]);
    const seconds: Seconds = {
      whole: false,
      run: this.#state.run?.id ?? "",
      view,
      at_s: [at_s],
      lines: Object.fromEntries(lines),
    };
    this.feed.publish("seconds", seconds);
  }

  /** The view changed without another second: the last calls have ended. */
  look(view: SecondsView): void {
    this.#view = view;
    const seconds: Seconds = { whole: false, run: this.#state.run?.id ?? "", view, at_s: [], lines: {} };
    this.feed.publish("seconds", seconds);
  }

  /** What somebody needs who knows nothing yet: the state, the log, and all points. */
  greeting(): string[] {
    const { feed } = this;
    const whole = this.#view === null ? [] : [feed.textOf(
      "seconds",
      {
        whole: true,
        run: this.#state.run?.id ?? "",
        view: this.#view,
        ...this.#points.columns(),
      } satisfies Seconds,
    )];
    return [feed.textOf("state", this.#state), ...this.#log.map((line) => feed.textOf("log", line)), ...whole];
  }
}
