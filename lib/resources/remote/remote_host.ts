/** Reads the processor, memory and services of another machine through a command prefix. Never throws, never waits. */
import type { HostSample } from "../../measure/resource.ts";
import type { ProcessPlan } from "../../plan/plan.ts";
import { createHostReader } from "../host.ts";
import { within } from "../program/line_process.ts";
import type { Place } from "../program/place.ts";
import { type StartedThere, startThere } from "../program/start.ts";
import { createProcessReader } from "../process_reader.ts";
import { FILE_PROGRAM, RemoteFiles } from "./remote_files.ts";

/** What to read there, and who takes it. */
export interface RemoteHostOptions {
  place: Place;
  cpu: boolean;
  memory: boolean;
  processes: readonly ProcessPlan[];
  /** Time between readings. */
  interval_ms: number;
  /** Monotonic clock of the run, in milliseconds. */
  now_ms(): number;
  onSample(sample: HostSample): void;
  times?: Partial<RemoteTimes>;
}

/** How long is waited for what; milliseconds. Tests wait less. */
export interface RemoteTimes {
  /** For the shell there to begin. */
  connect_ms: number;
  /** For an answer. */
  answer_ms: number;
  /** Before the prefix is started anew, the first time; each time twice as long, up to `retry_max_ms`. */
  retry_ms: number;
  retry_max_ms: number;
  /** Between SIGTERM and SIGKILL. */
  stop_ms: number;
}

/** As they are by default. */
export const REMOTE_TIMES: RemoteTimes = {
  connect_ms: 15_000,
  answer_ms: 10_000,
  retry_ms: 1000,
  retry_max_ms: 30_000,
  stop_ms: 500,
};
/** Bytes that a machine may have to say in a time: ten thousand processes, looked through once. */
const BUDGET = { bytes: 16 * 1024 * 1024, every_ms: 10_000 };
/** Turns of asking that a reading takes at most: each finds what the one before made worth asking. */
const TURNS_MAX = 8;

/** A running reader of another machine. */
export interface RemoteHost {
  /** Ends what runs there and here; resolves when it is gone, after one and a half seconds at most. No sample follows. */
  stop(): Promise<void>;
}

/** Starts reading, now and again. */
export function startRemoteHost(options: RemoteHostOptions): RemoteHost {
  return new Reading(options);
}

/** One shell there, as long as it lasts. */
interface Shell extends StartedThere {
  /** Called when the shell begins, and at the end of each answer. */
  heard: { call(): void };
}

class Reading implements RemoteHost {
  readonly #options: RemoteHostOptions;
  readonly #times: RemoteTimes;
  readonly #files = new RemoteFiles();
  readonly #processes: ReturnType<typeof createProcessReader>;
  readonly #stop = Promise.withResolvers<void>();
  #host: ((t_ms: number) => HostSample) | null = null;
  #shell: Shell | null = null;
  #stopped = false;
  #readings = 0;

