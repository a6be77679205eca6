/** The server's events: what a reload, a sleeping computer or a broken connection missed comes first. */
import type { LogLine, Seconds, UiState } from "../../api.ts";
import type { Store } from "./store.ts";

/** The server sends a sign of life every five seconds; without two of them the connection is dead. Milliseconds. */
const SILENCE_MS = 12_000;
/** Between attempts to connect; milliseconds. */
const RETRY_MS = 1000;
/** Lines of the log that are kept. */
const MAX_LOG = 500;

/** What an event source tells; of the browser's own what is used here. */
export interface Source {
  onopen: (() => void) | null;
  onerror: (() => void) | null;
  addEventListener(name: string, listener: (event: { data: string; lastEventId: string }) => void): void;
  close(): void;
}

/** Keeps the store up to date with the server. */
export class Feed {
  readonly #store: Store;
  readonly #open: (address: string) => Source;
  #source: Source | null = null;
  #last = "";
  #heard_ms = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;

  constructor(store: Store, open: (address: string) => Source) {
    [this.#store, this.#open] = [store, open];
  }

  /** Connects, and stays connected; returns a function that stops this. */
  start(): () => void {
    this.connectNow();
    const watch = setInterval(() => this.wake(), RETRY_MS);
    return () => {
      clearInterval(watch);
      clearTimeout(this.#retry);
      this.#source?.close();
    };
  }

  /** Connects anew where the connection is dead: also after the computer has slept. */
  wake(): void {
    if (performance.now() - this.#heard_ms > SILENCE_MS && this.#store.state.link === "open") this.#lose();
  }

  /** Asks for what was missed since the last event. */
  connectNow(): void {
    clearTimeout(this.#retry);
    this.#retry = undefined;
    const source = this.#open(this.#last === "" ? "/api/events" : `/api/events?last=${encodeURIComponent(this.#last)}`);
    this.#source = source;
    this.#heard_ms = performance.now();
    source.onopen = () => this.#hear({ lastEventId: "" });
    source.onerror = () => this.#source === source ? this.#lose() : undefined;
    const on = <T>(name: string, take: (data: T) => void) =>
      source.addEventListener(name, (event) => {
        if (this.#source !== source) return;
        this.#hear(event);
        take(JSON.parse(event.data) as T);
      });
    on<UiState>("state", (ui) => this.#state(ui));
    on<Seconds>("seconds", (seconds) => this.#seconds(seconds));
    on<LogLine>("log", (line) => this.#line(line));
    on<object>("ping", () => {});
  }

  #hear({ lastEventId }: { lastEventId: string }): void {
    this.#heard_ms = performance.now();
    if (lastEventId !== "") this.#last = lastEventId;
    if (this.#store.state.link !== "open") this.#store.set({ link: "open" });
  }

  #lose(): void {
    this.#source?.close();
    this.#source = null;
    if (this.#store.state.link !== "lost") this.#store.set({ link: "lost" });
    this.#retry ??= setTimeout(() => this.connectNow(), RETRY_MS);
  }

  #state(ui: UiState): void {
    const { state, points } = this.#store;
    // Another run: nothing of the one before belongs to it.
    const other = ui.run?.id !== state.ui?.run?.id;
    if (other && state.seconds?.run !== ui.run?.id) points.clear();
    const seconds = state.seconds?.run === ui.run?.id ? state.seconds : null;
    const fresh = other ? { seconds, since: false } : {};
    // At the first state the log may have come before it.
    this.#store.set({ ui, ...fresh, ...(other && state.ui !== null && { log: [] }) });
  }

  #seconds(seconds: Seconds): void {
    const { state, points } = this.#store;
    if (state.seconds !== null && state.seconds.run !== seconds.run) points.clear();
    points.add(seconds);
    this.#store.set({ seconds });
  }

  #line(line: LogLine): void {
    const { log } = this.#store.state;
    // A second connection may bring lines that are known.
    if (log.some(({ id }) => id === line.id)) return;
    this.#store.set({ log: [...log, line].sort((a, b) => a.id - b.id).slice(-MAX_LOG) });
  }
}
