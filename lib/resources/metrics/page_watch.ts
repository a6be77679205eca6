/** Reads the page of one server again and again. Never throws, never delays anybody: failures become notes. */
import type { ResourceNote, ServiceSample } from "../../measure/resource.ts";
import { plainLine } from "../../base/plain_line.ts";
import { Tally } from "../tally.ts";
import {
  backNote,
  firstNotes,
  foundNote,
  type PageName,
  type PageNote,
  restartedNote,
  unreadableNote,
} from "./notes.ts";
import { PageReader } from "./page_reader.ts";
import type { PageReply, PageSource } from "./page_source.ts";
import type { PresetName } from "./presets.ts";

/** What a watch reads, and the receivers of its readings. */
export interface PageWatchOptions extends PageName {
  pages: PageSource;
  /** Null: whatever the page is recognised as. */
  preset: PresetName | null;
  /** Metrics besides, by name. */
  series: readonly string[];
  /** Time from one request to the next; one that takes longer is not joined by another. Milliseconds. */
  interval_ms: number;
  /** Monotonic clock of the run, in milliseconds since its start. */
  now_ms(): number;
  onSample(sample: ServiceSample): void;
  onNote(note: ResourceNote): void;
  /** A page that has come already. */
  first?: string;
}

/** A running watch. */
export class PageWatch {
  readonly #options: PageWatchOptions;
  readonly #reader: PageReader;
  readonly #tally: Tally;
  readonly #start_ms: number;
  #ticks = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asking = false;
  #stopped = false;
  #known = false;
  /** Since when pages fail; null: they come. */
  #failing_ms: number | null = null;

  constructor(options: PageWatchOptions) {
    this.#options = options;
    this.#reader = new PageReader(options);
    this.#tally = new Tally(options.onNote, options.now_ms);
    this.#start_ms = options.now_ms();
    if (options.first === undefined) void this.#ask();
    else this.#take({ kind: "page", text: options.first });
    this.#plan();
  }

  /** Ends a request that is under way. No sample or note follows once it resolves. */
  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#tally.end();
    await this.#options.pages.close();
  }

  /** Asks at start + n * interval, so that late timers do not accumulate. */
  #plan(): void {
    const { interval_ms, now_ms } = this.#options;
    const passed_ms = now_ms() - this.#start_ms;
    this.#ticks = Math.max(this.#ticks + 1, Math.ceil(passed_ms / interval_ms));
    this.#timer = setTimeout(() => {
      if (!this.#asking) void this.#ask();
      this.#plan();
    }, this.#ticks * interval_ms - passed_ms);
  }

  async #ask(): Promise<void> {
    this.#asking = true;
    const reply = await this.#options.pages.get();
    this.#asking = false;
    if (!this.#stopped) this.#take(reply);
  }

  #take(reply: PageReply): void {
    if (reply.kind === "failed") return this.#fail(reply.why);
    const t_ms = this.#options.now_ms();
    const reading = this.#reader.read(reply.text, t_ms);
    if (reading.values === null) return this.#fail(`it is no page of metrics: ${beginningOf(reply.text)}`);
    if (this.#failing_ms !== null) {
      // Nothing is back that never came.
      if (this.#known) this.#note(backNote(this.#options, t_ms - this.#failing_ms));
      this.#failing_ms = null;
    }
    if (!this.#known) {
      this.#known = true;
      const { interval_ms, first } = this.#options;
      this.#note(foundNote(this.#options, reading.presets, interval_ms, first !== undefined));
      for (const note of firstNotes(this.#options, this.#options.preset, reading)) this.#note(note);
    }
    if (reading.restarted) this.#note(restartedNote(this.#options));
    const { source, onSample } = this.#options;
    if (Object.keys(reading.values).length > 0) onSample({ type: "service", t_ms, source, values: reading.values });
  }

  #fail(why: string): void {
    this.#reader.forget();
    this.#failing_ms ??= this.#options.now_ms();
    this.#note(unreadableNote(this.#options, why));
  }

  #note({ kind, text, about }: PageNote): void {
    this.#tally.note(kind, text, about);
  }
}

/** Longest beginning of a text that is quoted; characters. */
const MAX_QUOTED = 60;

function beginningOf(text: string): string {
  const plain = plainLine(text.slice(0, 400));
  if (plain === "") return "it is empty";
  return `it begins with ${JSON.stringify(plain.length > MAX_QUOTED ? `${plain.slice(0, MAX_QUOTED)}…` : plain)}`;
}