  constructor(options: RemoteHostOptions) {
    const { place, processes } = options;
    this.#options = options;
    this.#times = { ...REMOTE_TIMES, ...options.times };
    this.#processes = createProcessReader(
      processes,
      this.#files,
      (note) => this.#stopped ? undefined : place.note(note),
    );
    void this.#run();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#stop.resolve();
    await this.#shell?.process.stop();
  }

  async #run(): Promise<void> {
    const { place } = this.#options;
    const { retry_ms, retry_max_ms } = this.#times;
    for (let wait_ms = retry_ms; !this.#stopped; wait_ms = Math.min(2 * wait_ms, retry_max_ms)) {
      const before = this.#readings;
      await this.#attempt();
      if (this.#stopped || place.refused) return;
      if (this.#readings > before + 1) wait_ms = retry_ms;
      await this.#pause(wait_ms);
    }
  }

  /** One shell, from its start to its end. */
  async #attempt(): Promise<void> {
    const { place } = this.#options;
    const shell = this.#start();
    if (typeof shell === "string") return place.missing(shell);
    this.#shell = shell;
    const silent_ms = await this.#readOn(shell);
    if (this.#stopped) return;
    if (silent_ms !== null) {
      // A question has no line end.
      shell.progress.say(shell.process.rest);
      await shell.process.stop();
      return place.silent(silent_ms, shell.progress);
    }
    const end = await shell.process.ended;
    if (this.#stopped) return;
    if (end.flooded) return place.flooded(BUDGET.bytes);
    if (shell.progress.code === 0) return place.deaf();
    shell.progress.say(shell.process.rest);
    place.broken(shell.progress, end);
  }

  /** Reads until the shell ends, or is silent: for how long. */
  async #readOn(shell: Shell): Promise<number | null> {
    const { connect_ms, answer_ms } = this.#times;
    const ended = shell.process.ended.then(() => "ended" as const);
    const heard = async (limit_ms: number, ask: () => void) => {
      const answer = new Promise<"heard">((resolve) => shell.heard.call = () => resolve("heard"));
      ask();
      const first = Promise.race([answer, ended]);
      return await within(limit_ms, Promise.race([first, this.#stop.promise])) ? first : "silent" as const;
    };
    const begun = await heard(connect_ms, () => shell.progress.begun && shell.heard.call());
    if (begun !== "heard") return begun === "silent" ? connect_ms : null;
    const { interval_ms, now_ms } = this.#options;
    const start_ms = now_ms();
    for (let tick = 0; !this.#stopped;) {
      this.#files.begin();
      for (let turn = 0; turn < TURNS_MAX; turn++) {
        const wanted = this.#files.wanted() ?? this.#wantedByReaders();
        if (wanted === null) break;
        const answered = await heard(answer_ms, () => shell.process.write(wanted));
        if (this.#stopped) return null;
        if (answered !== "heard") return answered === "silent" ? answer_ms : null;
      }
      this.#take();
      const passed_ms = now_ms() - start_ms;
      tick = Math.max(tick + 1, Math.ceil(passed_ms / interval_ms));
      const pause = this.#pause(Math.max(0, tick * interval_ms - passed_ms));
      if (await Promise.race([pause, ended]) === "ended") return null;
    }
    return null;
  }

  /** What the readers need now and is not known; null: all is. */
  #wantedByReaders(): string | null {
    if (this.#host === null) createHostReader(this.#options, this.#files)(0);
    this.#processes.rehearse(this.#options.now_ms());
    return this.#files.wanted();
  }

  #take(): void {
    const { place, onSample, now_ms, processes } = this.#options;
    const t_ms = now_ms();
    const services = processes.length > 0 ? { processes: this.#processes.read(t_ms) } : {};
    const isFirst = this.#host === null;
    const read = this.#host ??= createHostReader(this.#options, this.#files);
    let sample: HostSample | null = null;
    this.#files.asUsual(() => {
      sample = read(t_ms);
      this.#processes.rehearse(t_ms);
    });
    this.#readings++;
    place.heard();
    if (sample === null) return;
    if (isFirst) return this.#noteUnreadable(sample);
    onSample({ ...sample as HostSample, host: place.name, ...services });
  }

  /** The first reading has no shares, and says what will never have a value. */
  #noteUnreadable({ memory_used_bytes }: HostSample): void {
    const { place: { tally }, cpu, memory } = this.#options;
    if (cpu && this.#files.readText("/proc/stat") === null) {
      tally.note("host_cpu_unreadable", "no CPU readings: /proc/stat cannot be read there");
    }
    if (memory && memory_used_bytes === null) {
      tally.note("host_memory_unreadable", "no memory readings: /proc/meminfo cannot be read there");
    }
  }

  /** A text says why it cannot be started. */
  #start(): Shell | string {
    const heard = { call: () => {} };
    const onLine = (line: string) => {
      if (this.#files.take(line)) heard.call();
    };
    const { place } = this.#options;
    const options = { budget: BUDGET, stop_ms: this.#times.stop_ms, input: FILE_PROGRAM, onLine, onErrorLine() {} };
    const started = startThere(place, options, () => heard.call());
    return typeof started === "string" ? started : { ...started, heard };
  }

  /** Waits, but not beyond the stop. */
  async #pause(ms: number): Promise<void> {
    await within(ms, this.#stop.promise);
  }
}
